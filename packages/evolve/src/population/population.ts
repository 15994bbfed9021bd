// The state of an evolving population as one immutable record, and the ask/tell cycle over it. Evaluation is the
// caller's business: ask for candidates, evaluate them anywhere, tell the results.

import type { Edit } from '../genotype/edits.ts'
import type { Genotype, UpdateRule } from '../genotype/genotype.ts'
import { createRandom, resumeRandom, type RandomState } from '../random.ts'
import type { Evaluation } from '../task.ts'
import { breed, createNaming } from './breed.ts'
import { assertFits, assertFitness, better } from './champion.ts'
import { createFounder, withSharedColumns, type TaskInterface } from './founder.ts'
import { mutate } from './mutate.ts'
import { archived, behaviourIn, withNoveltyMerit, type Behaviour } from './novelty.ts'
import { firstPhase, nextPhase, type Phase } from './phase.ts'
import { assertSettings, defaultSettings, type PopulationSettings } from './settings.ts'
import { generationLength } from './sharing.ts'
import { speciate, withoutWorst, type Placement, type Species } from './species.ts'

/** A genotype with its fitness, somewhere in a species. */
export interface Member {
  readonly genotype: Genotype
  /** Integer 0 to 1,000,000. */
  readonly fitness: number
  /** Id of its species. */
  readonly species: number
}

/** A member as the population keeps it. */
export interface Individual extends Member {
  /** What selection goes by: the fitness, unless novelty counts. */
  readonly merit: number
  /** What novelty is measured in; undefined unless it counts. */
  readonly behaviour: Behaviour | undefined
}

/** A genotype that waits for its evaluation. Its parents may be named only when asked for, so that `recordOf` it is what can be spread. */
export interface Candidate {
  readonly genotype: Genotype
  /** CIDs of none, one or two parents, the one whose structure it has first. */
  readonly parents: readonly string[]
  /** Names of the operators that made it from its parents. */
  readonly operators: readonly string[]
  /** What it differs in from its first parent: `applyEdits` of that one's genotype and these is `genotype`. */
  readonly edits?: readonly Edit[]
}

/** The best candidate ever told, with where it came from. */
export interface Champion extends Candidate {
  readonly cid: string
  readonly evaluation: Evaluation
  readonly generation: number
}

export interface Population {
  readonly inputs: number
  readonly outputs: number
  readonly rule: UpdateRule
  readonly settings: PopulationSettings
  readonly random: RandomState
  /** Counts tells. */
  readonly generation: number
  /** Candidates told so far. */
  readonly evaluations: number
  /** Present distance threshold of a species. */
  readonly threshold: number
  /** Generation in which the champion last changed for a fitter one. */
  readonly improvedAt: number
  readonly nextSpecies: number
  readonly species: readonly Species[]
  readonly members: readonly Individual[]
  /** Champions of the past that may become parents, oldest first; empty unless `hallOfFame` is above 0. */
  readonly hall: readonly Individual[]
  /** Behaviours of the past that novelty is measured from; empty unless `novelty` is above 0. */
  readonly archive: readonly Behaviour[]
  readonly phase: Phase
  /** Asked for and not yet told; empty between tell and ask. */
  readonly pending: readonly Candidate[]
  readonly champion: Champion | undefined
}

export interface PopulationOptions {
  /** Interface and update rule; a `Task` fits. */
  readonly task: TaskInterface
  /** Overrides of `defaultSettings`. */
  readonly settings?: Partial<PopulationSettings>
  /** Integer from 0 to 2^53 − 1. The same seed and options give the same bytes for ever after. */
  readonly seed: number
  /** First genotypes; mutants of them fill the rest. @default random genotypes without hidden neurons */
  readonly founders?: readonly Genotype[]
}

/** @throws RangeError for a setting out of range or a founder that does not fit the task */
export function createPopulation(options: PopulationOptions): Population {
  const settings: PopulationSettings = { ...defaultSettings, ...options.settings }
  assertSettings(settings)
  const { inputs, outputs, updateRule } = options.task
  if (settings.novelty > 0 && options.task.behaviours === undefined) {
    throw new RangeError(`Setting novelty needs a task that describes behaviour, got ${settings.novelty} for one that does not`)
  }
  const founders = options.founders ?? []
  for (const founder of founders) assertFits(founder, { inputs, outputs, rule: updateRule })
  const random = createRandom(options.seed)
  const pending: Candidate[] = founders.slice(0, settings.size).map((genotype) => ({ genotype, parents: [], operators: [] }))
  const cid = createNaming()
  while (pending.length < settings.size) {
    if (founders.length === 0) {
      const founder = createFounder(options.task, settings, random)
      pending.push({ genotype: withSharedColumns(founder, pending[0]?.genotype), parents: [], operators: [] })
    } else {
      const parent = random.integer(founders.length)
      pending.push({ ...mutate(founders[parent]!, settings, random), parents: [cid(founders[parent]!)] })
    }
  }
  return {
    inputs, outputs, rule: updateRule, settings, random: random.state(), generation: 0, evaluations: 0, threshold: settings.threshold,
    improvedAt: 0, nextSpecies: 1, species: [], members: [], hall: [], archive: [], phase: firstPhase,
    pending, champion: undefined,
  }
}

/** The candidates to evaluate next, in order. Asking again before telling gives the same ones. */
export function ask(population: Population): { readonly population: Population; readonly candidates: readonly Candidate[] } {
  if (population.pending.length > 0) return { population, candidates: population.pending }
  const random = resumeRandom(population.random)
  const { survivors, offspring, refocused } = breed(population, random)
  const next: Population = {
    ...population,
    random: random.state(),
    members: survivors,
    pending: offspring,
    improvedAt: refocused ? population.generation : population.improvedAt,
  }
  return { population: next, candidates: offspring }
}

/**
 * @param evaluations one for each candidate of the last `ask`, in its order
 * @throws RangeError for another number of evaluations or a fitness that is no integer from 0 to 1,000,000
 */
export function tell(population: Population, evaluations: readonly Evaluation[]): Population {
  const { pending, settings } = population
  if (evaluations.length !== pending.length) throw new RangeError(`Tell needs ${pending.length} evaluations, got ${evaluations.length}`)
  const generation = population.generation + 1
  let champion = population.champion
  const told = pending.map((candidate, i): Individual => {
    const evaluation = evaluations[i]!
    const { fitness } = evaluation
    assertFitness(fitness)
    champion = better(champion, candidate, evaluation, generation)
    const behaviour = settings.novelty > 0 ? behaviourIn(evaluation) : undefined
    return { genotype: candidate.genotype, fitness, species: 0, merit: fitness, behaviour }
  })
  const random = resumeRandom(population.random)
  const archive = settings.novelty > 0 ? archived(population.archive, told, settings, random) : population.archive
  const all = [...population.members, ...told]
  const placed = settled(settings.novelty > 0 ? withNoveltyMerit(all, archive, settings) : all, population, generation)
  const improved = champion !== undefined && champion.evaluation.fitness > (population.champion?.evaluation.fitness ?? -1)
  return {
    ...population,
    ...placed,
    random: random.state(),
    generation,
    evaluations: population.evaluations + evaluations.length,
    improvedAt: improved ? generation : population.improvedAt,
    hall: improved && settings.hallOfFame > 0 ? hallWith(population, champion!) : population.hall,
    archive,
    phase: nextPhase(population.phase, settings, placed.members, generation),
    pending: [],
    champion,
  }
}

/** Everyone in a species, in steady state without those who make room; the threshold drifts once per `size` evaluations. */
function settled(
  members: readonly Individual[], population: Population, generation: number,
): Placement & { readonly threshold: number } {
  const { settings } = population
  const placed = speciate(members, population, generation)
  const kept = withoutWorst(placed, settings.size, generation)
  if (generation % generationLength(population) !== 0) return { ...kept, threshold: population.threshold }
  const drift = sign(placed.species.length - settings.targetSpecies) * settings.thresholdStep
  const threshold = Math.max(settings.thresholdStep, population.threshold + drift)
  return { ...kept, threshold }
}

function hallWith({ hall, settings }: Population, { genotype, evaluation }: Champion): readonly Individual[] {
  const { fitness } = evaluation
  return [...hall, { genotype, fitness, species: 0, merit: fitness, behaviour: undefined }].slice(-settings.hallSize)
}

/**
 * Takes in a verified genotype from elsewhere; the least fit member makes room. It breeds from the next `ask` on and
 * never becomes champion here: that honour stays with its author.
 * @throws RangeError when it does not fit the population's interface and rule
 */
export function immigrate(population: Population, genotype: Genotype, fitness: number): Population {
  assertFits(genotype, population)
  assertFitness(fitness)
  const members = [...population.members]
  if (members.length + population.pending.length >= population.settings.size && members.length > 0) {
    let worst = 0
    for (let i = 1; i < members.length; i++) if (members[i]!.fitness <= members[worst]!.fitness) worst = i
    if (members[worst]!.fitness <= fitness) members.splice(worst, 1)
    else return population
  }
  members.push({ genotype, fitness, species: 0, merit: fitness, behaviour: undefined })
  return { ...population, ...speciate(members, population, population.generation) }
}

/** The best candidate ever told: highest fitness, then fewer links, then lower CID. */
export function championOf(population: Population): Champion | undefined {
  return population.champion
}

const sign = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : 0)
