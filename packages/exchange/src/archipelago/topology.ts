// Who is linked to whom: a ring, so that the mesh is one, and random chords. Kept here, not in the network, because an
// island that was away comes back to the links it had.

import type { Random } from '@megabrain/evolve'
import type { MemoryNetwork } from '../memory/memory-network.ts'

export interface Topology {
  /** Every pair once. */
  readonly links: readonly (readonly [string, string])[]
  /** Connects what should be connected of one island, or of all. */
  connect(only?: string): void
  /** Cuts all links between islands with an even and an odd index. */
  cut(): void
  heal(): void
  isCut(): boolean
}

/** @param degree chords that each island starts; the mean number of links is 2 + 2 × degree */
export function createTopology(network: MemoryNetwork, names: readonly string[], degree: number, random: Random): Topology {
  const pairs = new Map<string, readonly [number, number]>()
  const add = (a: number, b: number): void => {
    if (a !== b) pairs.set(a < b ? `${a}-${b}` : `${b}-${a}`, [a, b])
  }
  names.forEach((_, i) => add(i, (i + 1) % names.length))
  for (let a = 0; a < names.length; a++) for (let i = 0; i < degree; i++) add(a, random.integer(names.length))
  const links = Array.from(pairs.values(), ([a, b]) => ({ pair: [names[a]!, names[b]!] as const, crosses: (a - b) % 2 !== 0 }))
  const byName = new Map<string, typeof links>()
  for (const link of links) for (const name of link.pair) byName.set(name, [...(byName.get(name) ?? []), link])
  /** Of islands; others stand on both sides. */
  const sideOf = new Map(names.map((name, i) => [name, i % 2]))
  let cut = false

  return {
    links: links.map(({ pair }) => pair),
    connect(only) {
      for (const { pair: [a, b], crosses } of only === undefined ? links : byName.get(only) ?? []) {
        if (!(cut && crosses)) network.connect(a, b)
      }
    },
    cut() {
      cut = true
      for (const { pair: [a, b], crosses } of links) if (crosses) network.disconnect(a, b)
      network.divide((a, b) => sideOf.get(a) === undefined || sideOf.get(b) === undefined || sideOf.get(a) === sideOf.get(b))
    },
    heal() {
      cut = false
      network.divide(undefined)
      for (const { pair: [a, b], crosses } of links) if (crosses) network.connect(a, b)
    },
    isCut: () => cut,
  }
}
