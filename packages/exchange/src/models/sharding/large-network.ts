// A network that no genotype can hold, as columns: what a partitioner cuts and nothing else runs. A slot is a sensor's index,
// or the number of sensors plus a neuron's position; the first neurons are the actuators.

import { activationNames, aggregationNames, incomingOf, type Genotype, type UpdateRule } from '@megabrain/evolve'
import { MAX_LARGE_INTERFACE, MAX_LARGE_LINKS, MAX_LARGE_NEURONS } from './limits.ts'

export interface LargeNetwork {
  readonly inputs: number
  readonly outputs: number
  readonly rule: UpdateRule
  /** By neuron position: codes of the genotype's format. */
  readonly activations: Uint8Array
  readonly aggregations: Uint8Array
  readonly biases: Float64Array
  readonly responses: Float64Array
  /** Links of neuron n are starts[n] to starts[n + 1] − 1. */
  readonly starts: Int32Array
  /** Slots, ascending within a neuron: the order in which it sums. */
  readonly sources: Int32Array
  readonly weights: Float64Array
}

/** The same network as columns; what it computes split over peers is what `compile(genotype)` computes. */
export function largeFrom(genotype: Genotype): LargeNetwork {
  const { inputs, outputs, rule, neurons, links } = genotype
  const { starts, sources } = incomingOf(genotype)
  return {
    inputs, outputs, rule, starts, sources,
    activations: Uint8Array.from(neurons, ({ activation }) => activationNames.indexOf(activation)),
    aggregations: Uint8Array.from(neurons, ({ aggregation }) => aggregationNames.indexOf(aggregation)),
    biases: Float64Array.from(neurons, ({ bias }) => bias),
    responses: Float64Array.from(neurons, ({ response }) => response),
    weights: links.weights.slice(),
  }
}

/** Why it cannot be sharded at all, as a sentence, or undefined. Its columns are the caller's own and taken as well-formed. */
export function largeFault({ inputs, outputs, rule, biases, sources }: LargeNetwork): string | undefined {
  if (rule.kind === 'stanley') return 'A network with the rule stanley cannot be sharded: its first step repeats until every actuator is reached'
  if (inputs > MAX_LARGE_INTERFACE || outputs > MAX_LARGE_INTERFACE) return `A sharded network has at most ${MAX_LARGE_INTERFACE} sensors and as many actuators`
  if (outputs < 1 || inputs < 1 || biases.length < outputs) return 'A sharded network needs a sensor, an actuator, and a neuron for each actuator'
  if (biases.length > MAX_LARGE_NEURONS) return `A sharded network has at most ${MAX_LARGE_NEURONS} neurons, this one ${biases.length}`
  return sources.length > MAX_LARGE_LINKS ? `A sharded network has at most ${MAX_LARGE_LINKS} links, this one ${sources.length}` : undefined
}
