// When a signal first reaches each neuron under the `stanley` rule. It depends on the links alone, so it is found once
// at compile time and the static cost bound knows it too.

import type { Genotype } from '../genotype/genotype.ts'
import { incomingOf, type Incoming } from './graph.ts'

/** The original code gives up when it counts 20, before the pass. */
export const MAX_SETTLING_PASSES = 19
/** Marks a neuron that no sensor reaches. */
export const NEVER = 2_147_483_647

export interface Settling {
  /** First pass (from 1) that computes the neuron at each position, or NEVER. */
  readonly reachedAt: Int32Array
  /** Passes that the first control step takes. */
  readonly firstPasses: number
  /** Whether every actuator is reached; if not, each control step takes `MAX_SETTLING_PASSES` passes. */
  readonly complete: boolean
}

/**
 * Follows the flags of NEAT 1.2.1 (`Network::activate`): in each pass, neuron by neuron in canonical order, a neuron is
 * active when a source is a sensor or an active neuron. Flags change in place, so a pass can reach several in a row.
 */
export function settlingOf(genotype: Genotype, incoming: Incoming = incomingOf(genotype)): Settling {
  const { inputs, outputs, neurons } = genotype
  const { starts, sources } = incoming
  const reachedAt = new Int32Array(neurons.length).fill(NEVER)
  for (let pass = 1, changed = true; changed; pass++) {
    changed = false
    for (let i = 0; i < neurons.length; i++) {
      if (reachedAt[i] !== NEVER) continue
      for (let link = starts[i]!; link < starts[i + 1]!; link++) {
        const source = sources[link]! - inputs
        if (source < 0 || reachedAt[source] !== NEVER) {
          reachedAt[i] = pass
          changed = true
          break
        }
      }
    }
  }
  let last = 1
  for (let i = 0; i < outputs; i++) last = Math.max(last, reachedAt[i]!)
  const complete = last <= MAX_SETTLING_PASSES
  return { reachedAt, firstPasses: complete ? last : MAX_SETTLING_PASSES, complete }
}
