// What a program needs to be or to start a relay.

export type { Configuration } from './configuration.ts'
export type { RelayAnswer } from './actions.ts'
export { configurationHelp } from './help.ts'
export { readConfiguration } from './read-configuration.ts'
export type { ConfigurationResult } from './read-configuration.ts'
export { RelayStartError } from './errors.ts'
export { createLog } from './log.ts'
export type { Log, LogLevel } from './log.ts'
export type { RealmDescription, RelayDocument } from './relay-document.ts'
export { openRelay } from './relay.ts'
export type { Relay } from './relay.ts'
export { runRelay } from './run.ts'
