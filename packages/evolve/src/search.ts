// One evolutionary search as the loops around it see it, whatever the algorithm: a value that is asked for candidates and
// told their evaluations. Command line, island and benchmarks know only this.

import { algorithmNames, type AlgorithmName } from './algorithm-names.ts'
import type { Decoded } from './genotype/codec.ts'
import type { Genotype } from './genotype/genotype.ts'
import { decodeMemetic, encodeMemetic } from './memetic/checkpoint.ts'
import { askMemetic, createMemetic, immigrateMemetic, memeticCensus, membersOf, tellMemetic, type Memetic } from './memetic/memetic.ts'
import { defaultMemeticSettings, memeticSettingsFault, type MemeticSettings } from './memetic/settings.ts'
import { census, type Census } from './population/census.ts'
import { decodePopulation, encodePopulation, type CheckpointRefusal } from './population/checkpoint.ts'
import type { TaskInterface } from './population/founder.ts'
import { ask, championOf, createPopulation, immigrate, tell } from './population/population.ts'
import type { Candidate, Champion, Member, Population } from './population/population.ts'
import { defaultSettings, settingsFault, type PopulationSettings } from './population/settings.ts'
import { decodeMapElites, encodeMapElites } from './quality/checkpoint.ts'
import {
  askMapElites, createMapElites, elitesAsMembers, immigrateMapElites, mapElitesCensus, tellMapElites, type MapElites,
} from './quality/map-elites.ts'
import { defaultMapElitesSettings, mapElitesSettingsFault, type MapElitesSettings } from './quality/settings.ts'
import type { Evaluation } from './task.ts'

/** Immutable: every step gives the next search and leaves this one as it was. */
export interface Search {
  readonly algorithm: AlgorithmName
  /** The candidates to evaluate next, in order. Asking again before telling gives the same ones. */
  ask(): { readonly search: Search; readonly candidates: readonly Candidate[] }
  /** @param evaluations one for each candidate of the last `ask`, in its order */
  tell(evaluations: readonly Evaluation[]): Search
  /** Takes in a verified genotype from elsewhere. */
  immigrate(genotype: Genotype, fitness: number): Search
  /** The best candidate ever told. */
  champion(): Champion | undefined
  census(): Census
  /** The present members; the fittest of each species is a contender for the task's champion test. */
  members(): readonly Member[]
  /** The whole state as bytes for `decodeSearch`. */
  encode(): Uint8Array
}

export interface SearchOptions {
  readonly algorithm: AlgorithmName
  /** Interface and update rule; a `Task` fits. */
  readonly task: TaskInterface
  /** Overrides of the algorithm's defaults, by name. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Integer from 0 to 2^53 − 1. The same seed and options give the same search for ever after. */
  readonly seed: number
  /** First genotypes; mutants of them fill the rest. @default random genotypes without hidden neurons */
  readonly founders?: readonly Genotype[]
}

/** What one algorithm is made of; `State` is an immutable record. */
interface Algorithm<State> {
  readonly name: AlgorithmName
  create(options: SearchOptions): State
  ask(state: State): { readonly state: State; readonly candidates: readonly Candidate[] }
  tell(state: State, evaluations: readonly Evaluation[]): State
  immigrate(state: State, genotype: Genotype, fitness: number): State
  champion(state: State): Champion | undefined
  census(state: State): Census
  members(state: State): readonly Member[]
  encode(state: State): Uint8Array
  /** Refuses the bytes of another algorithm as `bad-magic`. */
  decode(bytes: Uint8Array): Decoded<State, CheckpointRefusal>
  readonly defaultSettings: object
  settingsFault(settings: object): string | undefined
}

const neat: Algorithm<Population> = {
  name: 'neat',
  create: ({ task, settings, seed, founders }) =>
    createPopulation({ task, settings: settings as Partial<PopulationSettings>, seed, ...(founders === undefined ? {} : { founders }) }),
  ask(population) {
    const asked = ask(population)
    return { state: asked.population, candidates: asked.candidates }
  },
  tell,
  immigrate,
  champion: championOf,
  census,
  members: (population) => population.members,
  encode: encodePopulation,
  decode: decodePopulation,
  defaultSettings,
  settingsFault: (settings) => settingsFault(settings as PopulationSettings),
}

const memetic: Algorithm<Memetic> = {
  name: 'memetic',
  create: ({ task, settings, seed, founders }) =>
    createMemetic({ task, settings: settings as Partial<MemeticSettings>, seed, ...(founders === undefined ? {} : { founders }) }),
  ask(state) {
    const asked = askMemetic(state)
    return { state: asked.memetic, candidates: asked.candidates }
  },
  tell: tellMemetic,
  immigrate: immigrateMemetic,
  champion: (state) => state.champion,
  census: memeticCensus,
  members: membersOf,
  encode: encodeMemetic,
  decode: decodeMemetic,
  defaultSettings: defaultMemeticSettings,
  settingsFault: (settings) => memeticSettingsFault(settings as MemeticSettings),
}

const mapElites: Algorithm<MapElites> = {
  name: 'map-elites',
  create: ({ task, settings, seed, founders }) =>
    createMapElites({ task, settings: settings as Partial<MapElitesSettings>, seed, ...(founders === undefined ? {} : { founders }) }),
  ask: askMapElites,
  tell: tellMapElites,
  immigrate: immigrateMapElites,
  champion: (state) => state.champion,
  census: mapElitesCensus,
  members: elitesAsMembers,
  encode: encodeMapElites,
  decode: decodeMapElites,
  defaultSettings: defaultMapElitesSettings,
  settingsFault: (settings) => mapElitesSettingsFault(settings as MapElitesSettings),
}

/** An algorithm with its state hidden in what it makes. */
interface Kind {
  create(options: SearchOptions): Search
  decode(bytes: Uint8Array): Decoded<Search, CheckpointRefusal>
  readonly defaultSettings: object
  settingsFault(settings: object): string | undefined
}

const kinds: Readonly<Record<AlgorithmName, Kind>> = { neat: kindOf(neat), memetic: kindOf(memetic), 'map-elites': kindOf(mapElites) }

/** @throws RangeError for an unknown algorithm, a setting out of range or a founder that does not fit */
export function createSearch(options: SearchOptions): Search {
  const { algorithm } = options
  if (!Object.hasOwn(kinds, algorithm)) {
    throw new RangeError(`Unknown algorithm ${String(algorithm)}; there are ${algorithmNames.join(', ')}`)
  }
  return kinds[algorithm].create(options)
}

/** Never throws, whatever the bytes. */
export function decodeSearch(bytes: Uint8Array): Decoded<Search, CheckpointRefusal> {
  for (const name of algorithmNames) {
    const decoded = kinds[name].decode(bytes)
    if (decoded.ok || decoded.reason !== 'bad-magic') return decoded
  }
  return { ok: false, reason: 'bad-magic' }
}

/** The settings that an algorithm has unless told otherwise. */
export function defaultSettingsOf(algorithm: AlgorithmName): Readonly<Record<string, unknown>> {
  return { ...kinds[algorithm].defaultSettings }
}

/** The first fault of complete `settings` as a sentence with name and value, or undefined. */
export function searchSettingsFault(algorithm: AlgorithmName, settings: Readonly<Record<string, unknown>>): string | undefined {
  return kinds[algorithm].settingsFault(settings)
}

function kindOf<State>(algorithm: Algorithm<State>): Kind {
  return {
    create: (options) => searchOf(algorithm, algorithm.create(options)),
    decode(bytes) {
      const decoded = algorithm.decode(bytes)
      return decoded.ok ? { ok: true, value: searchOf(algorithm, decoded.value) } : decoded
    },
    defaultSettings: algorithm.defaultSettings,
    settingsFault: algorithm.settingsFault,
  }
}

function searchOf<State>(algorithm: Algorithm<State>, state: State): Search {
  return {
    algorithm: algorithm.name,
    ask() {
      const asked = algorithm.ask(state)
      return { search: searchOf(algorithm, asked.state), candidates: asked.candidates }
    },
    tell: (evaluations) => searchOf(algorithm, algorithm.tell(state, evaluations)),
    immigrate: (genotype, fitness) => searchOf(algorithm, algorithm.immigrate(state, genotype, fitness)),
    champion: () => algorithm.champion(state),
    census: () => algorithm.census(state),
    members: () => algorithm.members(state),
    encode: () => algorithm.encode(state),
  }
}
