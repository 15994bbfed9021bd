// Memetic evolution as one immutable record and the ask/tell cycle over it: topological mutation, then every new topology
// is tuned before it competes. Sher, Handbook of Neuroevolution Through Erlang, Springer 2013 (DXNN),
// https://doi.org/10.1007/978-1-4614-4463-3; arXiv 1008.2412.

import type { Genotype, UpdateRule } from '../genotype/genotype.ts'
import type { Census } from '../population/census.ts'
import { assertFits, assertFitness, better } from '../population/champion.ts'
import type { TaskInterface } from '../population/founder.ts'
import type { Candidate, Champion, Member } from '../population/population.ts'
import { createRandom, resumeRandom, type Random, type RandomState } from '../random.ts'
import type { Evaluation } from '../task.ts'
import { agentOf, askTrial, beginTrial, isTuned, tellTrial, type Agent, type Origin, type Trial } from './agent.ts'
import { createMemeticFounder } from './founder.ts'
import { offspringOf } from './offspring.ts'
import { chooseParents, honour, rankedAgents, survivorsOf } from './selection.ts'
import { assertMemeticSettings, defaultMemeticSettings, type MemeticSettings } from './settings.ts'

export interface Memetic {
  readonly inputs: number
  readonly outputs: number
  readonly rule: UpdateRule
  readonly settings: MemeticSettings
  readonly random: RandomState
  /** Counts tells. */
  readonly generation: number
  /** Candidates told so far. */
  readonly evaluations: number
  /** Id of the next agent. */
  readonly nextAgent: number
  /** Tuned agents, in the order they came. */
  readonly agents: readonly Agent[]
  /** Those being tuned; none between the end of a generation and the next ask. */
  readonly trials: readonly Trial[]
  /** The fittest agent of each kind of structure ever tuned. */
  readonly hall: readonly Agent[]
  readonly champion: Champion | undefined
}

export interface MemeticOptions {
  /** Interface and update rule; a `Task` fits. */
  readonly task: TaskInterface
  /** Overrides of `defaultMemeticSettings`. */
  readonly settings?: Partial<MemeticSettings>
  /** Integer from 0 to 2^53 − 1. The same seed and options give the same bytes for ever after. */
  readonly seed: number
  /** First genotypes; random founders fill the rest. */
  readonly founders?: readonly Genotype[]
}

/** @throws RangeError for a setting out of range or a founder that does not fit the task */
export function createMemetic(options: MemeticOptions): Memetic {
  const settings: MemeticSettings = { ...defaultMemeticSettings, ...options.settings }
  assertMemeticSettings(settings)
  const { inputs, outputs, updateRule } = options.task
  const random = createRandom(options.seed)
  const given = (options.founders ?? []).slice(0, settings.size)
  for (const founder of given) assertFits(founder, { inputs, outputs, rule: updateRule })
  const founders = Array.from({ length: settings.size }, (_, i) => given[i] ?? createMemeticFounder(options.task, settings, random))
  const trials = founders.map((genotype, i) => beginTrial(i + 1, founderOrigin(genotype), settings))
  return {
    inputs, outputs, rule: updateRule, settings, random: random.state(), generation: 0, evaluations: 0,
    nextAgent: founders.length + 1, agents: [], trials, hall: [], champion: undefined,
  }
}

/** The candidates to evaluate next, trial by trial. Asking again before telling gives the same ones. */
export function askMemetic(memetic: Memetic): { readonly memetic: Memetic; readonly candidates: readonly Candidate[] } {
  const waiting = memetic.trials.flatMap(({ asked }) => asked)
  if (waiting.length > 0) return { memetic, candidates: waiting }
  const random = resumeRandom(memetic.random)
  const staffed = breedMemetic(memetic, random)
  const trials = staffed.trials.map((trial) => askTrial(trial, memetic.settings, random))
  return { memetic: { ...staffed, trials, random: random.state() }, candidates: trials.flatMap(({ asked }) => asked) }
}

function founderOrigin(genotype: Genotype): Origin {
  return { start: { genotype, ages: genotype.neurons.map(() => 0) }, parents: [], operators: [], edits: [] }
}

/** New trials: a whole generation when the last one is tuned, or one for each place that is free. */
function breedMemetic(memetic: Memetic, random: Random): Memetic {
  const { settings, agents, trials, hall, nextAgent } = memetic
  const steady = settings.replacement === 'steady-state'
  if (trials.length > 0 && (!steady || trials.length >= settings.size)) return memetic
  const survivors = steady ? agents : survivorsOf(agents, settings)
  const places = steady ? settings.size - trials.length : Math.max(1, settings.size - survivors.length)
  const parents = chooseParents(places, agents, hall, settings, random)
  const task = { inputs: memetic.inputs, outputs: memetic.outputs, updateRule: memetic.rule }
  const children = parents.map((parent, i) => {
    const fresh = settings.newcomers > 0 && random.uniform() < settings.newcomers
    const origin = fresh ? founderOrigin(createMemeticFounder(task, settings, random)) : offspringOf(parent, settings, random)
    return beginTrial(nextAgent + i, origin, settings)
  })
  return { ...memetic, nextAgent: nextAgent + children.length, agents: survivors, trials: [...trials, ...children] }
}

/**
 * @param evaluations one for each candidate of the last `ask`, in its order
 * @throws RangeError for another number of evaluations or a fitness that is no integer from 0 to 1,000,000
 */
export function tellMemetic(memetic: Memetic, evaluations: readonly Evaluation[]): Memetic {
  const { settings } = memetic
  const candidates = memetic.trials.flatMap(({ asked }) => asked)
  if (evaluations.length !== candidates.length) {
    throw new RangeError(`Tell needs ${candidates.length} evaluations, got ${evaluations.length}`)
  }
  for (const { fitness } of evaluations) assertFitness(fitness)
  const generation = memetic.generation + 1
  let { champion, hall } = memetic
  candidates.forEach((candidate, i) => { champion = better(champion, candidate, evaluations[i]!, generation) })
  let at = 0
  const agents = [...memetic.agents]
  const trials: Trial[] = []
  for (const trial of memetic.trials) {
    const told = tellTrial(trial, settings, evaluations.slice(at, at + trial.asked.length))
    at += trial.asked.length
    if (!isTuned(told, settings)) {
      trials.push(told)
      continue
    }
    const agent = agentOf(told)!
    agents.push(agent)
    hall = honour(hall, agent, settings)
  }
  const steady = settings.replacement === 'steady-state'
  return {
    ...memetic, generation, evaluations: memetic.evaluations + evaluations.length, trials, hall, champion,
    agents: steady && agents.length > settings.size ? rankedAgents(agents, settings).slice(0, settings.size) : agents,
  }
}

/**
 * Takes in a verified genotype from elsewhere as a tuned agent; when all places are taken the one of least standing makes
 * room. It breeds as soon as a place for a child is free and never becomes champion here: that honour stays with its author.
 * @throws RangeError when it does not fit the interface and rule
 */
export function immigrateMemetic(memetic: Memetic, genotype: Genotype, fitness: number): Memetic {
  assertFits(genotype, memetic)
  assertFitness(fitness)
  const { settings, agents, nextAgent } = memetic
  const stranger: Agent = { id: nextAgent, genotype, fitness, ages: genotype.neurons.map(() => 0) }
  const hall = honour(memetic.hall, stranger, settings)
  if (agents.length < settings.size) return { ...memetic, nextAgent: nextAgent + 1, hall, agents: [...agents, stranger] }
  const last = rankedAgents([...agents, stranger], settings).at(-1)!
  if (last === stranger) return memetic
  return { ...memetic, nextAgent: nextAgent + 1, hall, agents: [...agents.filter((agent) => agent !== last), stranger] }
}

/** Tuned agents, then the best so far of those being tuned; each is a species of its own. */
export function membersOf({ agents, trials }: Memetic): readonly Member[] {
  const tuning = trials.flatMap((trial) => agentOf(trial) ?? [])
  return [...agents, ...tuning].map(({ id, genotype, fitness }) => ({ genotype, fitness, species: id }))
}

export function memeticCensus(memetic: Memetic): Census {
  const members = membersOf(memetic)
  const meanOf = (value: (member: Member) => number): number =>
    members.length === 0 ? 0 : members.reduce((sum, member) => sum + value(member), 0) / members.length
  return {
    generation: memetic.generation,
    evaluations: memetic.evaluations,
    members: members.length,
    species: members.length,
    threshold: 0,
    best: memetic.champion?.evaluation.fitness ?? 0,
    mean: meanOf(({ fitness }) => fitness),
    meanHidden: meanOf(({ genotype }) => genotype.neurons.length - memetic.outputs),
    meanLinks: meanOf(({ genotype }) => genotype.links.weights.length),
    sizes: members.map(() => 1),
  }
}
