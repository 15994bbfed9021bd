// Circuit reservations: whether we hold one at a relay, and asking for one. Reaches into libp2p's circuit transport, since
// its public way (listen addresses) reserves once and gives no second try on a living connection.

import { KEEP_ALIVE, type Connection, type PeerId as LibP2PPeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { MemberNode } from './member-node.ts'

interface CircuitInside {
  readonly reservationStore: EventTarget & {
    hasReservation(peer: LibP2PPeerId): boolean
    addRelay(peer: LibP2PPeerId, type: 'discovered'): Promise<unknown>
  }
}

function storeOf(node: MemberNode): CircuitInside['reservationStore'] | undefined {
  const transports = node.services.inside.transportManager.getTransports() as readonly Partial<CircuitInside>[]
  return transports.find((transport) => transport.reservationStore !== undefined)?.reservationStore
}

export function holdsReservation(node: MemberNode, relay: Connection): boolean {
  return storeOf(node)?.hasReservation(relay.remotePeer) ?? false
}

/** @returns whether the relay granted it. libp2p refreshes it from then on. */
export async function reserve(node: MemberNode, relay: Connection): Promise<boolean> {
  try {
    await storeOf(node)?.addRelay(relay.remotePeer, 'discovered')
  } catch {
    // Full, refused or gone: the caller tries again later.
  }
  return holdsReservation(node, relay)
}

/** libp2p re-dials a peer with such a tag at once and without jitter: a thousand tabs at the same moment. */
const LIBP2P_REDIALS = `${KEEP_ALIVE}-circuit-relay`
const OUR_RELAY = 'megabrain-relay'

/** Leaves re-dialling to the relay keeper alone, and still keeps the connection from being pruned. */
export function redialOurselves(node: MemberNode): void {
  storeOf(node)?.addEventListener('relay:created-reservation', (event) => {
    const { relay } = (event as CustomEvent<{ readonly relay: LibP2PPeerId }>).detail
    node.peerStore.merge(relay, { tags: { [LIBP2P_REDIALS]: undefined, [OUR_RELAY]: { value: 100 } } }).catch(() => {})
  })
}

/** One `/p2p-circuit` listener holds one reservation: another relay needs another. */
export function expectAnotherReservation(node: MemberNode): void {
  node.services.inside.transportManager.listen([multiaddr('/p2p-circuit')]).catch(() => {})
}
