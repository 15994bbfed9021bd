// A genotype as what it differs in from another one that its reader has. Identity is structural, so any two genotypes of
// one interface are compared by walking their sorted neurons and links side by side; no history is needed. Bytes:
// `docs/genotype.md`, section 7.

import { activationCode } from '../network/activation.ts'
import { aggregationCode } from '../network/aggregation.ts'
import {
  ACTIVATIONS, ADDED_LINKS, ADDED_NEURONS, AGGREGATIONS, BIASES, createDeltaWriter, DELTA_VERSION, REMOVED_LINKS, REMOVED_NEURONS,
  RESPONSES, WEIGHTS, WIDE, type DeltaWriter,
} from './delta-bytes.ts'
import { interfaceFault, isHidden, type Genotype, type Links, type Neuron, type NeuronId } from './genotype.ts'

/** @returns undefined when sensors, actuators or update rule differ: then the child has to travel whole */
export function encodeDelta(base: Genotype, child: Genotype): Uint8Array | undefined {
  if (interfaceFault(base, child) !== undefined) return undefined
  const before = new Map(base.neurons.map((neuron) => [neuron.id, neuron]))
  const after = new Set(child.neurons.map(({ id }) => id))
  const hidden = base.neurons.slice(base.outputs)
  const links = compareLinks(base.links, child.links, after)
  const carried = (): number[] => [
    ...links.changed.map((link) => child.links.weights[links.kept[link]!]!),
    ...links.added.map((link) => child.links.weights[link]!),
    ...child.neurons.flatMap(({ bias, response }) => [bias, response]),
  ]
  const wide = carried().some((x) => Math.fround(x) !== x)
  const to = createDeltaWriter(wide)
  to.byte(DELTA_VERSION)
  to.byte(wide ? WIDE : 0)
  putSubset(to, REMOVED_NEURONS, indicesOf(hidden, ({ id }) => !after.has(id)), hidden.length)
  putNeurons(to, child.neurons.filter(({ id }) => !before.has(id)))
  putChanges(to, child.neurons, child.neurons.map((neuron) => before.get(neuron.id) ?? { ...neuron, bias: 0, response: 1 }))
  putSubset(to, REMOVED_LINKS, links.removed, links.survivors)
  if (links.added.length > 0) putLinks(to, child, links.added)
  putSubset(to, WEIGHTS, links.changed, links.kept.length)
  for (const index of links.changed) to.parameter(child.links.weights[links.kept[index]!]!)
  return to.finish()
}

function indicesOf<T>(list: readonly T[], holds: (item: T, index: number) => boolean): number[] {
  const indices: number[] = []
  for (let i = 0; i < list.length; i++) if (holds(list[i]!, i)) indices.push(i)
  return indices
}

function putSubset(to: DeltaWriter, part: number, indices: readonly number[], size: number): void {
  if (indices.length === 0) return
  to.byte(part)
  to.subset(indices, size)
}

function putNeurons(to: DeltaWriter, added: readonly Neuron[]): void {
  if (added.length === 0) return
  to.byte(ADDED_NEURONS)
  to.count(added.length)
  for (const { id, activation, aggregation } of added) {
    to.id(id)
    to.byte(activationCode(activation))
    to.byte(aggregationCode(aggregation))
  }
}

/** @param inherited what the reader takes each neuron for until it is told otherwise */
function putChanges(to: DeltaWriter, neurons: readonly Neuron[], inherited: readonly Neuron[]): void {
  function part<T>(code: number, valueOf: (neuron: Neuron) => T, put: (value: T) => void): void {
    const changed = indicesOf(neurons, (neuron, i) => valueOf(neuron) !== valueOf(inherited[i]!))
    putSubset(to, code, changed, neurons.length)
    for (const index of changed) put(valueOf(neurons[index]!))
  }
  part(ACTIVATIONS, ({ activation }) => activation, (value) => to.byte(activationCode(value)))
  part(AGGREGATIONS, ({ aggregation }) => aggregation, (value) => to.byte(aggregationCode(value)))
  part(BIASES, ({ bias }) => bias, to.parameter)
  part(RESPONSES, ({ response }) => response, to.parameter)
}

/** By position, ascending: steps from target to target, and from source to source within one. */
function putLinks(to: DeltaWriter, child: Genotype, added: readonly number[]): void {
  const positions = new Map(child.neurons.map(({ id }, i) => [id, i]))
  to.byte(ADDED_LINKS)
  to.count(added.length)
  let target = 0
  let next = 0
  for (const link of added) {
    const targetAt = positions.get(child.links.targets[link]!)!
    const id = child.links.sources[link]!
    const position = positions.get(id)
    const source = position === undefined ? id : child.inputs + position
    if (targetAt > target) next = 0
    to.count(targetAt - target)
    to.count(source - next)
    target = targetAt
    next = source + 1
  }
  for (const link of added) to.parameter(child.links.weights[link]!)
}

interface LinkComparison {
  /** Links of the base whose two ends are still there. */
  readonly survivors: number
  /** Of those survivors. */
  readonly removed: readonly number[]
  /** Links of the child that the base lacks. */
  readonly added: readonly number[]
  /** Links of the child that the base has. */
  readonly kept: readonly number[]
  /** Of those kept. */
  readonly changed: readonly number[]
}

function compareLinks(base: Links, child: Links, after: ReadonlySet<NeuronId>): LinkComparison {
  const exists = (id: NeuronId): boolean => !isHidden(id) || after.has(id)
  const removed: number[] = []
  const added: number[] = []
  const kept: number[] = []
  const changed: number[] = []
  let survivors = 0
  let j = 0
  for (let i = 0; i < base.sources.length; i++) {
    if (!exists(base.sources[i]!) || !exists(base.targets[i]!)) continue
    while (j < child.sources.length && orderOf(child, j, base, i) < 0) added.push(j++)
    if (j < child.sources.length && orderOf(child, j, base, i) === 0) {
      if (base.weights[i] !== child.weights[j]) changed.push(kept.length)
      kept.push(j++)
    } else removed.push(survivors)
    survivors++
  }
  while (j < child.sources.length) added.push(j++)
  return { survivors, removed, added, kept, changed }
}

function orderOf(a: Links, i: number, b: Links, j: number): number {
  return a.targets[i]! - b.targets[j]! || a.sources[i]! - b.sources[j]!
}
