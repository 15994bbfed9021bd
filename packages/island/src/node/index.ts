// Islands and verifiers in Node: what the command line and relays use.

export { openNodeIsland } from './open-node-island.ts'
export type { NodeIslandOptions } from './open-node-island.ts'
export { openVerifier } from './open-verifier.ts'
export type { Verifier, VerifierOptions, VerifierView } from './open-verifier.ts'
export { openMachines } from '../core/machines.ts'
export type { Machines } from '../core/machines.ts'
export { openMemberDriver } from '../core/member-driver.ts'
export type { MemberDriver, MemberDriverOptions } from '../core/member-driver.ts'
export type { MemberCounters } from '@megabrain/exchange'
export { RealmInvalidError } from '../errors.ts'
export type { Island } from '../island.ts'
export type { Adoption, ChampionView, Command, HistoryPoint, LogEntry, MachinesView, MachineView, Phase, Reason, Settings, Snapshot } from '../snapshot.ts'
