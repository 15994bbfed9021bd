// The relay's side of introductions: who is a member of which realm, and who should meet whom. One long-lived stream per
// member; a membership ends with its stream. Introductions are symmetric: both sides hear of each other, one of them dials.

import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import type { PeerId } from '@megabrain/exchange'
import { wait } from '../backoff.ts'
import { frame, readFrames } from '../frame.ts'
import { MAX_INTRODUCED, MAX_INTRODUCTION_BYTES, MAX_STAY_AWAY_MS } from '../limits.ts'
import { INTRODUCTION_PROTOCOL } from '../names.ts'
import { createRateBudget } from '../node/rate-budget.ts'
import { CLOSING, decodeJoin, encodeIntroduction, FULL, NOT_SERVED, type Introduction, type Join } from './messages.ts'

export interface IntroducerOptions {
  /** Whether this peer is one too many in a realm with so many members. */
  readonly isFull: (peer: PeerId, members: number) => boolean
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
  /**
   * Tells everybody that the relay closes, each another time to come back, and lets nobody join any more. Resolves when all have heard it
   * (members end their streams then) or `patience` is over.
   */
  dismiss(patience: AbortSignal): Promise<void>
  realmOf(peer: PeerId): string | undefined
  /** @returns who asked for the realm in vain before: what they know of this relay is out of date */
  serve(realm: string): readonly PeerId[]
  /** @returns its members, who are members no more */
  leave(realm: string): readonly PeerId[]
  /** Tells those members that have not heard it yet. */
  tellRelays(): void
  readonly counts: Readonly<IntroducerCounts>
}

interface Membership {
  readonly peer: PeerId
  readonly stream: Stream
  realm: string | undefined
  /** Joins that came too fast to be answered. */
  unanswered: number
  /** The realm that it was told is not served. */
  missed: string | undefined
  /** Key of the relays that it was told of last. */
  toldRelays: string
}

/** Joins of one peer, on whatever streams: this many at once, then one a second. Tabs ask every few seconds. */
const MAX_JOINS = 10
const JOINS_PERIOD_MS = 10_000
/** After this many more the stream ends: even refusing costs time. */
const MAX_UNANSWERED = 100
/** How long a member may be silent, ms. Members ask at least every 45 s; hidden tabs may sleep a minute. */
const SILENCE_MS = 180_000
/** How often to look whether all members have heard that the relay closes, ms. */
const LOOK_MS = 20
/** A relay is back within seconds; its members return over this time, ms, and longer when they are many. */
const SOONEST_RETURN_MS = 2_000
const RETURN_SPREAD_MS = 4_000
const RETURN_SPREAD_PER_MEMBER_MS = 10
/** Who found no room asks again over this time, ms, as HTTP requests that were refused for the same reason. */
const SOONEST_ASK_AGAIN_MS = 15_000
const ASK_AGAIN_SPREAD_MS = 30_000

export async function openIntroducer(node: Libp2p, options: IntroducerOptions): Promise<Introducer> {
  const realms = new Map<string, Map<PeerId, Membership>>()
  const memberships = new Map<PeerId, Membership>()
  const mayJoin = createRateBudget(MAX_JOINS, JOINS_PERIOD_MS)
  const counts: IntroducerCounts = { joins: 0, refused: 0, malformed: 0, introduced: 0 }
  let closing = false

  function tell(membership: Membership, peers: readonly PeerId[], refusal: 0 | typeof NOT_SERVED = 0): void {
    send(membership, { peers, refusal, relays: [] })
  }

  function dismissOne(membership: Membership): void {
    const spread = Math.min(MAX_STAY_AWAY_MS - SOONEST_RETURN_MS, RETURN_SPREAD_MS + memberships.size * RETURN_SPREAD_PER_MEMBER_MS)
    send(membership, { peers: [], refusal: CLOSING, returnMs: SOONEST_RETURN_MS + options.random(spread), relays: [] })
  }

  function tellRelays(membership: Membership): void {
    if (membership.realm === undefined) return
    const { records, key } = options.relaysOf(membership.realm)
    if (records.length === 0 || membership.toldRelays === key) return
    if (send(membership, { peers: [], refusal: 0, relays: records })) membership.toldRelays = key
  }

  /** @returns whether it was sent */
  function send(membership: Membership, introduction: Omit<Introduction, 'members'>): boolean {
    // A member that does not read gets nothing more: introductions are worthless when late.
    if (membership.stream.writableNeedsDrain || membership.stream.writeStatus !== 'writable') return false
    const members = membership.realm === undefined ? 0 : realms.get(membership.realm)?.size ?? 0
    membership.stream.send(frame(encodeIntroduction({ ...introduction, members })))
    return true
  }

  function answer(membership: Membership, { realm, want }: Join): void {
    if (closing) return dismissOne(membership)
    const members = realms.get(realm)
    if (members === undefined || (membership.realm !== realm && options.isFull(membership.peer, members.size))) {
      counts.refused++
      if (members === undefined) {
        membership.missed = realm
        return tell(membership, [], NOT_SERVED)
      }
      return void send(membership, { peers: [], refusal: FULL, returnMs: SOONEST_ASK_AGAIN_MS + options.random(ASK_AGAIN_SPREAD_MS), relays: [] })
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
    const membership: Membership = { peer, stream, realm: undefined, unanswered: 0, missed: undefined, toldRelays: '' }
    memberships.get(peer)?.stream.abort(new Error('Replaced by a newer stream'))
    memberships.set(peer, membership)
    try {
      for (;;) {
        const message = await frames.next(SILENCE_MS)
        if (!message.ok) break
        const join = decodeJoin(message.value)
        if (!join.ok) {
          counts.malformed++
          break
        }
        if (mayJoin(peer)) answer(membership, join.value)
        else {
          counts.refused++
          membership.unanswered++
          if (membership.unanswered > MAX_UNANSWERED) break
        }
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
    async dismiss(patience) {
      closing = true
      for (const membership of memberships.values()) dismissOne(membership)
      while (memberships.size > 0 && !patience.aborted) await wait(LOOK_MS, patience)
    },
    realmOf: (peer) => memberships.get(peer)?.realm,
    serve(realm) {
      if (!realms.has(realm)) realms.set(realm, new Map())
      return [...memberships.values()].filter(({ missed }) => missed === realm).map(({ peer }) => peer)
    },
    leave(realm) {
      const members = [...(realms.get(realm)?.values() ?? [])]
      realms.delete(realm)
      for (const membership of members) membership.realm = undefined
      return members.map(({ peer }) => peer)
    },
    tellRelays() {
      for (const membership of memberships.values()) tellRelays(membership)
    },
    counts,
  }
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
