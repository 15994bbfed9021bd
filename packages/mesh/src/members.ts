// The exchange's Members: peers with a direct connection over which they have said that they speak the realm's protocol. Circuits do not
// count, since neither gossip nor requests run over them, nor does what was said there: libp2p calls a WebRTC link open before anything
// has come through it, and where a router is in between nothing ever does.

import type { Connection, IdentifyResult, Libp2p } from '@libp2p/interface'
import type { Members, Neighbour, PeerId } from '@megabrain/exchange'
import { INTRODUCTION_PROTOCOL } from './names.ts'
import { directOf, transportOf } from './transport-of.ts'

/** @param ended stops watching; closing the node does too */
export function openMembers(node: Libp2p, protocol: string, ended?: AbortSignal): Members {
  const until = ended === undefined ? {} : { signal: ended }
  const listeners = new Set<(neighbours: readonly Neighbour[]) => void>()
  /** Of connections whose peer speaks the realm. */
  const kinds = new WeakMap<Connection, Neighbour['kind']>()
  let current: readonly Neighbour[] = []

  function refresh(): void {
    const best = new Map<PeerId, Neighbour>()
    for (const connection of directOf(node.getConnections())) {
      const peer = connection.remotePeer.toString()
      const kind = kinds.get(connection)
      if (kind !== undefined && !best.has(peer)) best.set(peer, { peer, kind, transport: transportOf(connection) })
    }
    const next = [...best.values()].sort((left, right) => (left.peer < right.peer ? -1 : 1))
    if (sameList(current, next)) return
    current = next
    for (const listener of listeners) listener(current)
  }

  node.addEventListener('peer:identify', ({ detail }: CustomEvent<IdentifyResult>) => {
    const { connection, protocols } = detail
    if (protocols.includes(protocol)) kinds.set(connection, protocols.includes(INTRODUCTION_PROTOCOL) ? 'relay' : 'island')
    else kinds.delete(connection)
    refresh()
  }, until)
  node.addEventListener('connection:open', (_: CustomEvent<Connection>) => refresh(), until)
  node.addEventListener('connection:close', () => refresh(), until)

  return {
    current: () => current,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

function sameList(left: readonly Neighbour[], right: readonly Neighbour[]): boolean {
  const same = (one: Neighbour, other: Neighbour | undefined): boolean =>
    one.peer === other?.peer && one.kind === other.kind && one.transport === other.transport
  return left.length === right.length && left.every((one, at) => same(one, right[at]))
}
