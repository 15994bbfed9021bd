// The relay's side of introductions: who is a member of which realm, and who should meet whom. One long-lived stream per
// member; a membership ends with its stream. Introductions are symmetric: both sides hear of each other, one of them dials.

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import type { PeerId } from '@megabrain/exchange'
import { frame, readFrames } from '../frame.ts'
import { MAX_INTRODUCED, MAX_INTRODUCTION_BYTES } from '../limits.ts'
import { INTRODUCTION_PROTOCOL } from '../names.ts'
import { decodeJoin, encodeIntroduction, FULL, NOT_SERVED, type Join } from './messages.ts'

export interface IntroducerOptions {
  readonly realms: readonly string[]
  readonly maxMembers: number
  /** Whether others can reach this peer through us (it holds a reservation). */
  readonly isReachable: (peer: PeerId) => boolean
  /** What members of a realm are told of other relays. */
  readonly relaysOf: (realm: string) => ToldRelays
  /** Uniform integer in 0..bound-1. */
  readonly random: (bound: number) => number
}

export interface ToldRelays {
  /** Signed; at most MAX_INTRODUCED_RELAYS, and few enough for one introduction. */
  readonly records: readonly Uint8Array[]
  /** Changes when there is something new in them: a member is told only then. */
  readonly key: string
}

export interface IntroducerCounts {
  joins: number
  refused: number
  malformed: number
  introduced: number
}

export interface Introducer {
  /** Whether both are members of a common realm now: the condition for a circuit between them. */
  shareRealm(left: PeerId, right: PeerId): boolean
  membersOf(realm: string): number
  /** Tells those members that have not heard it yet. */
  tellRelays(): void
  readonly counts: Readonly<IntroducerCounts>
}

interface Membership {
  readonly peer: PeerId
  readonly stream: Stream
  realm: string | undefined
  /** Key of the relays that it was told of last. */
  toldRelays: string
  /** Joins that may still be answered; refilled with time. */
  credit: number
  creditAt: number
}

/** Joins of one member: this many at once, then one a second. Tabs ask every few seconds. */
const MAX_CREDIT = 10
/** How long a member may be silent, ms. Members ask at least every 45 s; hidden tabs may sleep a minute. */
const SILENCE_MS = 180_000

export async function openIntroducer(node: Libp2p, options: IntroducerOptions): Promise<Introducer> {
  const realms = new Map(options.realms.map((realm) => [realm, new Map<PeerId, Membership>()]))
  const memberships = new Map<PeerId, Membership>()
  const counts: IntroducerCounts = { joins: 0, refused: 0, malformed: 0, introduced: 0 }

  function tell(membership: Membership, peers: readonly PeerId[], refusal = 0, relays: readonly Uint8Array[] = []): boolean {
    // A member that does not read gets nothing more: introductions are worthless when late.
    if (membership.stream.writableNeedsDrain || membership.stream.writeStatus !== 'writable') return false
    const members = membership.realm === undefined ? 0 : realms.get(membership.realm)?.size ?? 0
    membership.stream.send(frame(encodeIntroduction({ peers, members, refusal, relays })))
    return true
  }

  function tellRelays(membership: Membership): void {
    if (membership.realm === undefined) return
    const { records, key } = options.relaysOf(membership.realm)
    if (records.length === 0 || membership.toldRelays === key) return
    if (tell(membership, [], 0, records)) membership.toldRelays = key
  }

  function answer(membership: Membership, { realm, want }: Join): void {
    const members = realms.get(realm)
    if (members === undefined || (memberships.size > options.maxMembers && membership.realm === undefined)) {
      counts.refused++
      tell(membership, [], members === undefined ? NOT_SERVED : FULL)
      return
    }
    counts.joins++
    if (membership.realm !== realm) {
      if (membership.realm !== undefined) realms.get(membership.realm)?.delete(membership.peer)
      membership.realm = realm
      membership.toldRelays = ''
      members.set(membership.peer, membership)
    }
    const others = [...members.values()].filter((other) => other !== membership && options.isReachable(other.peer))
    const met = sample(others, want, options.random)
    counts.introduced += met.length
    tell(membership, met.map((other) => other.peer))
    if (options.isReachable(membership.peer)) for (const other of met) tell(other, [membership.peer])
    tellRelays(membership)
  }

  async function serve(stream: Stream, connection: Connection): Promise<void> {
    const frames = readFrames(stream, MAX_INTRODUCTION_BYTES)
    const peer = connection.remotePeer.toString()
    const membership: Membership = { peer, stream, realm: undefined, toldRelays: '', credit: MAX_CREDIT, creditAt: Date.now() }
    memberships.get(peer)?.stream.abort(new Error('Replaced by a newer stream'))
    memberships.set(peer, membership)
    try {
      for (;;) {
        const message = await frames.next(AbortSignal.timeout(SILENCE_MS))
        if (!message.ok) break
        const join = decodeJoin(message.value)
        if (!join.ok) {
          counts.malformed++
          break
        }
        if (spend(membership)) answer(membership, join.value)
        else counts.refused++
      }
    } finally {
      if (memberships.get(peer) === membership) memberships.delete(peer)
      const members = membership.realm === undefined ? undefined : realms.get(membership.realm)
      if (members?.get(peer) === membership) members.delete(peer)
      stream.abort(new Error('The introduction ended'))
    }
  }

  await node.handle(INTRODUCTION_PROTOCOL, (stream, connection) => void serve(stream, connection), {
    maxInboundStreams: 2,
    runOnLimitedConnection: false,
  })

  return {
    shareRealm(left, right) {
      const realm = memberships.get(left)?.realm
      return realm !== undefined && memberships.get(right)?.realm === realm
    },
    membersOf: (realm) => realms.get(realm)?.size ?? 0,
    tellRelays() {
      for (const membership of memberships.values()) tellRelays(membership)
    },
    counts,
  }
}

function spend(membership: Membership): boolean {
  const now = Date.now()
  membership.credit = Math.min(MAX_CREDIT, membership.credit + (now - membership.creditAt) / 1_000)
  membership.creditAt = now
  if (membership.credit < 1) return false
  membership.credit--
  return true
}

/** @returns up to `count` of `from`, uniformly, without repetition (Fisher-Yates, as far as needed) */
function sample<T>(from: T[], count: number, random: (bound: number) => number): readonly T[] {
  const size = Math.min(count, MAX_INTRODUCED, from.length)
  for (let at = 0; at < size; at++) {
    const other = at + random(from.length - at)
    const taken = from[other] as T
    from[other] = from[at] as T
    from[at] = taken
  }
  return from.slice(0, size)
}
