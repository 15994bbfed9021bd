// What the links say about order: which neuron is computed when, and which links close a cycle. Pure structure, no
// weights, so two genotypes with the same links have the same order.

import { isSensor, type Genotype } from '../genotype/genotype.ts'

/** Incoming links by neuron position (0 = first actuator): links starts[i] to starts[i + 1] − 1, sources as slots. */
export interface Incoming {
  readonly starts: Int32Array
  /** Slot of each link's source: sensors 0 to inputs − 1, then inputs + neuron position. */
  readonly sources: Int32Array
}

export function incomingOf(genotype: Genotype): Incoming {
  const { inputs, neurons, links } = genotype
  const count = links.sources.length
  const starts = new Int32Array(neurons.length + 1)
  const sources = new Int32Array(count)
  const positions = new Map(neurons.map((neuron, i) => [neuron.id, inputs + i]))
  let link = 0
  for (let i = 0; i < neurons.length; i++) {
    starts[i] = link
    for (; link < count && links.targets[link] === neurons[i]!.id; link++) {
      const source = links.sources[link]!
      sources[link] = isSensor(source) ? source : positions.get(source)!
    }
  }
  starts[neurons.length] = link
  return { starts, sources }
}

export interface Order {
  /** Neuron positions in the order of computation. */
  readonly order: Int32Array
  /** 1 for each link (canonical order) that reads the previous step's value, else 0. */
  readonly recurrent: Uint8Array
}

/**
 * Feed-forward order: depth-first from each actuator, then from each hidden neuron not yet met, over incoming links in
 * ascending source; a neuron is placed after its sources. A link from a neuron still being visited closes a cycle and is
 * recurrent. Only links on a cycle are ever recurrent, and removing those leaves no cycle.
 */
export function orderOf(genotype: Genotype, incoming: Incoming = incomingOf(genotype)): Order {
  return orderOfLinks(genotype.inputs, incoming)
}

/** The same for links that are in no genotype: `starts` has one more entry than there are neurons. */
export function orderOfLinks(inputs: number, { starts, sources }: Incoming): Order {
  const count = starts.length - 1
  const order = new Int32Array(count)
  const recurrent = new Uint8Array(sources.length)
  // 0 not met, 1 being visited, 2 placed. `cursor` is the next incoming link to follow; the stack holds each neuron once.
  const met = new Uint8Array(count)
  const cursor = starts.slice(0, count)
  const stack = new Int32Array(count)
  let placed = 0
  for (let root = 0; root < count; root++) {
    if (met[root] !== 0) continue
    let depth = 0
    stack[depth++] = root
    met[root] = 1
    while (depth > 0) {
      const neuron = stack[depth - 1]!
      const link = cursor[neuron]!
      if (link === starts[neuron + 1]) {
        met[neuron] = 2
        order[placed++] = neuron
        depth--
        continue
      }
      cursor[neuron] = link + 1
      const source = sources[link]! - inputs
      if (source < 0 || met[source] === 2) continue
      if (met[source] === 1) {
        recurrent[link] = 1
      } else {
        met[source] = 1
        stack[depth++] = source
      }
    }
  }
  return { order, recurrent }
}

/** Longest path from a sensor (or a neuron without links) to each neuron, in links, recurrent links left out. */
export function depthsOf(genotype: Genotype): Int32Array {
  const incoming = incomingOf(genotype)
  const { order, recurrent } = orderOf(genotype, incoming)
  const depths = new Int32Array(genotype.neurons.length)
  for (const neuron of order) {
    for (let link = incoming.starts[neuron]!; link < incoming.starts[neuron + 1]!; link++) {
      if (recurrent[link] === 1) continue
      const source = incoming.sources[link]! - genotype.inputs
      depths[neuron] = Math.max(depths[neuron]!, 1 + (source < 0 ? 0 : depths[source]!))
    }
  }
  return depths
}

export function hasCycle(genotype: Genotype): boolean {
  return orderOf(genotype).recurrent.includes(1)
}

/** Whether a new link from slot `source` to neuron `target` (both positions, sensors not counted) would close a cycle. */
export function wouldCycle(genotype: Genotype, incoming: Incoming, source: number, target: number): boolean {
  const { starts, sources } = incoming
  const seen = new Uint8Array(genotype.neurons.length)
  const stack = [source]
  seen[source] = 1
  while (stack.length > 0) {
    const neuron = stack.pop()!
    if (neuron === target) return true
    for (let link = starts[neuron]!; link < starts[neuron + 1]!; link++) {
      const before = sources[link]! - genotype.inputs
      if (before >= 0 && seen[before] === 0) {
        seen[before] = 1
        stack.push(before)
      }
    }
  }
  return false
}
