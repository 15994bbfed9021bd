// Who may do how much at a relay, decided before any cryptography wherever a key is known by then: bans and allowances of the
// operator, quotas, and what is refused while the machine has too much to do. It holds no connection; it only answers and counts.

import { createPrefixSet, holderOf, plainAddress, prefixOf } from './ip-prefix.ts'
import { createRateBudget, type RateBudget } from './rate-budget.ts'
import type { RelayLimits } from './relay-options.ts'

/** Why something was refused or ended. A closed union: metrics and status page name exactly these. */
export const shedReasons = [
  'banned-address', // an address of a banned prefix
  'banned-peer', // a banned peer id
  'address-sockets', // one address has too many sockets
  'prefix-sockets', // its prefix has
  'prefix-rate', // too many new sockets of one prefix within a second
  'peer-connections', // one peer has too many connections
  'address-reservations', // one address, or IPv6 /64, has its share of the circuit reservations
  'realm-members', // the realm has too many members here
  'peer-circuits', // a peer opens too many circuits
  'realm-circuits', // a realm does
  'peer-gossip', // a peer sends too many broadcasts or bytes of them
  'realm-gossip', // a realm has too many new broadcasts
  'peer-requests', // a peer asks too much
  'realm-requests', // a realm does
  'realm-bytes', // the members of a realm would be sent too much
  'overload-member', // the machine is short of memory or late: no new members
  'overload-socket', // more so: no new connections
  'overload-ended', // still more: the newest connections without a reservation are ended
] as const

export type ShedReason = (typeof shedReasons)[number]

/** 0: all is well. 1: no new members. 2: no new connections either. 3: connections are ended. */
export type LoadLevel = 0 | 1 | 2 | 3

/** The operator's word. Allowed peers and addresses are neither banned as such nor under quotas; overload concerns everybody who comes. */
export interface AccessRules {
  readonly bannedPeers: readonly string[]
  /** As `isIpPrefix` takes them. */
  readonly bannedPrefixes: readonly string[]
  readonly allowedPeers: readonly string[]
  readonly allowedPrefixes: readonly string[]
}

export interface RelayGuard {
  restrict(rules: AccessRules): void
  setLoad(level: LoadLevel): void
  load(): LoadLevel
  /** A socket has come: undefined when it may stay, and then `left` must be called when it goes. */
  arrived(ip: string): ShedReason | undefined
  left(ip: string): void
  /** A connection is about to be encrypted. */
  faultOfAddress(ip: string): ShedReason | undefined
  /** A peer has proved who it is. @param connections that it has already */
  faultOfPeer(peer: string, ip: string, connections: number): ShedReason | undefined
  /** Whether sockets of this address must go: a banned network is closed to allowed peers too, since nobody knows them by then. */
  isBannedAddress(ip: string): boolean
  isBannedPeer(peer: string): boolean
  /** Whom overload does not end. */
  isAllowedPeer(peer: string): boolean
  /** @param members that the realm has */
  faultOfMember(peer: string, members: number): ShedReason | undefined
  /** A peer asks for a circuit reservation; those who have one may renew it. @param isHeld whether a peer has one */
  faultOfReservation(peer: string, ip: string, isHeld: (peer: string) => boolean): ShedReason | undefined
  /** A peer has gone. */
  releaseReservation(peer: string): void
  faultOfCircuit(peer: string, realm: string): ShedReason | undefined
  /** One broadcast as it arrives, before its signature is checked. */
  faultOfMessage(peer: string, bytes: number): ShedReason | undefined
  /** One broadcast that is new, before its claim is looked at. @param bytes that all members together would be sent */
  faultOfBroadcast(realm: string, bytes: number): ShedReason | undefined
  faultOfRequest(peer: string, realm: string): ShedReason | undefined
  /** An answer that is about to be sent. */
  faultOfAnswer(realm: string, bytes: number): ShedReason | undefined
  count(reason: ShedReason): void
  sheds(): Readonly<Record<ShedReason, number>>
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
/** Rates per second may be used up to this many seconds at once. */
const BURST_SECONDS = 10

/** Every `fault…` counts the reason that it gives. */
export function createRelayGuard(limits: RelayLimits, now: () => number = Date.now): RelayGuard {
  const counts = Object.fromEntries(shedReasons.map((reason) => [reason, 0])) as Record<ShedReason, number>
  const perSecond = (rate: number) => createRateBudget(rate * BURST_SECONDS, BURST_SECONDS * SECOND_MS, now)
  const arrivals = createRateBudget(limits.newConnectionsPerPrefixPerSecond, SECOND_MS, now)
  const peerCircuits = createRateBudget(limits.circuitsPerMinute, MINUTE_MS, now)
  const realmCircuits = createRateBudget(limits.circuitsPerRealmPerMinute, MINUTE_MS, now)
  const peerMessages = perSecond(limits.gossipMessagesPerPeerPerSecond)
  const peerBytes = perSecond(limits.gossipBytesPerPeerPerSecond)
  const realmMessages = perSecond(limits.gossipMessagesPerRealmPerSecond)
  const peerRequests = perSecond(limits.requestsPerPeerPerSecond)
  const realmRequests = perSecond(limits.requestsPerRealmPerSecond)
  const realmBytes = perSecond(limits.bytesPerRealmPerSecond)
  /** Bounded by the sockets that are open. */
  const sockets = new Map<string, number>()
  /** Who holds a reservation, by address. Bounded by the peers that are connected. */
  const holders = new Map<string, Set<string>>()
  const addressOfHolder = new Map<string, string>()
  let level: LoadLevel = 0
  let bannedPeers: ReadonlySet<string> = new Set()
  let allowedPeers: ReadonlySet<string> = new Set()
  let isBannedIp = createPrefixSet([])
  let isAllowedIp = createPrefixSet([])

  const shed = (reason: ShedReason): ShedReason => {
    counts[reason]++
    return reason
  }
  const addSocket = (key: string, change: number): void => {
    const held = (sockets.get(key) ?? 0) + change
    if (held <= 0) sockets.delete(key)
    else sockets.set(key, held)
  }
  const has = (budget: RateBudget, key: string, reason: ShedReason, cost = 1): ShedReason | undefined =>
    (budget(key, cost) ? undefined : shed(reason))
  const isBannedAddress = (ip: string): boolean => isBannedIp(ip) && !isAllowedIp(ip)

  function release(peer: string): void {
    const key = addressOfHolder.get(peer)
    if (key === undefined) return
    addressOfHolder.delete(peer)
    const held = holders.get(key)
    held?.delete(peer)
    if (held?.size === 0) holders.delete(key)
  }

  function faultOfSocket(ip: string): ShedReason | undefined {
    if (isAllowedIp(ip)) return undefined
    if (isBannedIp(ip)) return 'banned-address'
    if ((sockets.get(plainAddress(ip)) ?? 0) >= limits.socketsPerIp) return 'address-sockets'
    const prefix = prefixOf(ip)
    if ((sockets.get(prefix) ?? 0) >= limits.connectionsPerPrefix) return 'prefix-sockets'
    return arrivals(prefix) ? undefined : 'prefix-rate'
  }

  return {
    restrict(rules) {
      bannedPeers = new Set(rules.bannedPeers)
      allowedPeers = new Set(rules.allowedPeers)
      isBannedIp = createPrefixSet(rules.bannedPrefixes)
      isAllowedIp = createPrefixSet(rules.allowedPrefixes)
    },
    setLoad(next) {
      level = next
    },
    load: () => level,
    arrived(ip) {
      const reason = faultOfSocket(ip)
      if (reason !== undefined) return shed(reason)
      addSocket(plainAddress(ip), 1)
      addSocket(prefixOf(ip), 1)
      return undefined
    },
    left(ip) {
      addSocket(plainAddress(ip), -1)
      addSocket(prefixOf(ip), -1)
    },
    faultOfAddress(ip) {
      if (level >= 2) return shed('overload-socket')
      return isBannedAddress(ip) ? shed('banned-address') : undefined
    },
    faultOfPeer(peer, ip, connections) {
      if (allowedPeers.has(peer)) return undefined
      if (bannedPeers.has(peer)) return shed('banned-peer')
      return connections >= limits.connectionsPerPeer && !isAllowedIp(ip) ? shed('peer-connections') : undefined
    },
    isBannedAddress,
    isBannedPeer: (peer) => bannedPeers.has(peer) && !allowedPeers.has(peer),
    isAllowedPeer: (peer) => allowedPeers.has(peer),
    faultOfMember(peer, members) {
      if (level >= 1) return shed('overload-member')
      return members >= limits.membersPerRealm && !allowedPeers.has(peer) ? shed('realm-members') : undefined
    },
    faultOfReservation(peer, ip, isHeld) {
      if (isHeld(peer)) return undefined
      if (level >= 1) return shed('overload-member')
      if (allowedPeers.has(peer) || isAllowedIp(ip)) return undefined
      release(peer) // it may have come from elsewhere before
      const key = holderOf(ip)
      const held = holders.get(key) ?? new Set()
      if (held.size >= limits.reservationsPerAddress) for (const other of held) if (!isHeld(other)) release(other)
      if (held.size >= limits.reservationsPerAddress) return shed('address-reservations')
      holders.set(key, held.add(peer))
      addressOfHolder.set(peer, key)
      return undefined
    },
    releaseReservation: release,
    faultOfCircuit: (peer, realm) => (allowedPeers.has(peer) ? undefined : has(peerCircuits, peer, 'peer-circuits') ?? has(realmCircuits, realm, 'realm-circuits')),
    faultOfMessage(peer, bytes) {
      if (allowedPeers.has(peer)) return undefined
      return peerMessages(peer) && peerBytes(peer, bytes) ? undefined : shed('peer-gossip')
    },
    faultOfBroadcast: (realm, bytes) => has(realmMessages, realm, 'realm-gossip') ?? has(realmBytes, realm, 'realm-bytes', bytes),
    faultOfRequest: (peer, realm) => (allowedPeers.has(peer) ? undefined : has(peerRequests, peer, 'peer-requests') ?? has(realmRequests, realm, 'realm-requests')),
    faultOfAnswer: (realm, bytes) => has(realmBytes, realm, 'realm-bytes', bytes),
    count: (reason) => void shed(reason),
    sheds: () => ({ ...counts }),
  }
}
