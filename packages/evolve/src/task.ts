// A task is a problem for networks: its interface, its episodes, its score and its goal. The type lives on floor 0
// so that `exchange`, which may not import the tasks themselves, can still speak of one.

import type { Network } from './network/network.ts'
import type { UpdateRule } from './genotype/genotype.ts'

/** Task id such as `double-pole`: 1 to 32 characters of `a-z`, `0-9` and `-`. */
export type TaskId = string

/** What one public evaluation of a network gave. Every field is the same to the bit on every engine. */
export interface Evaluation {
  /** The task's own normalisation: an integer from 0 to 1,000,000. A failed evaluation (NaN or infinity met) has 0. */
  readonly fitness: number
  /** The score in the task's own units, as its literature reports it (steps survived, summed error, …). */
  readonly score: number
  /** Environment steps taken, all episodes together. */
  readonly steps: number
  /** Where the network ended up or how it went about it, one number from 0 to 1 per `Task.behaviours`; what novelty is measured in. */
  readonly behaviour?: readonly number[]
}

/** What is done in one control step: a force in newtons, a discrete choice, … or one number per joint. */
export type Action = number | readonly number[]

/** A moving picture of one episode, for replay and `megabrain trace`. States and actions are in the task's own units. */
export interface Environment {
  /** Names of the state variables, with units, in order: `['x (m)', 'ẋ (m/s)', …]`. */
  readonly variables: readonly string[]
  /** Start state of public episode `episode` (counted from 0). */
  start(episode: number): readonly number[]
  /** What the network's sensors read in `state`; length = the task's `inputs`. */
  observe(state: readonly number[]): readonly number[]
  /** The action that the network's outputs ask for. */
  decide(outputs: ArrayLike<number>): Action
  /**
   * One control step. Pure. `terminated` means the task's own failure or goal, not the step limit.
   * @param opponent in a game, what a person does in place of the task's own opponent
   */
  step(state: readonly number[], action: Action, opponent?: Action): {
    readonly state: readonly number[]
    readonly reward: number
    readonly terminated: boolean
  }
  /** Seconds of the simulated world in one step, for playing it at its own speed. */
  readonly stepSeconds: number
}

export interface Task {
  readonly id: TaskId
  /** Counts up whenever any result changes; see `evaluatorVersion` in `tasks`. */
  readonly version: number
  readonly inputs: number
  readonly outputs: number
  /** One label per input and output, for drawings. */
  readonly inputLabels: readonly string[]
  readonly outputLabels: readonly string[]
  /** The goal in one sentence. */
  readonly goal: string
  /** Names of the dimensions of `Evaluation.behaviour`, for a task that describes behaviour. */
  readonly behaviours?: readonly string[]
  /** Whether there is always something better, so that `solved` is never true. @default false */
  readonly openEnded?: boolean
  /** Whether the same network always gets the same evaluation. Only such a task can be claimed to strangers. */
  readonly deterministic: boolean
  /** The update rule that new genotypes of this task get. */
  readonly updateRule: UpdateRule
  /** Upper bound on network activations in one public evaluation; the static cost bound multiplies by it. */
  readonly maxActivations: number
  /** Public episodes, fixed by the version. `network` is reset by the task wherever an episode starts. */
  evaluate(network: Network): Evaluation
  /**
   * Other episodes of the same kind, scored the same way: as many as `evaluate` runs, drawn from the distribution of starts by
   * `key`, an ASCII text. Absent where a task has no such distribution: it is ranked on its public episodes.
   */
  audit?(network: Network, key: string): Evaluation
  /** The task's own predicate of success; it may run a champion test that counts as no evaluation. */
  solved(network: Network, evaluation: Evaluation): boolean
  /** Present when an episode can be watched. */
  readonly environment?: Environment
}
