// MAP-Elites: the best of every kind instead of the best of all. A grid over behaviour keeps the fittest of each cell, and
// anyone in it may be a parent. Mouret and Clune 2015, https://arxiv.org/abs/1504.04909.

import type { Genotype, UpdateRule } from '../genotype/genotype.ts'
import { createNaming, Offspring } from '../population/breed.ts'
import type { Census } from '../population/census.ts'
import { assertFits, assertFitness, better } from '../population/champion.ts'
import { createFounder, type TaskInterface } from '../population/founder.ts'
import { mutate } from '../population/mutate.ts'
import { behaviourIn } from '../population/novelty.ts'
import type { Candidate, Champion, Member } from '../population/population.ts'
import { createRandom, resumeRandom, type Random, type RandomState } from '../random.ts'
import type { Evaluation } from '../task.ts'
import { asPopulationSettings, defaultMapElitesSettings, mapElitesSettingsFault, MAX_CELLS, type MapElitesSettings } from './settings.ts'

/** The fittest of its cell. */
export interface Elite {
  /** Index in the grid, the first dimension slowest. */
  readonly cell: number
  readonly genotype: Genotype
  readonly fitness: number
}

export interface MapElites {
  readonly inputs: number
  readonly outputs: number
  readonly rule: UpdateRule
  readonly settings: MapElitesSettings
  /** Of the grid: the task's behaviours, or two of structure for a task that has none. */
  readonly dimensions: number
  /** Whether cells are of behaviour. */
  readonly isBehavioural: boolean
  readonly random: RandomState
  /** Counts tells. */
  readonly generation: number
  /** Candidates told so far. */
  readonly evaluations: number
  /** Ascending by cell. */
  readonly elites: readonly Elite[]
  /** Strangers that may become parents; their behaviour is not known here. At most `MAX_GUESTS`. */
  readonly guests: readonly Genotype[]
  /** Asked for and not yet told. */
  readonly pending: readonly Candidate[]
  readonly champion: Champion | undefined
}

export const MAX_GUESTS = 16

export interface MapElitesOptions {
  /** Interface, update rule and behaviours; a `Task` fits. */
  readonly task: TaskInterface
  /** Overrides of `defaultMapElitesSettings`. */
  readonly settings?: Partial<MapElitesSettings>
  /** Integer from 0 to 2^53 − 1. */
  readonly seed: number
  /** First genotypes; random founders fill the rest. */
  readonly founders?: readonly Genotype[]
}

/** @throws RangeError for a setting out of range, a grid of more than `MAX_CELLS` cells or a founder that does not fit */
export function createMapElites(options: MapElitesOptions): MapElites {
  const settings: MapElitesSettings = { ...defaultMapElitesSettings, ...options.settings }
  const fault = mapElitesSettingsFault(settings)
  if (fault !== undefined) throw new RangeError(fault)
  const { inputs, outputs, updateRule, behaviours } = options.task
  const dimensions = behaviours?.length ?? 2
  if (cellsOf(settings.bins, dimensions) > MAX_CELLS) {
    throw new RangeError(`Setting bins gives ${cellsOf(settings.bins, dimensions)} cells in ${dimensions} dimensions; at most ${MAX_CELLS}`)
  }
  const founders = (options.founders ?? []).slice(0, settings.size)
  const random = createRandom(options.seed)
  for (const founder of founders) assertFits(founder, { inputs, outputs, rule: updateRule })
  const pending = Array.from({ length: settings.size }, (_, i): Candidate => (
    { genotype: founders[i] ?? createFounder(options.task, asPopulationSettings(settings), random), parents: [], operators: [] }
  ))
  return {
    inputs, outputs, rule: updateRule, settings, dimensions, isBehavioural: behaviours !== undefined, random: random.state(),
    generation: 0, evaluations: 0, elites: [], guests: [], pending, champion: undefined,
  }
}

/** Asking again before telling gives the same ones. */
export function askMapElites(state: MapElites): { readonly state: MapElites; readonly candidates: readonly Candidate[] } {
  if (state.pending.length > 0) return { state, candidates: state.pending }
  const random = resumeRandom(state.random)
  const settings = asPopulationSettings(state.settings)
  const parents = [...state.elites.map(({ genotype }) => genotype), ...state.guests]
  const cid = createNaming()
  const pending = Array.from({ length: state.settings.size }, (): Candidate => {
    // Nobody was worth a cell: founders once more.
    if (parents.length === 0) return { genotype: founder(state, random), parents: [], operators: [] }
    const parent = parents[random.integer(parents.length)]!
    const { genotype, operators, edits } = mutate(parent, settings, random)
    return new Offspring(genotype, operators, edits, [parent], cid)
  })
  return { state: { ...state, random: random.state(), pending }, candidates: pending }
}

/**
 * @param evaluations one for each candidate of the last ask, in its order; one that failed gets no cell
 * @throws RangeError for another number of evaluations, or a behaviour of other dimensions than the grid
 */
export function tellMapElites(state: MapElites, evaluations: readonly Evaluation[]): MapElites {
  const { pending } = state
  if (evaluations.length !== pending.length) throw new RangeError(`Tell needs ${pending.length} evaluations, got ${evaluations.length}`)
  const generation = state.generation + 1
  const elites = new Map(state.elites.map((elite) => [elite.cell, elite]))
  let { champion } = state
  pending.forEach((candidate, i) => {
    const evaluation = evaluations[i]!
    const { fitness } = evaluation
    assertFitness(fitness)
    champion = better(champion, candidate, evaluation, generation)
    const cell = cellOf(state, candidate.genotype, evaluation)
    if (cell === undefined) return
    const elite = { cell, genotype: candidate.genotype, fitness }
    const holder = elites.get(cell)
    if (holder === undefined || isBetter(elite, holder)) elites.set(cell, elite)
  })
  return {
    ...state, generation, evaluations: state.evaluations + evaluations.length, pending: [], champion,
    elites: [...elites.values()].sort((a, b) => a.cell - b.cell),
  }
}

/** A verified stranger may be a parent from the next ask on; its children find their cells. @throws RangeError when it does not fit */
export function immigrateMapElites(state: MapElites, genotype: Genotype): MapElites {
  assertFits(genotype, state)
  return { ...state, guests: [...state.guests, genotype].slice(-MAX_GUESTS) }
}

/** Every elite is the fittest of a species of its own: its cell, counted from 1. */
export function elitesAsMembers({ elites }: MapElites): readonly Member[] {
  return elites.map(({ cell, genotype, fitness }) => ({ genotype, fitness, species: cell + 1 }))
}

/** `species` counts the cells that are taken; all of them have one member. */
export function mapElitesCensus({ elites, generation, evaluations, champion, outputs }: MapElites): Census {
  const meanOf = (value: (elite: Elite) => number): number =>
    elites.length === 0 ? 0 : elites.reduce((sum, elite) => sum + value(elite), 0) / elites.length
  return {
    generation,
    evaluations,
    members: elites.length,
    species: elites.length,
    threshold: 0,
    best: champion?.evaluation.fitness ?? 0,
    mean: meanOf(({ fitness }) => fitness),
    meanHidden: meanOf(({ genotype }) => genotype.neurons.length - outputs),
    meanLinks: meanOf(({ genotype }) => genotype.links.weights.length),
    sizes: elites.map(() => 1),
  }
}

export function cellsOf(bins: number, dimensions: number): number {
  let cells = 1
  for (let i = 0; i < dimensions; i++) cells *= bins
  return cells
}

function cellOf(state: MapElites, genotype: Genotype, evaluation: Evaluation): number | undefined {
  const { bins } = state.settings
  const place = state.isBehavioural ? behaviourIn(evaluation) : structureOf(genotype, bins)
  if (place === undefined) return undefined
  if (place.length !== state.dimensions) throw new RangeError(`The grid has ${state.dimensions} dimensions, the behaviour ${place.length}`)
  let cell = 0
  for (const x of place) cell = cell * bins + Math.min(bins - 1, Math.floor(x * bins))
  return cell
}

/** Hidden neurons one by one, links four by four; the last cell takes all that are larger. */
function structureOf({ neurons, outputs, links }: Genotype, bins: number): readonly [number, number] {
  return [Math.min(1, (neurons.length - outputs) / bins), Math.min(1, links.weights.length / (4 * bins))]
}

/** Of two of a cell; the holder stays when they are equal. */
function isBetter(a: Pick<Elite, 'genotype' | 'fitness'>, b: Pick<Elite, 'genotype' | 'fitness'>): boolean {
  const order = a.fitness - b.fitness || b.genotype.links.weights.length - a.genotype.links.weights.length
  return order > 0
}

function founder({ inputs, outputs, rule, settings }: MapElites, random: Random): Genotype {
  return createFounder({ inputs, outputs, updateRule: rule }, asPopulationSettings(settings), random)
}
