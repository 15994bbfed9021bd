// Peers that routers keep from us: those whom every attempt failed to link are left alone for a while, longer each time, or two
// tabs that can never be linked would try for as long as a relay introduces them.

import type { PeerId } from '@megabrain/exchange'

export interface OutOfReach {
  /** Every attempt at linking it has failed. */
  failed(peer: PeerId, now: number): void
  linked(peer: PeerId): void
  /** The network is another one: nothing is known of anybody. */
  clear(): void
  isLeftAlone(peer: PeerId, now: number): boolean
}

/** The first pause and the longest, ms; each is twice the one before. */
const FIRST_MS = 30_000
const LONGEST_MS = 1_800_000
/** The one that failed longest ago is forgotten, and may be tried again. */
const MAX_PEERS = 1_024

export function createOutOfReach(): OutOfReach {
  const pauses = new Map<PeerId, { readonly ms: number; readonly until: number }>()
  return {
    failed(peer, now) {
      const ms = Math.min(LONGEST_MS, (pauses.get(peer)?.ms ?? FIRST_MS / 2) * 2)
      pauses.delete(peer)
      pauses.set(peer, { ms, until: now + ms })
      if (pauses.size > MAX_PEERS) pauses.delete(pauses.keys().next().value ?? '')
    },
    clear: () => pauses.clear(),
    linked: (peer) => void pauses.delete(peer),
    isLeftAlone: (peer, now) => (pauses.get(peer)?.until ?? 0) > now,
  }
}
