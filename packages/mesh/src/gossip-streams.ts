// Opens gossip's streams to peers side by side. gossipsub opens them one after the other, so a peer that does not answer keeps all
// others waiting for ten seconds, and a relay that many join at once leaves most of them without broadcasts for a minute.

import type { Connection, PeerId as LibP2PPeerId } from '@libp2p/interface'
import type { Gossip } from './gossip.ts'

interface Opening {
  readonly peerId: LibP2PPeerId
  readonly connection: Connection
}

/** Private in gossipsub's types; nothing public changes the order. The queue is new at every start, and its end ends the stream opener. */
interface GossipInside {
  outboundInflightQueue: { push(opening: Opening): unknown; end(): unknown }
  /** Does nothing where there is a stream already; never rejects. */
  createOutboundStream(peerId: LibP2PPeerId, connection: Connection): Promise<void>
  start(): Promise<void>
}

/** From its next start on, one stream of each peer is being opened at a time, and those of different peers at once. */
export function openStreamsSideBySide(gossip: Gossip): void {
  const inside = gossip as unknown as GossipInside
  const start = inside.start.bind(gossip)
  /** Peer → the connection to try when the attempt under way has failed. */
  const opening = new Map<string, Connection | undefined>()

  async function open({ peerId, connection }: Opening): Promise<void> {
    const peer = peerId.toString()
    if (opening.has(peer)) return void opening.set(peer, connection)
    for (let next: Connection | undefined = connection; next !== undefined; next = opening.get(peer)) {
      opening.set(peer, undefined)
      await inside.createOutboundStream(peerId, next)
    }
    opening.delete(peer)
  }

  inside.start = async () => {
    await start()
    const queue = inside.outboundInflightQueue
    inside.outboundInflightQueue = { push: (one) => void open(one), end: () => queue.end() }
  }
}
