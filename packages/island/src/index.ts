// An island for a page: the handle, and everything that it shows and takes.

export { openIsland } from './page/open-island.ts'
export { verifiedGenotypes } from './page/verified-genotypes.ts'
export { defaultSettings } from './core/settings.ts'
export { RealmInvalidError } from './errors.ts'
export type { Island, IslandOptions } from './island.ts'
export type { Adoption, ChampionView, Command, CreditView, ExperimentView, FeedEntry, GovernanceView, HistoryPoint, LogEntry, Phase, RealmView, Reason, Settings, Snapshot } from './snapshot.ts'
