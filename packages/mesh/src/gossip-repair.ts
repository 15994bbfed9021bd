// Keeps gossip on living connections. gossipsub opens its stream on one connection of a peer and learns nothing when only
// that one ends (a duplicate was closed, the relay died): the peer stays connected and silent (universal-connectivity#74).

import type { Connection, Libp2p, PeerId as LibP2PPeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Members, PeerId } from '@megabrain/exchange'
import type { Gossip } from './gossip.ts'
import { directOf } from './transport-of.ts'

/** What gossipsub does when the registrar reports a peer. Private in its types; nothing public re-opens a stream. */
interface GossipInside {
  readonly streamsOutbound: ReadonlyMap<PeerId, unknown>
  onPeerConnected(peer: LibP2PPeerId, connection: Connection): void
}

const PING_PROTOCOL = '/ipfs/ping/1.0.0'
const PROBE_MS = 5_000

/**
 * @returns a function to call about once a second: a member without a gossip stream twice in a row gets a new one, or loses
 * its connection if nothing can be opened on it. (Chromium takes 15 s or more to see that a WebRTC peer has closed.)
 */
export function createGossipRepair(node: Libp2p, gossip: Gossip, members: Members): () => void {
  const inside = gossip as unknown as GossipInside
  const probing = new Set<PeerId>()
  let silent = new Set<PeerId>()

  async function repair(peer: PeerId): Promise<void> {
    const id = peerIdFromString(peer)
    const connection = directOf(node.getConnections(id)).at(-1)
    if (connection === undefined) return
    probing.add(peer)
    try {
      const stream = await connection.newStream(PING_PROTOCOL, { signal: AbortSignal.timeout(PROBE_MS) })
      stream.abort(new Error('The connection lives'))
      inside.onPeerConnected(id, connection)
    } catch (error) {
      connection.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      probing.delete(peer)
    }
  }

  return () => {
    const now = members.current().map((member) => member.peer).filter((peer) => !inside.streamsOutbound.has(peer))
    for (const peer of now) if (silent.has(peer) && !probing.has(peer)) void repair(peer)
    silent = new Set(now)
  }
}
