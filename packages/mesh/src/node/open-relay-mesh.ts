// The libp2p side of a relay: introduces, forwards signalling, carries gossip, and is a member of the realms it serves.
// It dials relays that its operator joined and those that these told of, nobody else, and lets nobody through who is not a member
// of the same realm as the one they want to reach.

import { randomInt } from 'node:crypto'
import { circuitRelayServer, type CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { FaultTolerance, type Connection, type Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { ping } from '@libp2p/ping'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { MeshPorts, PeerId } from '@megabrain/exchange'
import { createLibp2p } from 'libp2p'
import { confinedDht, type ConfinedDht } from '../directory/confined-dht.ts'
import { endNode } from '../end-node.ts'
import { gossipService, type Gossip } from '../gossip.ts'
import { openIntroducer, type Introducer } from '../introduction/introducer.ts'
import { isPeerId } from '../introduction/messages.ts'
import { DIRECTORY_MESSAGES_PER_MINUTE } from '../limits.ts'
import { NODE_INFO } from '../member-node.ts'
import { assertRealm, topicOf } from '../names.ts'
import { createBoundedWebRtcDirect } from './bounded-webrtc-direct.ts'
import { withCerthashes } from './certhashes.ts'
import { openFederation, type Federation } from './federation.ts'
import { guardGossip } from './gossip-guard.ts'
import { createGuardedMuxer } from './guarded-muxer.ts'
import { ListenError } from './listen-error.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRateBudget } from './rate-budget.ts'
import { createRelayGuard, type AccessRules, type LoadLevel } from './relay-guard.ts'
import { connectionsOf, remoteOf, type ConnectionView } from './relay-members.ts'
import { relayLimits, type RelayCounters, type RelayMeshOptions } from './relay-options.ts'
import { createServedRealms, type ServedRealms } from './served-realms.ts'
import { createSharedPort, type TlsCertificate } from './shared-port.ts'
import { udpPortIsFree } from './udp-port.ts'

export interface RelayMesh {
  readonly self: PeerId
  /** Where it says that it can be reached, as text, each with `/p2p/…` and the hashes of the certificates that hold now. */
  addresses(): readonly string[]
  /** Where it listens, in the same form. */
  listening(): readonly string[]
  /** The TCP port that HTTP and WebSocket share. */
  readonly port: number
  /** @throws RangeError for a realm that it does not serve */
  portsFor(realm: string): MeshPorts
  /** Serves one more realm from now on. */
  host(realm: string): Promise<MeshPorts>
  /** Serves it no more; its members are disconnected, and may come back for another. */
  unhost(realm: string): Promise<void>
  /** Holds from now on; connections that are not welcome any more are ended. */
  restrict(rules: AccessRules): void
  /** What is refused while the machine has too much to do. At 3, each call ends the newest connections without a reservation. */
  shed(level: LoadLevel): void
  /** @returns how many connections of this peer were ended */
  disconnect(peer: PeerId): number
  connections(): readonly ConnectionView[]
  /** Members by realm. */
  members(): Readonly<Record<string, number>>
  /** What was refused or ended, by reason. */
  sheds(): Readonly<Record<string, number>>
  counters(): RelayCounters
  /** For handshakes from now on; open connections stay. Only for a relay that was opened with `tls`. */
  setCertificate(certificate: TlsCertificate): void
  /**
   * Takes no more connections and tells every member to come back, each at another time. Resolves when they have heard it, within
   * `patienceMs`; close then.
   */
  drain(patienceMs: number): Promise<void>
  /** Ends every connection and listener. */
  close(): Promise<void>
}

interface RelayServices extends Record<string, unknown> {
  readonly gossip: Gossip
  readonly circuits: CircuitRelayService
  readonly directory: ConfinedDht
}

/** What listens, which libp2p shows to its own parts only. */
interface NodeInside {
  readonly components: { readonly transportManager: { getAddrs(): Multiaddr[] } }
}

const REPAIR_MS = 1_000
/** How long the socket of a closed connection may take for its last bytes, ms. */
const GOODBYE_MS = 1_000
/** Connections ended at a time under the heaviest load. */
const ENDED_AT_ONCE = 32

/** @returns a new Ed25519 identity for `RelayMeshOptions.privateKey`: libp2p's private key protobuf. Keep it secret. */
export async function createRelayKey(): Promise<Uint8Array> {
  return privateKeyToProtobuf(await generateKeyPair('Ed25519'))
}

/** @returns the peer id, as text, of a key of `createRelayKey` */
export function peerIdOfKey(privateKey: Uint8Array): string {
  return peerIdFromPrivateKey(privateKeyFromProtobuf(privateKey)).toString()
}

/**
 * Listens and serves until closed.
 * @throws ListenError when the TCP port cannot be had; others when the key is not one of `createRelayKey` or a realm id is malformed
 */
export async function openRelayMesh(options: RelayMeshOptions): Promise<RelayMesh> {
  for (const realm of options.realms) assertRealm(realm)
  const limits = relayLimits(options.limits)
  const guard = createRelayGuard(limits)
  const { tls, trustedProxies } = options
  const sharedPort = createSharedPort({
    onHttp: options.onHttp,
    arrived: (ip) => guard.arrived(ip),
    left: (ip) => guard.left(ip),
    isOverloaded: () => guard.load() >= 2,
    headersMs: limits.headersMs,
    ...(tls === undefined ? {} : { tls }), ...(trustedProxies === undefined ? {} : { trustedProxies }),
  })
  let draining = false
  const circuits = { opened: 0, refused: 0 }
  const muxer = createGuardedMuxer()
  const bounded = createBoundedWebRtcDirect()
  let introducer: Introducer | undefined
  let federation: Federation | undefined
  let served: ServedRealms | undefined
  const isJoined = (peer: PeerId): boolean => federation?.isJoined(peer) ?? false
  const privateKey = privateKeyFromProtobuf(options.privateKey)
  const dialling = new Set<string>()
  const udpPort = options.webrtcDirectPort
  const webrtcDirect = udpPort !== undefined && await udpPortIsFree(options.host, udpPort) ? udpPort : undefined

  const node = await createLibp2p({
    start: false,
    privateKey,
    nodeInfo: NODE_INFO,
    addresses: {
      listen: listenAddresses(options, webrtcDirect),
      announce: [...(options.announce ?? [])],
    },
    transports: [
      sharedPort.transport,
      ...(options.webTransport === undefined ? [] : [options.webTransport.transport]),
      ...(webrtcDirect === undefined ? [] : [bounded.transport]),
    ],
    // What runs over UDP is the extra; without TCP there is no relay, which is checked below.
    transportManager: { faultTolerance: FaultTolerance.NO_FATAL },
    connectionEncrypters: [noise()],
    streamMuxers: [muxer.factory],
    connectionGater: {
      denyDialMultiaddr: (address) => !dialling.has(address.toString()), // nothing that a client says makes a relay dial
      denyInboundConnection: (connection) => draining || guard.faultOfAddress(remoteOf(connection).ip) !== undefined,
      denyInboundEncryptedConnection: (peer, connection) =>
        guard.faultOfPeer(peer.toString(), remoteOf(connection).ip, node.getConnections(peer).length) !== undefined,
      denyInboundRelayReservation(peer) {
        const [connection] = node.getConnections(peer)
        const isHeld = (other: string): boolean => reservations.has(peerIdFromString(other))
        return connection === undefined || guard.faultOfReservation(peer.toString(), remoteOf(connection).ip, isHeld) !== undefined
      },
      denyOutboundRelayedConnection(source, destination) {
        const from = source.toString()
        const realm = introducer?.shareRealm(from, destination.toString()) === true ? introducer.realmOf(from) : undefined
        // libp2p asks for the destination's reservation alone.
        const allowed = realm !== undefined && reservations.has(source) && guard.faultOfCircuit(from, realm) === undefined
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
      gossip: gossipService({
        topics: options.realms.map(topicOf),
        degree: limits.meshDegree,
        leastDegree: limits.meshDegree,
        trusts: isJoined,
      }),
      directory: confinedDht({
        mode: 'server', admits: createRateBudget(DIRECTORY_MESSAGES_PER_MINUTE, 60_000), trusts: isJoined,
      }),
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
  node.addEventListener('peer:disconnect', ({ detail }) => {
    reservations.delete(detail)
    guard.releaseReservation(detail.toString())
  })
  // ws gives a peer half a minute to answer its goodbye.
  node.addEventListener('connection:close', ({ detail }) => {
    const { ip, port: remotePort } = remoteOf(detail)
    setTimeout(() => sharedPort.endSocket(ip, remotePort), GOODBYE_MS).unref()
  })
  const self = node.peerId.toString()
  const { transportManager } = (node as unknown as NodeInside).components
  const listening = (): string[] => transportManager.getAddrs().map((address) => `${address.toString()}/p2p/${self}`)
  const addresses = (): string[] => withCerthashes(node.getMultiaddrs().map(String), listening())
  const others = federation = await openFederation(node, options.federation ?? { joined: [] }, {
    privateKey, realms: () => served?.ids() ?? options.realms, addresses, dialling, onChange: () => introducer?.tellRelays(),
  })
  introducer = await openIntroducer(node, {
    isFull: (peer, members) => guard.faultOfMember(peer, members) !== undefined,
    relaysOf: (realm) => others.relaysOf(realm),
    isReachable: (peer) => reservations.has(peerIdFromString(peer)),
    random: (bound) => randomInt(bound),
  })

  guardGossip(node.services.gossip, (peer, bytes) => guard.faultOfMessage(peer, bytes) === undefined)
  served = createServedRealms(node, node.services, introducer, guard)
  for (const realm of options.realms) await served.prepare(realm)
  await node.start()
  const port = tcpPortOf(node)
  if (port === undefined) {
    await endNode(node)
    throw new ListenError(options, sharedPort.listenError())
  }
  const release = holdNativeThreads()
  for (const realm of options.realms) served.open(realm)
  const clock = setInterval(() => served.repair(), REPAIR_MS)
  const isReserved = (peer: PeerId): boolean => reservations.has(peerIdFromString(peer))
  /** At once: who is ended here does not get to say goodbye. */
  const end = (connection: Connection): void => {
    connection.abort(new Error('The relay ended it'))
  }
  const endAll = (peers: readonly PeerId[]): void => {
    for (const connection of peers.flatMap((peer) => node.getConnections(peerIdFromString(peer)))) end(connection)
  }
  let closed = false
  others.start()

  return {
    self,
    port,
    addresses,
    listening,
    setCertificate: sharedPort.setCertificate,
    async drain(patienceMs) {
      draining = true
      sharedPort.refuseNew()
      await introducer?.dismiss(AbortSignal.timeout(patienceMs))
    },
    portsFor(realm) {
      const found = served.portsFor(realm)
      if (found === undefined) throw new RangeError(`This relay does not serve the realm "${realm}"`)
      return found
    },
    async host(realm) {
      const waiting = await served.prepare(realm)
      const ports = served.open(realm)
      endAll(waiting)
      return ports
    },
    async unhost(realm) {
      endAll(await served.drop(realm))
    },
    restrict(rules) {
      guard.restrict(rules)
      for (const connection of node.getConnections()) {
        if (guard.isBannedPeer(connection.remotePeer.toString()) || guard.isBannedAddress(remoteOf(connection).ip)) end(connection)
      }
      sharedPort.endSocketsOf((ip) => guard.isBannedAddress(ip))
    },
    shed(level) {
      guard.setLoad(level)
      if (level < 3) return
      const spare = node.getConnections().filter(({ remotePeer }) => !reservations.has(remotePeer) && !guard.isAllowedPeer(remotePeer.toString()))
      for (const connection of spare.sort((left, right) => right.timeline.open - left.timeline.open).slice(0, ENDED_AT_ONCE)) {
        guard.count('overload-ended')
        end(connection)
      }
    },
    disconnect(peer) {
      const connections = isPeerId(peer) ? node.getConnections(peerIdFromString(peer)) : []
      for (const connection of connections) end(connection)
      return connections.length
    },
    connections: () => connectionsOf(node, {
      realmOf: (peer) => introducer?.realmOf(peer), isReserved, traffic: (ip, at) => sharedPort.traffic(ip, at),
    }),
    members: () => Object.fromEntries(served.ids().map((realm) => [realm, introducer?.membersOf(realm) ?? 0])),
    sheds: () => guard.sheds(),
    counters() {
      const counters: Record<string, number> = {
        current_connections: node.getConnections().length,
        current_reservations: reservations.size,
        current_members: served.ids().reduce((sum, realm) => sum + (introducer?.membersOf(realm) ?? 0), 0),
        current_sockets: sharedPort.counts.sockets,
        http_requests: sharedPort.counts.httpRequests,
        websocket_upgrades: sharedPort.counts.upgrades,
        sockets_refused: sharedPort.counts.refusedSockets,
        http_requests_refused: sharedPort.counts.refusedRequests,
        webrtc_direct_refused: bounded.counts.refused,
        websockets_malformed: sharedPort.counts.malformedWebSockets,
        circuits_opened: circuits.opened,
        circuits_refused: circuits.refused,
      }
      addCounts(counters, 'muxer', muxer.counts)
      counters['current_relays'] = others.connected()
      addCounts(counters, 'federation', others.counts)
      addCounts(counters, 'introduction', introducer?.counts ?? {})
      Object.assign(counters, node.services.directory.records.counts)
      const { gossip, requests } = served.counts()
      addCounts(counters, 'gossip', gossip)
      addCounts(counters, 'requests', requests)
      return counters
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(clock)
      served?.close()
      others.stop()
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
function listenAddresses({ host, port, tls, webTransport }: RelayMeshOptions, webrtcDirectPort: number | undefined): string[] {
  const ip = `/${host.includes(':') ? 'ip6' : 'ip4'}/${host}`
  const webtransport = webTransport === undefined ? [] : [`${ip}/udp/${webTransport.port}/quic-v1/webtransport`]
  const webrtcDirect = webrtcDirectPort === undefined ? [] : [`${ip}/udp/${webrtcDirectPort}/webrtc-direct`]
  return [`${ip}/tcp/${port}${tls === undefined ? '' : '/tls'}/ws`, ...webtransport, ...webrtcDirect]
}

function tcpPortOf(node: Libp2p): number | undefined {
  for (const address of (node as unknown as NodeInside).components.transportManager.getAddrs()) {
    const tcp = address.getComponents().find((component) => component.name === 'tcp')
    if (tcp?.value !== undefined) return Number(tcp.value)
  }
  return undefined
}
