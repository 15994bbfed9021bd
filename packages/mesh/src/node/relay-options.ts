// What a relay is opened with, and its budgets with their defaults. Has an entry of the package to itself, without libp2p: who reads
// settings should not wait for that.

import type { Libp2pOptions } from 'libp2p'
import type { OnHttp, TlsCertificate } from './shared-port.ts'

/** As libp2p takes it. */
export type ListeningTransport = NonNullable<Libp2pOptions['transports']>[number]

/**
 * Budgets of one relay. Behind a reverse proxy that is not named in `trustedProxies` all clients share one address. A prefix
 * is a /24 or /48. Rates per second may be used up to ten seconds at once.
 */
export interface RelayLimits {
  /** Peers with a circuit reservation. @default 2_048 */
  readonly reservations: number
  /** Those of one remote address, or of one IPv6 /64: a school behind one address fits, and leaves room to others. @default half of `reservations`, at least 256 */
  readonly reservationsPerAddress: number
  /** How long a reservation lasts, ms; clients refresh it five minutes before. @default 900_000 */
  readonly reservationTtlMs: number
  /** How long a circuit lives, ms: signalling takes seconds. @default 60_000 */
  readonly circuitMs: number
  /** What a circuit carries in both directions together, bytes. @default 131_072 */
  readonly circuitBytes: number
  /** Circuits that one peer may open within a minute. @default 60 */
  readonly circuitsPerMinute: number
  /** Circuits of all members of one realm within a minute. @default 6_000 */
  readonly circuitsPerRealmPerMinute: number
  /** Connections in all. @default 4_096 */
  readonly connections: number
  /** Sockets of one remote address. @default 1_024 */
  readonly socketsPerIp: number
  /** New connections of one remote address within a second. @default 200 */
  readonly newConnectionsPerIpPerSecond: number
  /** Sockets of one address prefix. @default twice `socketsPerIp` */
  readonly connectionsPerPrefix: number
  /** New sockets of one address prefix within a second. @default twice `newConnectionsPerIpPerSecond` */
  readonly newConnectionsPerPrefixPerSecond: number
  /** Connections of one peer id. @default 8 */
  readonly connectionsPerPeer: number
  /** Members of one realm. @default `connections` */
  readonly membersPerRealm: number
  /** Broadcasts of one peer as they arrive, those that are no news too. @default 512 */
  readonly gossipMessagesPerPeerPerSecond: number
  /** @default 524_288 */
  readonly gossipBytesPerPeerPerSecond: number
  /** Broadcasts of one realm that are news. @default 512 */
  readonly gossipMessagesPerRealmPerSecond: number
  /** @default 64 */
  readonly requestsPerPeerPerSecond: number
  /** @default 4_096 */
  readonly requestsPerRealmPerSecond: number
  /** What members of one realm are sent: each new broadcast as often as it has members, and answers. @default 67_108_864 */
  readonly bytesPerRealmPerSecond: number
  /** How long a socket may take to send its first byte, and the headers of each request, ms. @default 10_000 */
  readonly headersMs: number
  /** Members that get each broadcast at once; must cover the members, or many receive nothing. @default 2_048 */
  readonly meshDegree: number
}

export const DEFAULT_RELAY_LIMITS: RelayLimits = {
  reservations: 2_048,
  reservationsPerAddress: 1_024,
  reservationTtlMs: 900_000,
  circuitMs: 60_000,
  circuitBytes: 131_072,
  circuitsPerMinute: 60,
  circuitsPerRealmPerMinute: 6_000,
  connections: 4_096,
  socketsPerIp: 1_024,
  newConnectionsPerIpPerSecond: 200,
  connectionsPerPrefix: 2_048,
  newConnectionsPerPrefixPerSecond: 400,
  connectionsPerPeer: 8,
  membersPerRealm: 4_096,
  gossipMessagesPerPeerPerSecond: 512,
  gossipBytesPerPeerPerSecond: 524_288,
  gossipMessagesPerRealmPerSecond: 512,
  requestsPerPeerPerSecond: 64,
  requestsPerRealmPerSecond: 4_096,
  bytesPerRealmPerSecond: 67_108_864,
  headersMs: 10_000,
  meshDegree: 2_048,
}

/** What is not given follows from what is. */
export function relayLimits(given: Partial<RelayLimits> = {}): RelayLimits {
  const limits = { ...DEFAULT_RELAY_LIMITS, ...given }
  return {
    ...limits,
    reservationsPerAddress: given.reservationsPerAddress ?? Math.max(256, Math.floor(limits.reservations / 2)),
    connectionsPerPrefix: given.connectionsPerPrefix ?? 2 * limits.socketsPerIp,
    newConnectionsPerPrefixPerSecond: given.newConnectionsPerPrefixPerSecond ?? 2 * limits.newConnectionsPerIpPerSecond,
    membersPerRealm: given.membersPerRealm ?? limits.connections,
  }
}

/** A relay that the operator named. */
export interface JoinedRelay {
  /** Host name or IP address by which it was named: others are dialled in a network like its own only. */
  readonly host: string
  /** Its addresses, each with `/p2p/…`; asked before every dial, and may reject. */
  find(): Promise<readonly string[]>
}

/** How a relay finds other relays. */
export interface FederationOptions {
  readonly joined: readonly JoinedRelay[]
  /** Whether relays that come by themselves are told to members, or only those of `joined`. @default 'any' */
  readonly accepts?: 'any' | 'joined'
  /** What `onKept` was given last, from before a restart. */
  readonly kept?: Uint8Array | undefined
  /** Signed records of other relays, to be kept over a restart. Called at most once a second. */
  readonly onKept?: (records: Uint8Array) => void
}

export interface RelayMeshOptions {
  /** The relay's identity: what `createRelayKey` made, kept by the caller. */
  readonly privateKey: Uint8Array
  /** An IP address to listen on, such as 127.0.0.1, 0.0.0.0 or ::. */
  readonly host: string
  /** TCP port for HTTP and WebSocket; 0 for any free one. */
  readonly port: number
  readonly onHttp: OnHttp
  /** With a certificate, HTTP and WebSocket speak TLS only. */
  readonly tls?: TlsCertificate
  /** Addresses and subnets of reverse proxies that name the remote address in `X-Forwarded-For`. @default none */
  readonly trustedProxies?: readonly string[]
  /** Ids of the realms it serves, 64 hex characters each. */
  readonly realms: readonly string[]
  /** UDP port for webrtc-direct, 0 for any free one; absent: no webrtc-direct. Its certificate is new at every start. */
  readonly webrtcDirectPort?: number
  /** A WebTransport that listens, such as `@megabrain/webtransport-listener`, and its UDP port; 0 for any free one. */
  readonly webTransport?: { readonly transport: ListeningTransport; readonly port: number }
  /** Addresses to announce instead of the ones it listens on, without `/p2p/…`; certificate hashes are added to them. */
  readonly announce?: readonly string[]
  /** Other relays. @default it joins none, and knows those that join it */
  readonly federation?: FederationOptions
  readonly limits?: Partial<RelayLimits>
}

/** Numbers for a metrics page, by name. All but the ones that start with `current_` only grow. */
export type RelayCounters = Readonly<Record<string, number>>
