// An island for a page: the handle, and everything that it shows and takes.

export { openIsland } from './page/open-island.ts'
export { forgetOwnersEntropy, linkThisMachine, ownersEntropy } from './page/owner.ts'
export { verifiedGenotypes } from './page/verified-genotypes.ts'
export { defaultSettings } from './core/settings.ts'
export { donationPresets } from './donation/donation-settings.ts'
export { alwaysAllowed, isHourAllowed, withHour } from './donation/schedule.ts'
export { energyOf } from './donation/work-account.ts'
export { RealmInvalidError } from './errors.ts'
export type { Island, IslandOptions } from './island.ts'
export type { Adoption, ChampionView, Command, CreditView, ExperimentView, FeedEntry, GovernanceView, HistoryPoint, LogEntry, MachinesView, MachineView, MeshSettings, Phase, Portrait, RealmView, Reason, Settings, Snapshot } from './snapshot.ts'
