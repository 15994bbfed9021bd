// What an app installs that builds its own page around the island: the vision's five functions and four settings, frozen by `api.test.ts`.

export { start, stop } from './start.ts'
export { publishGenotype, subscribeGenotypes, unsubscribeGenotypes } from './genotypes.ts'
export type { NotStarted, Started, StartOptions } from './start.ts'
export type { NotPublished, Publishing, VerifiedGenotype } from './genotypes.ts'
export type { MegabrainSettings } from './settings.ts'
export type { ConsentTerms } from './consent/consent-words.ts'
export type { ConsentAnswer } from './consent/ask-consent.ts'
export type { ChampionView, Command, Island, Settings, Snapshot } from '@megabrain/island'
