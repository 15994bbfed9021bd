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
 * Every link is looked at once: passing over all of them until nothing changes would let a stranger's chain against the
 * order of ids cost thousands of passes before its price is even known.
 */
export function settlingOf(genotype: Genotype, incoming: Incoming = incomingOf(genotype)): Settling {
  const { inputs, outputs, neurons } = genotype
  const reachedAt = new Int32Array(neurons.length).fill(NEVER)
  const { starts, targets } = outgoingOf(inputs, neurons.length, incoming)
  // Neurons to be reached in this pass; those that a later neuron reaches wait for the next one.
  let now: number[] = []
  for (let slot = 0; slot < inputs; slot++) for (let i = starts[slot]!; i < starts[slot + 1]!; i++) now.push(targets[i]!)
  for (let pass = 1; now.length > 0; pass++) {
    const next: number[] = []
    while (now.length > 0) {
      const neuron = now.pop()!
      if (reachedAt[neuron] !== NEVER) continue
      reachedAt[neuron] = pass
      for (let i = starts[inputs + neuron]!; i < starts[inputs + neuron + 1]!; i++) {
        const target = targets[i]!
        if (reachedAt[target] === NEVER) (target > neuron ? now : next).push(target)
      }
    }
    now = next
  }
  let last = 1
  for (let i = 0; i < outputs; i++) last = Math.max(last, reachedAt[i]!)
  const complete = last <= MAX_SETTLING_PASSES
  return { reachedAt, firstPasses: complete ? last : MAX_SETTLING_PASSES, complete }
}

/** Links by source slot instead of target. */
function outgoingOf(
  inputs: number, neurons: number, { starts, sources }: Incoming,
): { readonly starts: Int32Array; readonly targets: Int32Array } {
  const outgoing = new Int32Array(inputs + neurons + 1)
  for (const source of sources) outgoing[source + 1]!++
  for (let slot = 0; slot < inputs + neurons; slot++) outgoing[slot + 1]! += outgoing[slot]!
  const targets = new Int32Array(sources.length)
  const cursor = outgoing.slice()
  for (let neuron = 0; neuron < neurons; neuron++) {
    for (let link = starts[neuron]!; link < starts[neuron + 1]!; link++) targets[cursor[sources[link]!]!++] = neuron
  }
  return { starts: outgoing, targets }
}
