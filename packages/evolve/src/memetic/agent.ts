// An agent is a genotype that was tuned and so may compete; a trial is one that is being tuned.

import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
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
  readonly tuner: TunerName
  readonly state: TunerState
  /** Evaluations told. */
  readonly told: number
  /** Asked for and not yet told. */
  readonly asked: readonly Candidate[]
}

/** Where a trial comes from. */
export type Origin = Pick<Trial, 'start' | 'parents' | 'operators'>

export function beginTrial(id: number, { start, parents, operators }: Origin, settings: MemeticSettings): Trial {
  const tuner = tunerFor(start.genotype, settings)
  return { id, start, parents, operators, tuner, state: tuners[tuner].create(start, settings), told: 0, asked: [] }
}

export function askTrial(trial: Trial, settings: MemeticSettings, random: Random): Trial {
  const { start, state, parents, operators } = trial
  const tuner = tuners[trial.tuner]
  // A founder is a parent as well: of its own variants.
  const origin = parents.length > 0 ? parents : [cidOf(encodeGenotype(start.genotype))]
  const asked = tuner.ask(state, start, settings, random).map((genotype): Candidate =>
    genotype === start.genotype
      ? { genotype, parents, operators }
      : { genotype, parents: origin, operators: [...operators, tuner.operator] })
  return { ...trial, asked }
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
