// How champions spread: for every published claim, which honest islands could have heard of it and when each decided about
// it. Bits and one histogram, so that millions of pairs cost little.

import { compareEntries } from '../archive/order.ts'
import { nicheOf } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import type { MemoryNetwork } from '../memory/memory-network.ts'
import type { SimulatedIsland } from './simulated-island.ts'

/** Latencies in ms, by island that decided; `ratio` also counts an island that holds something at least as good at the end. */
export interface Delivery {
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly ratio: number | null
}

export interface Spread {
  published(island: SimulatedIsland, entry: Entry): void
  /** `island` has admitted or refused what is claimed of this genotype. */
  decided(island: SimulatedIsland, cid: string): void
  /** After links or islands have changed: who can reach whom is asked anew. */
  changed(): void
  /** @param until claims published later are too young to count */
  delivery(until: number): Delivery
}

interface Announcement {
  readonly at: number
  readonly entry: Entry
  readonly from: number
  /** By island: whether it could be reached when this was published. */
  readonly audience: Uint8Array
  /** One bit by island. */
  readonly decided: Uint8Array
}

/** Histogram of whole milliseconds; later ones share the last place. */
const MAX_MS = 120_000

export function createSpread(network: MemoryNetwork, islands: readonly SimulatedIsland[]): Spread {
  const announcements: Announcement[] = []
  const byCid = new Map<string, Announcement>()
  const histogram = new Uint32Array(MAX_MS + 1)
  let components: Map<number, Uint8Array> | undefined
  const byName = new Map<string, number>()

  /** Honest islands that can be reached from `from`; islands of one component share the answer. */
  function audienceOf(from: SimulatedIsland): Uint8Array {
    if (byName.size !== islands.length) for (const { name, index } of islands) byName.set(name, index)
    components ??= new Map()
    const known = components.get(from.index)
    if (known !== undefined) return known
    const audience = new Uint8Array(islands.length)
    const reached = new Set([from.name])
    for (const name of reached) for (const { peer } of network.neighboursOf(name)) reached.add(peer)
    for (const name of reached) {
      const island = islands[byName.get(name) ?? -1]
      if (island === undefined || island.lies !== undefined) continue
      audience[island.index] = 1
      components.set(island.index, audience)
    }
    return audience
  }

  return {
    published(island, entry) {
      const decided = new Uint8Array((islands.length + 7) >> 3)
      const announcement = { at: network.now(), entry, from: island.index, audience: audienceOf(island), decided }
      announcements.push(announcement)
      byCid.set(entry.claim.genotype, announcement)
    },
    decided({ index }, cid) {
      const announcement = byCid.get(cid)
      if (announcement === undefined) return
      const { at, audience, decided, from } = announcement
      const bit = 1 << (index & 7)
      if (index === from || audience[index] === 0 || (decided[index >> 3]! & bit) !== 0) return
      decided[index >> 3]! |= bit
      histogram[Math.min(MAX_MS, Math.ceil(network.now() - at))]!++
    },
    changed() {
      components = undefined
    },
    delivery(until) {
      let pairs = 0
      let arrived = 0
      for (const { at, entry, audience, decided, from } of announcements) {
        if (at > until) continue
        const niche = nicheOf(entry)
        for (const { index, state } of islands) {
          if (audience[index] === 0 || index === from) continue
          pairs++
          const holder = state.niches.get(niche)
          const isDecided = (decided[index >> 3]! & (1 << (index & 7))) !== 0
          if (isDecided || (holder !== undefined && compareEntries(holder, entry) <= 0)) arrived++
        }
      }
      return { p50Ms: quantile(histogram, 0.5), p99Ms: quantile(histogram, 0.99), ratio: pairs === 0 ? null : arrived / pairs }
    },
  }
}

function quantile(histogram: Uint32Array, share: number): number | null {
  let total = 0
  for (const count of histogram) total += count
  if (total === 0) return null
  let rest = Math.floor((total - 1) * share)
  for (const [ms, count] of histogram.entries()) {
    if (rest < count) return ms
    rest -= count
  }
  return histogram.length - 1
}
