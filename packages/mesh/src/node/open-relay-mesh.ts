// The libp2p side of a relay: introduces, forwards signalling, carries gossip, and is a member of the realms it serves.
// It dials nobody, and lets nobody through who is not a member of the same realm as the one they want to reach.

import { randomInt } from 'node:crypto'
import { circuitRelayServer, type CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { FaultTolerance, type Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import { webRTCDirect } from '@libp2p/webrtc'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import type { MeshPorts, PeerId } from '@megabrain/exchange'
import { createLibp2p } from 'libp2p'
import { openChannel, type OpenChannel } from '../channel.ts'
import { confinedDht, onServer, type ConfinedDht } from '../directory/confined-dht.ts'
import { openDirectory, type OpenDirectory } from '../directory/directory.ts'
import { endNode } from '../end-node.ts'
import { gossipService, type Gossip } from '../gossip.ts'
import { createGossipRepair } from '../gossip-repair.ts'
import { openIntroducer, type Introducer } from '../introduction/introducer.ts'
import { NODE_INFO } from '../member-node.ts'
import { DIRECTORY_MESSAGES_PER_MINUTE } from '../limits.ts'
import { openMembers } from '../members.ts'
import { assertRealm, exchangeProtocolOf, topicOf } from '../names.ts'
import { openRequests, type OpenRequests } from '../requests.ts'
import { ListenError } from './listen-error.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRateBudget } from './rate-budget.ts'
import { DEFAULT_RELAY_LIMITS, type RelayCounters, type RelayLimits, type RelayMeshOptions } from './relay-options.ts'
import { createSharedPort } from './shared-port.ts'
import { udpPortIsFree } from './udp-port.ts'

export interface RelayMesh {
  readonly self: PeerId
  /** Where it can be reached, as text, each with `/p2p/…`. */
  addresses(): readonly string[]
  /** The TCP port that HTTP and WebSocket share. */
  readonly port: number
  /** @throws RangeError for a realm that it does not serve */
  portsFor(realm: string): MeshPorts
  counters(): RelayCounters
  /** Ends every connection and listener. */
  close(): Promise<void>
}

interface RelayServices extends Record<string, unknown> {
  readonly gossip: Gossip
  readonly circuits: CircuitRelayService
  readonly directory: ConfinedDht
}

interface ServedRealm {
  readonly ports: MeshPorts
  readonly channel: OpenChannel
  readonly requests: OpenRequests
  readonly directory: OpenDirectory
  readonly repair: () => void
}

const REPAIR_MS = 1_000

/** @returns a new Ed25519 identity for `RelayMeshOptions.privateKey`: libp2p's private key protobuf. Keep it secret. */
export async function createRelayKey(): Promise<Uint8Array> {
  return privateKeyToProtobuf(await generateKeyPair('Ed25519'))
}

/**
 * Listens and serves until closed.
 * @throws ListenError when the TCP port cannot be had; others when the key is not one of `createRelayKey` or a realm id is malformed
 */
export async function openRelayMesh(options: RelayMeshOptions): Promise<RelayMesh> {
  for (const realm of options.realms) assertRealm(realm)
  const limits: RelayLimits = { ...DEFAULT_RELAY_LIMITS, ...options.limits }
  const { onHttp } = options
  const sharedPort = createSharedPort({ onHttp, maxSocketsPerIp: limits.socketsPerIp, headersMs: limits.headersMs })
  const circuits = { opened: 0, refused: 0 }
  const mayOpenCircuit = createRateBudget(limits.circuitsPerMinute, 60_000)
  let introducer: Introducer | undefined
  const udpPort = options.webrtcDirectPort
  const webrtcDirect = udpPort !== undefined && await udpPortIsFree(options.host, udpPort) ? udpPort : undefined

  const node = await createLibp2p({
    start: false,
    privateKey: privateKeyFromProtobuf(options.privateKey),
    nodeInfo: NODE_INFO,
    addresses: {
      listen: listenAddresses(options, webrtcDirect),
      announce: [...(options.announce ?? [])],
    },
    transports: [
      sharedPort.transport,
      ...(options.webTransport === undefined ? [] : [options.webTransport.transport]),
      ...(webrtcDirect === undefined ? [] : [webRTCDirect({ rtcConfiguration: { iceServers: [] } })]),
    ],
    // What runs over UDP is the extra; without TCP there is no relay, which is checked below.
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxWriteBufferLength: 4_194_304 } })],
    connectionGater: {
      denyDialMultiaddr: () => true, // nothing that a client says makes a relay dial
      denyOutboundRelayedConnection(source, destination) {
        const from = source.toString()
        const allowed = introducer?.shareRealm(from, destination.toString()) === true && mayOpenCircuit(from)
        circuits[allowed ? 'opened' : 'refused']++
        return !allowed
      },
    },
    connectionManager: {
      maxConnections: limits.connections,
      maxIncomingPendingConnections: Math.min(limits.connections, 512),
      inboundConnectionThreshold: limits.newConnectionsPerIpPerSecond,
      reconnectRetries: 0,
    },
    // Tells dead connections from hidden tabs: those answer within the minute that a browser may let them sleep.
    connectionMonitor: { pingInterval: 30_000, pingTimeout: { minTimeout: 60_000, maxTimeout: 90_000 } },
    services: {
      identify: identify(),
      ping: ping(),
      gossip: gossipService({ topics: options.realms.map(topicOf), degree: limits.meshDegree, leastDegree: limits.meshDegree }),
      directory: confinedDht({ mode: 'server', admits: createRateBudget(DIRECTORY_MESSAGES_PER_MINUTE, 60_000) }),
      circuits: circuitRelayServer({
        maxOutboundStopStreams: limits.reservations,
        reservations: {
          maxReservations: limits.reservations,
          reservationTtl: limits.reservationTtlMs,
          defaultDurationLimit: limits.circuitMs,
          defaultDataLimit: BigInt(limits.circuitBytes),
        },
      }),
    },
  }) as unknown as Libp2p<RelayServices>

  const { reservations } = node.services.circuits
  // libp2p keeps a reservation for its whole time; tabs come and go under new peer ids, so the slots would run out.
  node.addEventListener('peer:disconnect', ({ detail }) => void reservations.delete(detail))
  introducer = await openIntroducer(node, {
    realms: options.realms,
    maxMembers: limits.connections,
    isReachable: (peer) => reservations.has(peerIdFromString(peer)),
    random: (bound) => randomInt(bound),
  })

  const realms = new Map<string, ServedRealm>()
  const requestsOf = new Map<string, OpenRequests>()
  for (const realm of options.realms) requestsOf.set(realm, await openRequests(node, exchangeProtocolOf(realm)))
  await node.start()
  const port = tcpPortOf(node)
  if (port === undefined) {
    await endNode(node)
    throw new ListenError(options, sharedPort.listenError())
  }
  const release = holdNativeThreads()
  const self = node.peerId.toString()
  for (const [realm, requests] of requestsOf) {
    const channel = openChannel(node.services.gossip, topicOf(realm), 'forward')
    const members = openMembers(node, exchangeProtocolOf(realm))
    const directory = openDirectory({
      self,
      dht: node.services.directory.dht,
      realm,
      isReachable: () => true,
      reach: async (peer) => members.current().some((member) => member.peer === peer), // it dials nobody
    })
    onServer(node, directory.serverCame)
    const ports: MeshPorts = { self, channel: channel.channel, requests: requests.requests, members, directory: directory.directory }
    realms.set(realm, { ports, channel, requests, directory, repair: createGossipRepair(node, node.services.gossip, members) })
  }
  const clock = setInterval(() => {
    for (const { repair, directory } of realms.values()) {
      repair()
      directory.tick()
    }
  }, REPAIR_MS)
  let closed = false

  return {
    self,
    port,
    addresses: () => node.getMultiaddrs().map(String),
    portsFor(realm) {
      const found = realms.get(realm)
      if (found === undefined) throw new RangeError(`This relay does not serve the realm "${realm}"`)
      return found.ports
    },
    counters() {
      const counters: Record<string, number> = {
        current_connections: node.getConnections().length,
        current_reservations: reservations.size,
        current_members: options.realms.reduce((sum, realm) => sum + (introducer?.membersOf(realm) ?? 0), 0),
        current_sockets: sharedPort.counts.sockets,
        http_requests: sharedPort.counts.httpRequests,
        websocket_upgrades: sharedPort.counts.upgrades,
        sockets_refused: sharedPort.counts.refusedSockets,
        circuits_opened: circuits.opened,
        circuits_refused: circuits.refused,
      }
      addCounts(counters, 'introduction', introducer?.counts ?? {})
      Object.assign(counters, node.services.directory.records.counts)
      for (const { channel, requests } of realms.values()) {
        addCounts(counters, 'gossip', channel.counts)
        addCounts(counters, 'requests', requests.counts)
      }
      return counters
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(clock)
      const stopped = endNode(node)
      sharedPort.endSockets()
      await stopped
      release()
    },
  }
}

function addCounts(counters: Record<string, number>, prefix: string, counts: object): void {
  for (const [name, count] of Object.entries(counts) as [string, number][]) {
    counters[`${prefix}_${name}`] = (counters[`${prefix}_${name}`] ?? 0) + count
  }
}

/** In the order in which members try them: what passes most firewalls first, what browsers may soon forbid last. */
function listenAddresses({ host, port, webTransport }: RelayMeshOptions, webrtcDirectPort: number | undefined): string[] {
  const ip = `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}`
  const webtransport = webTransport === undefined ? [] : [`${ip}/udp/${webTransport.port}/quic-v1/webtransport`]
  const webrtcDirect = webrtcDirectPort === undefined ? [] : [`${ip}/udp/${webrtcDirectPort}/webrtc-direct`]
  return [`${ip}/tcp/${port}/ws`, ...webtransport, ...webrtcDirect]
}

function tcpPortOf(node: Libp2p): number | undefined {
  const { components } = node as unknown as { components: { transportManager: { getAddrs(): ReturnType<typeof multiaddr>[] } } }
  for (const address of components.transportManager.getAddrs()) {
    const tcp = address.getComponents().find((component) => component.name === 'tcp')
    if (tcp?.value !== undefined) return Number(tcp.value)
  }
  return undefined
}
