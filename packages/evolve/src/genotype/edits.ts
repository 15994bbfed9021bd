// What a child differs in from the parent whose structure it has. Operators only propose edits and `applyEdits` is the
// one way from parent to child, so that the record of a mutation cannot differ from what was done.

import type { ActivationName } from '../network/activation.ts'
import type { AggregationName } from '../network/aggregation.ts'
import { deadEndsOf, findLink, findNeuron, withLink, withLinksWhere, withNeuron, withNeurons, withoutNeuron, withWeights } from './edit.ts'
import { isHidden, isParameter, isSensor, type Genotype, type Neuron, type NeuronId } from './genotype.ts'

/** One change. Columns (`weights`, `biases`) have a number for every link or neuron, in canonical order; they must never be written. */
export type Edit =
  | { readonly kind: 'add-link'; readonly source: NeuronId; readonly target: NeuronId; readonly weight: number }
  | { readonly kind: 'remove-link'; readonly source: NeuronId; readonly target: NeuronId }
  | { readonly kind: 'add-neuron'; readonly neuron: Neuron }
  /** With all its links. */
  | { readonly kind: 'remove-neuron'; readonly id: NeuronId }
  | { readonly kind: 'set-weights'; readonly weights: Float64Array }
  | { readonly kind: 'set-biases'; readonly biases: Float64Array }
  | { readonly kind: 'set-bias'; readonly id: NeuronId; readonly bias: number }
  | { readonly kind: 'set-response'; readonly id: NeuronId; readonly response: number }
  | { readonly kind: 'set-activation'; readonly id: NeuronId; readonly activation: ActivationName }
  | { readonly kind: 'set-aggregation'; readonly id: NeuronId; readonly aggregation: AggregationName }

/**
 * The child. Valid whenever `genotype` is, but for the limits on size, which `assertGenotype` checks.
 * @throws RangeError for an edit that this genotype cannot take, naming what is wrong
 */
export function applyEdits(genotype: Genotype, edits: readonly Edit[]): Genotype {
  let child = genotype
  for (const edit of edits) child = applyEdit(child, edit)
  return child
}

function applyEdit(genotype: Genotype, edit: Edit): Genotype {
  switch (edit.kind) {
    case 'set-weights':
      assertColumn(edit.weights, genotype.links.weights.length, 'weights')
      return withWeights(genotype, edit.weights)
    case 'set-biases':
      assertColumn(edit.biases, genotype.neurons.length, 'biases')
      return withNeurons(genotype, genotype.neurons.map((neuron, i) => ({ ...neuron, bias: edit.biases[i]! })))
    case 'add-link':
      if (!isSensor(edit.source)) neuronOf(genotype, edit.source)
      else if (edit.source >= genotype.inputs) throw new RangeError(`There is no sensor ${edit.source}`)
      neuronOf(genotype, edit.target)
      assertParameter(edit.weight)
      return withLink(genotype, edit.source, edit.target, edit.weight)
    case 'remove-link': {
      const found = findLink(genotype, edit.source, edit.target)
      if (found < 0) throw new RangeError(`There is no link from ${edit.source} to ${edit.target}`)
      return withLinksWhere(genotype, (_, __, link) => link !== found)
    }
    case 'add-neuron':
      if (!isHidden(edit.neuron.id)) throw new RangeError(`Only hidden neurons come and go, got ${edit.neuron.id}`)
      if (findNeuron(genotype, edit.neuron.id) >= 0) throw new RangeError(`There is already a neuron ${edit.neuron.id}`)
      return withNeuron(genotype, edit.neuron)
    case 'remove-neuron':
      neuronOf(genotype, edit.id)
      if (!isHidden(edit.id)) throw new RangeError(`Only hidden neurons come and go, got ${edit.id}`)
      return withoutNeuron(genotype, edit.id)
    case 'set-bias':
      assertParameter(edit.bias)
      return withNeuron(genotype, { ...neuronOf(genotype, edit.id), bias: edit.bias })
    case 'set-response':
      assertParameter(edit.response)
      return withNeuron(genotype, { ...neuronOf(genotype, edit.id), response: edit.response })
    case 'set-activation':
      return withNeuron(genotype, { ...neuronOf(genotype, edit.id), activation: edit.activation })
    case 'set-aggregation':
      return withNeuron(genotype, { ...neuronOf(genotype, edit.id), aggregation: edit.aggregation })
  }
}

/** `edits` and the removal of hidden neurons that are on no path afterwards, again and again until every one is part of one. */
export function withDeadEndsRemoved(genotype: Genotype, edits: readonly Edit[]): readonly Edit[] {
  const all = [...edits]
  let child = applyEdits(genotype, edits)
  for (let dead = deadEndsOf(child); dead.length > 0; dead = deadEndsOf(child)) {
    const removals = dead.map((id): Edit => ({ kind: 'remove-neuron', id }))
    all.push(...removals)
    child = applyEdits(child, removals)
  }
  return all
}

function neuronOf(genotype: Genotype, id: NeuronId): Neuron {
  const neuron = genotype.neurons[findNeuron(genotype, id)]
  if (neuron === undefined) throw new RangeError(`There is no neuron ${id}`)
  return neuron
}

function assertColumn(column: Float64Array, length: number, name: string): void {
  if (column.length !== length) throw new RangeError(`Edit needs ${length} ${name}, got ${column.length}`)
  for (let i = 0; i < length; i++) assertParameter(column[i]!)
}

function assertParameter(x: number): void {
  if (!isParameter(x)) throw new RangeError(`A parameter must be finite and not -0, got ${x}`)
}
