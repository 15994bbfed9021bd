// Relays that a member knows and does not use: told by other relays, or met on an earlier visit. One is taken when there are too few
// connections; one that did not answer comes back and rests, longer each time, and is forgotten in the end.

import type { PeerId } from '@megabrain/exchange'
import { MAX_RELAY_ADDRESSES, MAX_SPARE_RELAYS } from './limits.ts'

export interface SpareRelay {
  readonly peer: PeerId
  /** Each ends in `/p2p/` and the peer. */
  readonly addresses: readonly string[]
}

export interface SpareRelays {
  /** Other addresses replace those that it had, and make one that failed new. @param notBefore when it may be taken first, ms */
  add(relay: SpareRelay, notBefore: number): void
  /** One that may be taken now, by lot, so that members spread over the relays. It stays until it failed too often. */
  choose(now: number, mayTake: (peer: PeerId) => boolean): SpareRelay | undefined
  failed(peer: PeerId, now: number): void
}

interface Spare extends SpareRelay {
  readonly notBefore: number
  readonly failures: number
}

const MAX_FAILURES = 5
const REST_MS = 30_000

/** @param random uniform in [0, 1) */
export function createSpareRelays(random: () => number): SpareRelays {
  const spares = new Map<PeerId, Spare>()

  /** Room for another only where one has failed: nobody can push out those that were heard of before. */
  function hasRoom(): boolean {
    if (spares.size < MAX_SPARE_RELAYS) return true
    const worst = [...spares.values()].reduce((left, right) => (right.failures > left.failures ? right : left))
    return worst.failures > 0 && spares.delete(worst.peer)
  }

  return {
    add({ peer, addresses }, notBefore) {
      const known = spares.get(peer)
      if (known === undefined ? !hasRoom() : known.addresses.join() === addresses.join()) return
      spares.set(peer, { peer, addresses: addresses.slice(0, MAX_RELAY_ADDRESSES), notBefore, failures: 0 })
    },
    choose(now, mayTake) {
      const ready = [...spares.values()].filter((spare) => spare.notBefore <= now && mayTake(spare.peer))
      return ready[Math.floor(random() * ready.length)]
    },
    failed(peer, now) {
      const spare = spares.get(peer)
      if (spare === undefined) return
      const failures = spare.failures + 1
      if (failures >= MAX_FAILURES) spares.delete(peer)
      else spares.set(peer, { ...spare, failures, notBefore: now + REST_MS * 2 ** failures * (0.5 + random()) })
    },
  }
}
