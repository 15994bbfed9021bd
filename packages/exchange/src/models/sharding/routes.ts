// What has to travel under a placement: which values each peer lacks at each level, and which of its own others read.

import type { PeerId } from '../../ports.ts'
import { setBit } from './message.ts'
import type { Sharded } from './partition.ts'
import { isPrevious, slotOfKey } from './wiring.ts'

export interface Routes {
  /** Keys that a peer must be sent before a level, ascending: neither its own of this pass nor sent with a level before. */
  feeds(peer: PeerId, level: number): readonly number[]
  /** By part: bit per owned neuron that another peer, the next pass or the asker reads. */
  readonly exports: readonly Uint8Array[]
  /** Parts of a peer, ascending. */
  partsOf(peer: PeerId): readonly number[]
  /** Peers with a part of this level, in order of their first part. */
  peersAt(level: number): readonly PeerId[]
}

export function routesOf({ manifest, parts }: Sharded, placement: readonly PeerId[]): Routes {
  const { inputs, outputs } = manifest
  const owners = new Map<number, PeerId>()
  parts.forEach(({ wiring }, i) => {
    for (const slot of wiring.owned) owners.set(slot, placement[i]!)
  })
  const wanted = new Set<number>()
  const known = new Map<PeerId, Set<number>>()
  const feeds = new Map<string, number[]>()
  const mine = new Map<PeerId, number[]>()
  const levels: Set<PeerId>[] = []
  parts.forEach(({ level, wiring }, i) => {
    const peer = placement[i]!
    const has = known.get(peer) ?? new Set()
    known.set(peer, has)
    mine.set(peer, [...(mine.get(peer) ?? []), i])
    ;(levels[level] ??= new Set()).add(peer)
    const feed = feeds.get(`${level} ${peer}`) ?? []
    feeds.set(`${level} ${peer}`, feed)
    for (const key of wiring.imports) {
      const slot = slotOfKey(key)
      const isOwn = !isPrevious(key) && owners.get(slot) === peer
      if (isOwn) continue
      if (slot >= inputs) wanted.add(slot)
      if (has.has(key)) continue
      has.add(key)
      feed.push(key)
    }
  })
  for (const feed of feeds.values()) feed.sort((a, b) => a - b)
  for (let slot = inputs; slot < inputs + outputs; slot++) wanted.add(slot)
  return {
    feeds: (peer, level) => feeds.get(`${level} ${peer}`) ?? [],
    exports: parts.map(({ wiring: { owned } }) => {
      const bits = new Uint8Array((owned.length + 7) >> 3)
      owned.forEach((slot, i) => {
        if (wanted.has(slot)) setBit(bits, i)
      })
      return bits
    }),
    partsOf: (peer) => mine.get(peer) ?? [],
    peersAt: (level) => [...(levels[level] ?? [])],
  }
}

/** Slots whose values the next pass reads. */
export function recurrentSlots({ parts }: Sharded): ReadonlySet<number> {
  const slots = new Set<number>()
  for (const { wiring } of parts) for (const key of wiring.imports) if (isPrevious(key)) slots.add(slotOfKey(key))
  return slots
}

