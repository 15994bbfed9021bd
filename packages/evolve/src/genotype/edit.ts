// Small changes to a genotype that keep its columns sorted. Each returns a new genotype and shares what it left alone.
// Plain loops and whole literals, because breeding spends its time here.

import { newColumn } from './column.ts'
import { isHidden, type Genotype, type Links, type Neuron, type NeuronId } from './genotype.ts'

/** Where the link is, or −1 − the place where it belongs. */
export function findLink(genotype: Genotype, source: NeuronId, target: NeuronId): number {
  const { sources, targets } = genotype.links
  let low = 0
  let high = sources.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (targets[middle]! < target || (targets[middle] === target && sources[middle]! < source)) low = middle + 1
    else high = middle
  }
  return low < sources.length && sources[low] === source && targets[low] === target ? low : -1 - low
}

/** Where the neuron is, or −1 − the place where it belongs. */
export function findNeuron(genotype: Genotype, id: NeuronId): number {
  const { neurons } = genotype
  let low = 0
  let high = neurons.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (neurons[middle]!.id < id) low = middle + 1
    else high = middle
  }
  return low < neurons.length && neurons[low]!.id === id ? low : -1 - low
}

/** @throws RangeError when the link is already there */
export function withLink(genotype: Genotype, source: NeuronId, target: NeuronId, weight: number): Genotype {
  const found = findLink(genotype, source, target)
  if (found >= 0) throw new RangeError(`There is already a link from ${source} to ${target}`)
  const at = -1 - found
  const { sources, targets, weights } = genotype.links
  return withLinks(genotype, {
    sources: inserted(sources, at, source), targets: inserted(targets, at, target), weights: inserted(weights, at, weight),
  })
}

/** Only the links for which `keep` is true. */
export function withLinksWhere(genotype: Genotype, keep: (source: NeuronId, target: NeuronId, link: number) => boolean): Genotype {
  const { sources, targets, weights } = genotype.links
  const kept: number[] = []
  for (let link = 0; link < sources.length; link++) if (keep(sources[link]!, targets[link]!, link)) kept.push(link)
  return withLinks(genotype, { sources: gathered(sources, kept), targets: gathered(targets, kept), weights: gathered(weights, kept) })
}

export function withWeights(genotype: Genotype, weights: Float64Array): Genotype {
  const { sources, targets } = genotype.links
  return withLinks(genotype, { sources, targets, weights })
}

/** Adds a hidden neuron at its place, or puts it in the place of the one with its id. */
export function withNeuron(genotype: Genotype, neuron: Neuron): Genotype {
  const found = findNeuron(genotype, neuron.id)
  return withNeurons(genotype, found < 0 ? genotype.neurons.toSpliced(-1 - found, 0, neuron) : genotype.neurons.with(found, neuron))
}

/** Without this neuron and the links that touch it. */
export function withoutNeuron(genotype: Genotype, id: NeuronId): Genotype {
  const without = withNeurons(genotype, genotype.neurons.filter((neuron) => neuron.id !== id))
  return withLinksWhere(without, (source, target) => source !== id && target !== id)
}

export function withNeurons(genotype: Genotype, neurons: readonly Neuron[]): Genotype {
  return { inputs: genotype.inputs, outputs: genotype.outputs, rule: genotype.rule, neurons, links: genotype.links }
}

/** Hidden neurons that nothing enters or nothing leaves; a link to itself makes no path. */
export function deadEndsOf(genotype: Genotype): readonly NeuronId[] {
  const { sources, targets } = genotype.links
  const entered = new Set<NeuronId>()
  const left = new Set<NeuronId>()
  for (let link = 0; link < sources.length; link++) {
    if (sources[link] === targets[link]) continue
    entered.add(targets[link]!)
    left.add(sources[link]!)
  }
  return genotype.neurons.map(({ id }) => id).filter((id) => isHidden(id) && !(entered.has(id) && left.has(id)))
}

function withLinks(genotype: Genotype, links: Links): Genotype {
  return { inputs: genotype.inputs, outputs: genotype.outputs, rule: genotype.rule, neurons: genotype.neurons, links }
}

function gathered(column: Float64Array, places: readonly number[]): Float64Array {
  const result = newColumn(places.length)
  for (let i = 0; i < result.length; i++) result[i] = column[places[i]!]!
  return result
}

function inserted(column: Float64Array, at: number, value: number): Float64Array {
  const result = newColumn(column.length + 1)
  for (let i = 0; i < at; i++) result[i] = column[i]!
  result[at] = value
  for (let i = at; i < column.length; i++) result[i + 1] = column[i]!
  return result
}
