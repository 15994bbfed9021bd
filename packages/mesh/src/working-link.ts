// Which of the direct connections with a peer to talk over. A WebRTC link may hang on its other side and look open here: one over
// which an identify message has come is known to work in both directions. Of several the newest, since older ones are closed.

import type { Connection, IdentifyResult, Libp2p } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { PeerId } from '@megabrain/exchange'
import { directOf } from './transport-of.ts'

/** Must be called before connections are made. @returns undefined for who is not connected directly, and for what is no peer id */
export function watchLinks(node: Libp2p): (peer: PeerId) => Connection | undefined {
  const identified = new WeakSet<Connection>()
  node.addEventListener('peer:identify', ({ detail }: CustomEvent<IdentifyResult>) => void identified.add(detail.connection))
  return (peer) => {
    try {
      const direct = directOf(node.getConnections(peerIdFromString(peer)))
      return direct.findLast((connection) => identified.has(connection)) ?? direct.at(-1)
    } catch {
      return undefined
    }
  }
}
