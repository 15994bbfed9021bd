// Which peer computes which part. Within a level neighbours in the manifest read much the same, so each peer gets a stretch of
// it, of the same place in every level: most of what a part reads is then computed by its own peer.

import type { PeerId } from '../../ports.ts'
import type { ManifestPart } from './manifest.ts'

/** Peer of each part. Pure: the same parts and peers give the same placement. @param peers at least one, each once */
export function placeParts(parts: readonly ManifestPart[], peers: readonly PeerId[]): readonly PeerId[] {
  const totals = new Map<number, number>()
  for (const { level, links, neurons } of parts) totals.set(level, (totals.get(level) ?? 0) + links + neurons)
  const before = new Map<number, number>()
  return parts.map(({ level, links, neurons }) => {
    const from = before.get(level) ?? 0
    before.set(level, from + links + neurons)
    const middle = (from + (links + neurons) / 2) / totals.get(level)!
    return peers[Math.min(peers.length - 1, Math.floor(middle * peers.length))]!
  })
}

/** The same with the parts of those that left given to whoever has least to do; nobody else's part moves. @param peers at least one */
export function replaceParts(parts: readonly ManifestPart[], placement: readonly PeerId[], peers: readonly PeerId[]): readonly PeerId[] {
  const loads = new Map(peers.map((peer) => [peer, 0]))
  parts.forEach(({ links }, i) => {
    const load = loads.get(placement[i]!)
    if (load !== undefined) loads.set(placement[i]!, load + links)
  })
  return placement.map((peer, i) => {
    if (loads.has(peer)) return peer
    const [idlest] = [...loads].reduce((best, one) => (one[1] < best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best))
    loads.set(idlest, loads.get(idlest)! + parts[i]!.links)
    return idlest
  })
}
