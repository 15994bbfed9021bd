// An agent is a genotype that was tuned and so may compete; a trial is one that is being tuned.

import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import type { Edit } from '../genotype/edits.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { Candidate } from '../population/population.ts'
import type { Random } from '../random.ts'
import type { Evaluation } from '../task.ts'
import type { TunerName } from '../tuner/settings.ts'
import type { Tuned, TuningStart } from '../tuner/tuner.ts'
import { tunerFor, tuners, type TunerState } from '../tuner/tuners.ts'
import type { MemeticSettings } from './settings.ts'

export interface Agent extends Tuned {
  /** Counts up from 1 within the search. A tuned topology is a species of its own, as an exact fingerprint is in DXNN. */
  readonly id: number
  /** For each neuron: topological generations since anything about it changed. */
  readonly ages: readonly number[]
}

export interface Trial {
  /** Id of the agent that it becomes. */
  readonly id: number
  readonly start: TuningStart
  /** CIDs of none or one parent of `start.genotype`. */
  readonly parents: readonly string[]
  /** The topological mutations that made `start.genotype` from it. */
  readonly operators: readonly string[]
  /** What they did: `applyEdits` of the parent and these is `start.genotype`. Undefined for a child of an old checkpoint. */
  readonly edits: readonly Edit[] | undefined
  readonly tuner: TunerName
  readonly state: TunerState
  /** Evaluations told. */
  readonly told: number
  /** Asked for and not yet told. */
  readonly asked: readonly Candidate[]
}

/** Where a trial comes from. */
export type Origin = Pick<Trial, 'start' | 'parents' | 'operators' | 'edits'>

export function beginTrial(id: number, { start, parents, operators, edits }: Origin, settings: MemeticSettings): Trial {
  const tuner = tunerFor(start.genotype, settings)
  return { id, start, parents, operators, edits, tuner, state: tuners[tuner].create(start, settings), told: 0, asked: [] }
}

export function askTrial(trial: Trial, settings: MemeticSettings, random: Random): Trial {
  const { start, state } = trial
  const variants = tuners[trial.tuner].ask(state, start, settings, random)
  // A founder is a parent as well: of its own variants.
  const origin = trial.parents.length > 0 ? trial.parents : [cidOf(encodeGenotype(start.genotype))]
  const asked = variants.map((genotype) => withEdits(trial, genotype === start.genotype
    ? { genotype, parents: trial.parents, operators: trial.operators }
    : { genotype, parents: origin, operators: [...trial.operators, tuners[trial.tuner].operator] }))
  return { ...trial, asked }
}

/** A candidate of the trial with what it differs in from its parent, which follows from the trial's own edits. */
export function withEdits({ start, operators, edits }: Pick<Trial, 'start' | 'operators' | 'edits'>, candidate: Candidate): Candidate {
  if (edits === undefined || candidate.parents.length === 0) return candidate
  const isVariant = candidate.operators.length > operators.length
  return { ...candidate, edits: isVariant ? [...edits, ...tuningEdits(start.genotype, candidate.genotype)] : edits }
}

/** What a tuner did: new parameters for the same structure. */
function tuningEdits(start: Genotype, variant: Genotype): readonly Edit[] {
  const weights: Edit = { kind: 'set-weights', weights: variant.links.weights }
  if (variant.neurons.every(({ bias }, i) => bias === start.neurons[i]!.bias)) return [weights]
  return [weights, { kind: 'set-biases', biases: Float64Array.from(variant.neurons, ({ bias }) => bias) }]
}

/** @param evaluations one for each candidate of `asked` */
export function tellTrial(trial: Trial, settings: MemeticSettings, evaluations: readonly Evaluation[]): Trial {
  const told = trial.asked.map(({ genotype }, i) => ({ genotype, fitness: evaluations[i]!.fitness }))
  const state = tuners[trial.tuner].tell(trial.state, trial.start, settings, told)
  return { ...trial, state, told: trial.told + told.length, asked: [] }
}

/** Whether the tuner stopped by itself or spent its budget. */
export function isTuned({ start, tuner, state, told }: Trial, settings: MemeticSettings): boolean {
  return told > 0 && (told >= settings.tuningEvaluations || tuners[tuner].done(state, start, settings))
}

/** The fittest variant so far; undefined before the first was told. */
export function agentOf({ id, start, tuner, state }: Trial): Agent | undefined {
  const best = tuners[tuner].best(state)
  return best && { id, ...best, ages: start.ages }
}
