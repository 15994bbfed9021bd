export { runArchipelago } from './archipelago.ts'
export type { ArchipelagoOptions, ArchipelagoReport } from './archipelago.ts'
export type { Measure } from './search.ts'
export type { Attacker, AttackerWorld } from './attacker.ts'
