// What the exchange host and a compute worker say to each other.

import type { AlgorithmName, TaskId } from '@megabrain/evolve'
import type { Measurement, OpenStretch, ReplayOutcome, Stretch } from '@megabrain/exchange'
import type { Portrait } from '../snapshot.ts'

/** A genotype that is the best of this population so far. */
export interface Champion {
  readonly cid: string
  readonly body: Uint8Array
  readonly fitness: number
  readonly score: number
  readonly solved: boolean
  readonly hidden: number
  readonly links: number
  readonly fingerprint: number
  readonly generation: number
  readonly parents: readonly string[]
  readonly operators: readonly string[]
}

/** What a worker evolves. Without a task it only measures. */
export interface Assignment {
  readonly task: TaskId
  readonly algorithm: AlgorithmName
  /** For a population that starts from nothing; 32 bits. */
  readonly seed: number
  /** Checkpoint to go on from; one that cannot be read or is another algorithm's is ignored. */
  readonly population: Uint8Array | undefined
  /** Best genotype known for the task: the checkpoint may be older than it by a few seconds. */
  readonly champion: Uint8Array | undefined
  /**
   * A run to be repeated by others: only `seed` and these overrides of the settings decide it, so it begins afresh and takes in
   * nobody until it is `solved`.
   */
  readonly experiment?: { readonly settings: Readonly<Record<string, unknown>> } | undefined
  /** What `seed` was made from (`seedOf`), so that a new search earns credit. */
  readonly origin?: number | undefined
  /** The stretch that the checkpoint is part of, and the state it began with. */
  readonly stretch?: OpenStretch | undefined
  readonly before?: Uint8Array | undefined
}

/** A stranger's receipt to be run again. */
export interface ReplayWork {
  readonly chain: { readonly device: string; readonly realm: string; readonly task: TaskId }
  readonly receipt: Omit<Stretch, 'task'>
  readonly before: Uint8Array
  /** Genotypes of those let in. */
  readonly bodies: readonly Uint8Array[]
  readonly costLimit: number
}

export type Order =
  | { readonly kind: 'evolve'; readonly assignment: Assignment }
  /** Nothing is computed while not running; messages are still answered. Answered by `alive`. */
  | { readonly kind: 'run'; readonly running: boolean; readonly dutyPercent: number }
  /** Answered by `begun` and `measured`. `costLimit` as in the realm: see `measure-body.ts`. */
  | { readonly kind: 'measure'; readonly ticket: number; readonly task: TaskId; readonly body: Uint8Array; readonly costLimit: number }
  /** Answered by `audited`. */
  | { readonly kind: 'audit'; readonly ticket: number; readonly task: TaskId; readonly body: Uint8Array; readonly beacon: string }
  /** Answered by `replayed`; in small steps, between our own evolution and measurements. */
  | { readonly kind: 'replay'; readonly ticket: number; readonly work: ReplayWork }
  /** A verified stranger for the population of `task`. */
  | { readonly kind: 'immigrate'; readonly task: TaskId; readonly body: Uint8Array; readonly fitness: number }
  /** Answered by `population` at once, between two evaluations. */
  | { readonly kind: 'checkpoint' }

export type Report =
  /** The assignment began. `conformant` is the self-test on golden vectors; `restored` tells whether the checkpoint was used. */
  | { readonly kind: 'began'; readonly task: TaskId; readonly conformant: boolean; readonly restored: boolean; readonly generation: number }
  /** Once a second at least, also while resting or paused: the sign of life that the watchdog waits for. */
  | { readonly kind: 'alive'; readonly busyMs: number; readonly evaluations: number }
  | {
      readonly kind: 'generation'
      readonly task: TaskId
      readonly generation: number
      readonly species: number
      readonly best: number
      readonly mean: number
      readonly portrait: Portrait
    }
  /** The assignment cannot begin: `fault` says which setting is wrong. */
  | { readonly kind: 'unfit'; readonly task: TaskId; readonly fault: string }
  /** The champion that met the task's predicate at the end of a generation: the one that `megabrain evolve` would name. Once. */
  | { readonly kind: 'solved'; readonly task: TaskId; readonly cid: string; readonly evaluations: number }
  | { readonly kind: 'champion'; readonly task: TaskId; readonly champion: Champion; readonly immigrant: boolean }
  | { readonly kind: 'begun'; readonly ticket: number }
  | { readonly kind: 'measured'; readonly ticket: number; readonly measurement: Measurement }
  /** `none`: the task has no audit episodes, or the body is none of its genotypes. */
  | { readonly kind: 'audited'; readonly ticket: number; readonly fitness: number | 'none' }
  /** Undefined: the replay could not be done here. */
  | { readonly kind: 'replayed'; readonly ticket: number; readonly outcome: ReplayOutcome | undefined }
  | {
      readonly kind: 'population'
      readonly task: TaskId
      readonly generation: number
      readonly bytes: Uint8Array
      /** The stretch under way; the state it began with is here when no assignment or earlier report had it. */
      readonly stretch: OpenStretch
      readonly before?: Uint8Array
    }
  /** A receipt is due. `after` is a checkpoint and what the next stretch begins with. */
  | {
      readonly kind: 'stretch'
      readonly task: TaskId
      readonly generation: number
      readonly stretch: Stretch
      readonly before: Uint8Array
      readonly bodies: readonly Uint8Array[]
      readonly after: Uint8Array
    }
