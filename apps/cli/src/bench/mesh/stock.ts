// js-libp2p as it comes, for the same harness: a client, and the relay that all of them dial. Only gossipsub's settings differ
// between the rows, and those are named in the table.

import { gossipsub } from '@libp2p/gossipsub'
import type { GossipSub, GossipsubOpts } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import type { Client, Hearing } from './client.ts'
import type { ClientKind, Place } from './orders.ts'

export type StockNode = Libp2p<{ readonly gossip: GossipSub; readonly identify: unknown }>

export interface StockSettings {
  /** Whether many peers behind one address are punished, as they are by default. */
  readonly colocation: boolean
  /** The relay's mesh degree. @default gossipsub's own, 6 */
  readonly degree?: number
}

const MOST = 20_000

export function createStockNode({ colocation, degree }: StockSettings, listens: boolean): Promise<StockNode> {
  const settings: Partial<GossipsubOpts> = {
    allowPublishToZeroTopicPeers: true,
    ...(colocation ? {} : { scoreParams: { IPColocationFactorWeight: 0 } }),
    ...(degree === undefined ? {} : { D: degree, Dlo: Math.ceil(degree / 2), Dhi: degree * 2, floodPublish: false }),
  }
  return createLibp2p({
    addresses: { listen: listens ? ['/ip4/127.0.0.1/tcp/0/ws'] : [] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { maxConnections: MOST, inboundConnectionThreshold: MOST, maxIncomingPendingConnections: MOST },
    services: { identify: identify(), gossip: gossipsub(settings) },
  }) as unknown as Promise<StockNode>
}

export async function openStockClient({ colocation }: ClientKind & { kind: 'stock' }, { relay, realmId }: Place, hearing: Hearing): Promise<Client> {
  const node = await createStockNode({ colocation }, false)
  const { gossip } = node.services
  gossip.subscribe(realmId)
  gossip.addEventListener('gossipsub:message', ({ detail: { msg } }) => hearing.heard(msg.data))
  await node.dial(multiaddr(relay))
  return {
    publish(announcement) {
      gossip.publish(realmId, announcement).catch(() => undefined)
    },
    pester: () => undefined,
    view: () => ({ connected: gossip.getSubscribers(realmId).length > 0, reserved: false, neighbours: 0 }),
    close: async () => { await node.stop() },
  }
}
