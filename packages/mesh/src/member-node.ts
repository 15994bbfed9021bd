// The libp2p node of a member, tab or Node alike: transports, security, limits. Everything that decides is elsewhere; this
// file is the settings, each with its reason where it is not a default.

import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { FaultTolerance, type ConnectionGater, type Libp2p, type Metrics } from '@libp2p/interface'
import type { TransportManager } from '@libp2p/interface-internal'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webRTC, webRTCDirect } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { webTransport } from '@libp2p/webtransport'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { confinedDht, type ConfinedDht } from './directory/confined-dht.ts'
import { gossipService, LOW_DATA_DEGREE, TAB_DEGREE, type Gossip } from './gossip.ts'
import { MAX_NEIGHBOURS } from './limits.ts'
import type { MeshOptions } from './mesh.ts'

export const NODE_INFO = { name: 'megabrain', version: '0.1.0', userAgent: 'megabrain/0.1.0' } as const

export interface MemberServices extends Record<string, unknown> {
  readonly gossip: Gossip
  readonly directory: ConfinedDht
  /** libp2p's own parts; the supervisor needs the transports' reservation store, which has no public way in. */
  readonly inside: { readonly transportManager: TransportManager }
}

export type MemberNode = Libp2p<MemberServices>

export interface MemberTrust {
  /** Whether the app named this relay by its peer id. */
  isNamedRelay(peer: string): boolean
  /** Whether we keep a connection to this relay. */
  isKeptRelay(peer: string): boolean
}

/** Does not start it: protocols must be registered first, so that the first identify message names them. */
export async function createMemberNode(
  options: MeshOptions, topic: string, gater: ConnectionGater, metrics: () => Metrics, trust: MemberTrust,
): Promise<MemberNode> {
  const rtcConfiguration = { iceServers: (options.iceServers ?? []).map((server) => ({ ...server })) }
  return createLibp2p({
    start: false,
    metrics,
    nodeInfo: NODE_INFO, // the default would tell every peer the browser's user agent
    addresses: {
      listen: options.relayOnly === true ? [] : ['/p2p-circuit', '/webrtc'],
      announceFilter: (addresses) => addresses.slice(0, 8), // an identify message holds 8 KiB
    },
    transports: [webSockets(), webTransport(), webRTC({ rtcConfiguration }), webRTCDirect({ rtcConfiguration }), circuitRelayTransport()],
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxWriteBufferLength: 4_194_304 } })],
    connectionGater: gater,
    connectionManager: {
      maxConnections: MAX_NEIGHBOURS * 2 + 8, // every neighbour may have a circuit beside its WebRTC link for a while
      // All circuits of a relay arrive from the relay's host.
      inboundConnectionThreshold: 100,
      maxIncomingPendingConnections: 64,
      dialTimeout: 20_000,
      addressDialTimeout: 20_000, // a /webrtc dial is a circuit, a signalling exchange and ICE
      inboundUpgradeTimeout: 20_000,
      reconnectRetries: 0, // the dial supervisor is the only one that re-dials
    },
    // The membership looks after neighbours and the introductions after relays; pings beside them are traffic.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      ping: ping(),
      gossip: gossipService({ topics: [topic], degree: options.lowData === true ? LOW_DATA_DEGREE : TAB_DEGREE, trusts: trust.isNamedRelay }),
      directory: confinedDht({ mode: 'client', trusts: trust.isKeptRelay }),
      inside: ({ transportManager }) => ({ transportManager }),
    },
  }) as unknown as Promise<MemberNode>
}
