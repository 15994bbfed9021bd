// What every tuner of parameters is: a value asked for variants of one genotype and told their fitness, the structure
// left alone. It lives inside an algorithm's state, so it has no randomness of its own and can be written down.

import type { ByteReader, ByteWriter } from '../population/bytes.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import type { TunerSettings } from './settings.ts'

/** What a tuner starts from. */
export interface TuningStart {
  readonly genotype: Genotype
  /** For each neuron, in the genotype's order: structural generations since anything about it changed; 0 is this one. */
  readonly ages: readonly number[]
}

/** A variant with what its evaluation gave. */
export interface Tuned {
  readonly genotype: Genotype
  /** Integer 0 to 1,000,000. */
  readonly fitness: number
}

/** `State` is an immutable record; every variant has the structure of `start.genotype` and exact f32 parameters. */
export interface Tuner<State> {
  /** Name in lineages: what it did to a genotype. */
  readonly operator: string
  create(start: TuningStart, settings: TunerSettings): State
  /** The variants to evaluate next, at least one. */
  ask(state: State, start: TuningStart, settings: TunerSettings, random: Random): readonly Genotype[]
  /** @param told what the last `ask` gave, all of it, in its order */
  tell(state: State, start: TuningStart, settings: TunerSettings, told: readonly Tuned[]): State
  /** The fittest variant told so far, the first of equals; undefined before the first `tell`. */
  best(state: State): Tuned | undefined
  /** Whether it has nothing more to ask: its own stop rules, the budget apart. */
  done(state: State, start: TuningStart, settings: TunerSettings): boolean
  write(state: State, writer: ByteWriter): void
  /** Undefined for bytes that no `write` makes. @param best what `best` gave when the state was written */
  read(reader: ByteReader, start: TuningStart, settings: TunerSettings, best: Tuned | undefined): State | undefined
}
