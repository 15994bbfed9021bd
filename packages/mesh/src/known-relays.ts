// All relays of a member: those that its app named are kept for as long as the mesh is open; those that other relays told of, or that
// earlier visits met, are used while fewer than three are connected, so that no single relay can take a member's mesh with it.

import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { PeerId } from '@megabrain/exchange'
import { classOfAddress, mayDial } from './address-classes.ts'
import { MAX_KEPT_RELAYS } from './limits.ts'
import type { MemberNode } from './member-node.ts'
import type { RelayView } from './mesh.ts'
import { keepRelay, peerIn, type RelayKeeper, type RelayKeeperOptions } from './relay-keeper.ts'
import { readRelayRecord } from './relay-record.ts'
import { expectAnotherReservation } from './reservation.ts'
import { createSpareRelays } from './spare-relays.ts'

export interface KnownRelays {
  /** Named by the app: kept whether or not it answers. */
  name(address: string): void
  /** Known from earlier; those without `/p2p/…` are ignored. */
  spare(addresses: readonly string[]): void
  views(): readonly RelayView[]
  /** Whether the app named it. A peer that only a stranger named is trusted with nothing. */
  isNamed(peer: PeerId): boolean
  /** About once a second: looks at what relays told, takes a spare where one is missed, gives back those that do not answer. */
  tick(): void
  /** The machine slept or its network changed. */
  wake(): void
  /** Stops keeping connections; those that are open stay. */
  forget(): void
}

type Shared = Omit<RelayKeeperOptions, 'addresses' | 'onRelays'>

/** Dials of a relay that nobody named before it goes back into reserve. */
const MAX_FAILURES = 3
/** All members of a relay hear of another in the same second: their dials are spread over this time, ms. */
const SPREAD_MS = 4_000

/** @param shared what all keepers have in common */
export function createKnownRelays(node: MemberNode, shared: Shared): KnownRelays {
  const named = new Map<string, RelayKeeper>()
  /** Taken from the spares. */
  const taken = new Map<PeerId, RelayKeeper>()
  const addresses = new Set<string>()
  const spares = createSpareRelays(Math.random)
  /** The last list of each relay that told one since the last tick: a relay can make us check eight signatures a second, not more. */
  const lists = new Map<Connection, readonly Uint8Array[]>()
  /** `/p2p-circuit` listeners of the node: one is in its own settings. */
  let listeners = 1
  let isForgotten = false

  function keep(list: readonly string[]): RelayKeeper {
    if (shared.reserves && named.size + taken.size >= listeners) {
      listeners++
      expectAnotherReservation(node)
    }
    return keepRelay({ ...shared, addresses: list, onRelays: (relay, records) => void lists.set(relay, records) })
  }

  function keeperOf(peer: PeerId): RelayKeeper | undefined {
    return named.get(peer) ?? taken.get(peer) ?? [...named.values()].find((keeper) => keeper.view().peer === peer)
  }

  /** What a relay says of others counts when those have signed it, and only for places where it may send us. */
  async function heard(relay: Connection, records: readonly Uint8Array[]): Promise<void> {
    const now = Date.now()
    const teller = classOfAddress(relay.remoteAddr.toString())
    for (const bytes of records) {
      const record = await readRelayRecord(bytes, now)
      if (record === undefined || !record.realms.includes(shared.realm) || isForgotten) continue
      const reachable = record.addresses.filter((address) => mayDial(classOfAddress(address), teller))
      if (reachable.length === 0) continue
      keeperOf(record.peer)?.renewAddresses(reachable)
      spares.add({ peer: record.peer, addresses: reachable }, now + (connected() === 0 ? 0 : Math.random() * SPREAD_MS))
    }
  }

  function connected(): number {
    return [...named.values(), ...taken.values()].filter((keeper) => keeper.view().state === 'connected').length
  }

  return {
    name(address) {
      if (isForgotten || addresses.has(address)) return
      addresses.add(address)
      const key = peerIn(address) ?? address
      const keeper = named.get(key)
      if (keeper !== undefined) return keeper.addAddress(address)
      named.set(key, keep([address]))
      shared.onChange()
    },
    spare(known) {
      for (const peer of new Set(known.map(peerIn))) {
        if (peer !== undefined) spares.add({ peer, addresses: known.filter((address) => peerIn(address) === peer) }, 0)
      }
    },
    views: () => [...named.values(), ...taken.values()].map((keeper) => keeper.view()),
    isNamed: (peer) => named.has(peer) || [...named.values()].some((keeper) => keeper.view().peer === peer),
    tick() {
      if (isForgotten) return
      for (const [relay, records] of lists) void heard(relay, records)
      lists.clear()
      for (const [peer, keeper] of taken) {
        const { state, reason } = keeper.view()
        const refuses = state === 'connected' && reason !== undefined
        if (!refuses && keeper.failures() < MAX_FAILURES) continue
        keeper.stop()
        taken.delete(peer)
        spares.failed(peer, Date.now())
        if (refuses) node.hangUp(peerIdFromString(peer)).catch(() => {})
        shared.onChange()
      }
      const trying = [...taken.values()].filter((keeper) => keeper.view().state !== 'connected').length
      if (connected() + trying >= MAX_KEPT_RELAYS) return
      const spare = spares.choose(Date.now(), (peer) => keeperOf(peer) === undefined && peer !== node.peerId.toString())
      if (spare === undefined) return
      taken.set(spare.peer, keep(spare.addresses))
      shared.onChange()
    },
    wake() {
      for (const keeper of [...named.values(), ...taken.values()]) keeper.wake()
    },
    forget() {
      isForgotten = true
      for (const keeper of [...named.values(), ...taken.values()]) keeper.stop()
    },
  }
}
