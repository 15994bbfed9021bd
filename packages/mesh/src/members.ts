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
  const best = new Map<PeerId, Neighbour>()
  let current: readonly Neighbour[] = []

  /** Of one peer: a relay has thousands of connections, and each that comes or goes is an event. */
  function refresh({ remotePeer }: Connection): void {
    const peer = remotePeer.toString()
    const speaking = directOf(node.getConnections(remotePeer)).find((connection) => kinds.has(connection))
    const next = speaking === undefined ? undefined : { peer, kind: kinds.get(speaking)!, transport: transportOf(speaking) }
    const before = best.get(peer)
    if (before?.kind === next?.kind && before?.transport === next?.transport) return
    if (next === undefined) best.delete(peer)
    else best.set(peer, next)
    current = [...best.values()].sort((left, right) => (left.peer < right.peer ? -1 : 1))
    for (const listener of listeners) listener(current)
  }

  node.addEventListener('peer:identify', ({ detail: { connection, protocols } }: CustomEvent<IdentifyResult>) => {
    if (protocols.includes(protocol)) kinds.set(connection, protocols.includes(INTRODUCTION_PROTOCOL) ? 'relay' : 'island')
    else kinds.delete(connection)
    refresh(connection)
  }, until)
  node.addEventListener('connection:open', ({ detail }: CustomEvent<Connection>) => refresh(detail), until)
  node.addEventListener('connection:close', ({ detail }: CustomEvent<Connection>) => refresh(detail), until)

  return {
    current: () => current,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
