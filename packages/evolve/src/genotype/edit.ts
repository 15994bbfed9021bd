// Small changes to a genotype that keep its columns sorted. Each returns a new genotype and shares what it left alone.

import { isHidden, type Genotype, type Neuron, type NeuronId } from './genotype.ts'

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

/** @throws RangeError when the link is already there */
export function withLink(genotype: Genotype, source: NeuronId, target: NeuronId, weight: number): Genotype {
  const found = findLink(genotype, source, target)
  if (found >= 0) throw new RangeError(`There is already a link from ${source} to ${target}`)
  const at = -1 - found
  const { sources, targets, weights } = genotype.links
  const links = { sources: inserted(sources, at, source), targets: inserted(targets, at, target), weights: inserted(weights, at, weight) }
  return { ...genotype, links }
}

/** Only the links for which `keep` is true. */
export function withLinksWhere(genotype: Genotype, keep: (source: NeuronId, target: NeuronId, link: number) => boolean): Genotype {
  const { sources, targets, weights } = genotype.links
  const kept = (_: number, link: number): boolean => keep(sources[link]!, targets[link]!, link)
  return { ...genotype, links: { sources: sources.filter(kept), targets: targets.filter(kept), weights: weights.filter(kept) } }
}

export function withWeights(genotype: Genotype, weights: Float64Array): Genotype {
  return { ...genotype, links: { ...genotype.links, weights } }
}

/** Adds a hidden neuron at its place. */
export function withNeuron(genotype: Genotype, neuron: Neuron): Genotype {
  const after = genotype.neurons.findIndex((other) => other.id > neuron.id)
  const at = after < 0 ? genotype.neurons.length : after
  return { ...genotype, neurons: genotype.neurons.toSpliced(at, 0, neuron) }
}

/** Removes hidden neurons that nothing enters or nothing leaves, again and again until every one is part of a path. */
export function withoutDeadEnds(genotype: Genotype): Genotype {
  let current = genotype
  for (;;) {
    const { sources, targets } = current.links
    const entered = new Set<NeuronId>()
    const left = new Set<NeuronId>()
    for (let link = 0; link < sources.length; link++) {
      // A link to itself makes no path.
      if (sources[link] === targets[link]) continue
      entered.add(targets[link]!)
      left.add(sources[link]!)
    }
    const dead = new Set<NeuronId>()
    for (const { id } of current.neurons) if (isHidden(id) && !(entered.has(id) && left.has(id))) dead.add(id)
    if (dead.size === 0) return current
    current = withLinksWhere(
      { ...current, neurons: current.neurons.filter((neuron) => !dead.has(neuron.id)) },
      (source, target) => !dead.has(source) && !dead.has(target),
    )
  }
}

function inserted(column: Float64Array, at: number, value: number): Float64Array {
  const result = new Float64Array(column.length + 1)
  result.set(column.subarray(0, at))
  result[at] = value
  result.set(column.subarray(at), at + 1)
  return result
}
