// Builds a valid genotype from parts in any order: what importers, tests and founders start from.

import { newColumn } from './column.ts'
import { actuatorId, assertGenotype, type Genotype, type Links, type Neuron, type NeuronId, type UpdateRule } from './genotype.ts'

/** One link as a record, where columns would be in the way. */
export interface Link {
  readonly from: NeuronId
  readonly to: NeuronId
  readonly weight: number
}

export interface GenotypeParts {
  readonly inputs: number
  readonly outputs: number
  readonly rule: UpdateRule
  /** In any order; actuators that are missing get `plainNeuron`. @default [] */
  readonly neurons?: readonly Neuron[]
  /** In any order. @default [] */
  readonly links?: readonly Link[]
}

/** A neuron that sums, without bias, through the steep sigmoid of the original NEAT. */
export function plainNeuron(id: NeuronId): Neuron {
  return { id, activation: 'steep-sigmoid', aggregation: 'sum', bias: 0, response: 1 }
}

/**
 * Sorts the parts into a genotype. −0 becomes 0; nothing else is repaired.
 * @throws RangeError naming the first broken invariant
 */
export function createGenotype(parts: GenotypeParts): Genotype {
  const { inputs, outputs, rule } = parts
  const given = parts.neurons ?? []
  const neurons = given.map((neuron) => ({ ...neuron, bias: neuron.bias + 0, response: neuron.response + 0 }))
  const present = new Set(given.map((neuron) => neuron.id))
  for (let i = 0; i < Math.min(outputs, 4_096); i++) {
    if (!present.has(actuatorId(i))) neurons.push(plainNeuron(actuatorId(i)))
  }
  neurons.sort((a, b) => a.id - b.id)
  const genotype: Genotype = { inputs, outputs, rule, neurons, links: linksFrom(parts.links ?? []) }
  assertGenotype(genotype)
  return genotype
}

/** Columns in canonical order. */
export function linksFrom(links: readonly Link[]): Links {
  const sorted = [...links].sort((a, b) => a.to - b.to || a.from - b.from)
  const [sources, targets, weights] = [newColumn(sorted.length), newColumn(sorted.length), newColumn(sorted.length)]
  sorted.forEach(({ from, to, weight }, i) => {
    sources[i] = from + 0
    targets[i] = to + 0
    weights[i] = weight + 0
  })
  return { sources, targets, weights }
}

/** Records from columns, in canonical order. */
export function linksOf(genotype: Genotype): Link[] {
  const { sources, targets, weights } = genotype.links
  return Array.from(weights, (weight, i) => ({ from: sources[i]!, to: targets[i]!, weight }))
}
