export { createArchipelago, runArchipelago } from './archipelago.ts'
export type { Archipelago, ArchipelagoView } from './archipelago.ts'
export type { ArchipelagoOptions } from './options.ts'
export type { ArchipelagoReport } from './report.ts'
export type { IslandFaults } from './faults.ts'
export type { CreateSearch, IslandSearch, Measure } from './search.ts'
export type { Attacker, AttackerWorld } from './attacker.ts'
/** Those of the archipelago's realm. */
export { DEFAULT_REALM_LIMITS } from '../realm/realm.ts'
