// Turns introductions into WebRTC links: dials through the relay that introduced, until there are enough neighbours. Of a
// pair the lower peer id dials at once and the higher one only after a while, so that a pair seldom connects twice.
//
// Half of the places are for links that we dialled ourselves, to peers that relays drew: whoever dials us chose us, and a
// crowd of such must not become our whole neighbourhood. Every few minutes one own link is changed for another, so that a
// clique, or a neighbourhood that somebody built around us, dissolves.

import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@megabrain/exchange'
import { wait } from './backoff.ts'
import { MAX_CANDIDATES, MAX_INTRODUCED, MAX_NEIGHBOURS } from './limits.ts'
import type { MemberNode } from './member-node.ts'
import { createOutOfReach } from './out-of-reach.ts'
import { directOf, isLimited, transportOf } from './transport-of.ts'

interface Candidate {
  /** Who introduced: the circuit runs over the connection that we have there, by whatever transport. */
  readonly relay: PeerId
  readonly introducedAt: number
  nextTryAt: number
  failures: number
}

export interface NeighbourSeeker {
  /** @returns whether any of them was new to us */
  introduced(relay: Connection, peers: readonly PeerId[]): boolean
  /**
   * Links to a peer that the directory named, above the target if need be.
   * @param relays those that named it, the latest last
   * @returns whether it is a member's link now
   */
  reach(peer: PeerId, relays: readonly PeerId[], timeoutMs: number): Promise<boolean>
  /** How many peers to ask a relay for; 0 while no link is missing. It draws blindly, so for as many more as are linked already. */
  wanted(): number
  /** Whether the hard cap leaves no room for another that dials us. */
  isFull(): boolean
  /** The network changed: whoever could not be reached may be reachable now. */
  wake(): void
  /** About once a second. */
  tick(): void
}

/** How long the higher peer id leaves the dialling to the lower one, ms. */
const YIELD_MS = 2_500
/**
 * How long each attempt may take, ms. In Chromium about one WebRTC dial in twenty hangs where it waits for its first data
 * channel to close, and another succeeds at once; slow networks get their time in the later attempts.
 */
const DIAL_MS = [6_000, 8_000, 20_000] as const
const RETRY_MS = 500
const MAX_DIALS = 4
/** A circuit beside a WebRTC link has done its work after this, ms; one without is given longer. */
const CIRCUIT_SPENT_MS = 5_000
const CIRCUIT_STALE_MS = 40_000
/** With two links to one peer the older is closed when the newer is this old, ms: its other side may still be upgrading. */
const DUPLICATE_MS = 3_000
/** An introduction is worth this long, ms: tabs come and go. */
const FRESH_MS = 60_000
/** How long another neighbour is looked for when one is to be changed, ms. */
const LOOK_FOR_MS = 60_000
/** How long after a link is open its other side may take to identify itself, ms. */
const IDENTIFY_MS = 3_000
/** How long a link above the target stays that was made for one question, ms. */
const VISIT_MS = 120_000
const LOOK_MS = 50

export interface NeighbourSeekerOptions {
  readonly node: MemberNode
  /** Neighbours aimed at. */
  readonly target: number
  /** Neighbours taken in, at most: circuits that would lead to more are refused. */
  readonly most: number
  /** Whether a peer is identified on a direct connection: only then a link is known to work in both directions. */
  readonly isMember: (peer: PeerId) => boolean
  /** How often an own link is changed for another, ms, give or take a quarter. */
  readonly changeMs: number
}

export function createNeighbourSeeker({ node, target, most, isMember, changeMs }: NeighbourSeekerOptions): NeighbourSeeker {
  const self = node.peerId.toString()
  const mostInbound = Math.floor(target / 2)
  const candidates = new Map<PeerId, Candidate>()
  const dialling = new Set<PeerId>()
  /** Which relay introduced the neighbours that we dialled: at most as many as there are links. */
  const introducers = new Map<PeerId, PeerId>()
  let changeAt = Date.now() + jittered(changeMs)
  let isChanging = false
  const outOfReach = createOutOfReach()
  /** When a peer was reached that nobody had introduced. At most the links; tidied with them. */
  const visits = new Map<PeerId, number>()

  function linked(): Map<PeerId, Connection[]> {
    const links = new Map<PeerId, Connection[]>()
    for (const connection of directOf(node.getConnections())) {
      if (transportOf(connection) !== 'webrtc') continue
      const peer = connection.remotePeer.toString()
      const known = links.get(peer)
      if (known === undefined) links.set(peer, [connection])
      else known.push(connection)
    }
    return links
  }

  /** Links that work, the longest-lived first. A peer that both dialled counts as ours. */
  function neighbours(): { readonly own: readonly PeerId[]; readonly inbound: number } {
    const links = [...linked()].filter(([peer]) => isMember(peer))
    const own = links.filter(([, connections]) => connections.some(({ direction }) => direction === 'outbound')).map(([peer]) => peer)
    return { own, inbound: links.length - own.length }
  }

  /** How many more links we want to dial. */
  function missing(): number {
    const { own, inbound } = neighbours()
    return Math.max(0, target + (isChanging ? 1 : 0) - own.length - dialling.size - Math.min(inbound, mostInbound))
  }

  /** Those first whose relay brought us the fewest neighbours. */
  function byDiversity(): readonly (readonly [PeerId, Candidate])[] {
    const brought = new Map<PeerId, number>()
    for (const relay of introducers.values()) brought.set(relay, (brought.get(relay) ?? 0) + 1)
    return [...candidates].sort(([, left], [, right]) => (brought.get(left.relay) ?? 0) - (brought.get(right.relay) ?? 0))
  }

  async function dial(peer: PeerId, candidate: Candidate, limitMs = Number.MAX_SAFE_INTEGER): Promise<void> {
    dialling.add(peer)
    try {
      const address = multiaddr(`/p2p/${candidate.relay}/p2p-circuit/webrtc/p2p/${peer}`)
      // Forced: a link that hangs on the other side looks open here.
      await node.dial(address, { force: true, signal: AbortSignal.timeout(Math.min(limitMs, DIAL_MS[candidate.failures] ?? 0)) })
      candidates.delete(peer)
      introducers.set(peer, candidate.relay)
      outOfReach.linked(peer)
    } catch {
      candidate.failures++
      candidate.nextTryAt = Date.now() + RETRY_MS * 2 ** candidate.failures
      if (candidate.failures >= DIAL_MS.length) {
        candidates.delete(peer)
        // Without the relay nobody can be reached, which says nothing about this peer.
        if (node.getConnections().some(({ remotePeer }) => remotePeer.toString() === candidate.relay)) outOfReach.failed(peer, Date.now())
      }
    } finally {
      dialling.delete(peer)
    }
  }

  async function reach(peer: PeerId, relays: readonly PeerId[], timeoutMs: number): Promise<boolean> {
    const end = Date.now() + timeoutMs
    const left = (): number => end - Date.now()
    const relay = relays.findLast((one) => directOf(node.getConnections(peerIdFromString(one))).length > 0)
    if (relay === undefined || linked().size + dialling.size >= MAX_NEIGHBOURS) return isMember(peer)
    const candidate: Candidate = { relay, introducedAt: Date.now(), nextTryAt: 0, failures: 0 }
    while (!isMember(peer) && left() > 0 && candidate.failures < DIAL_MS.length) {
      const failures = candidate.failures
      if (!dialling.has(peer)) await dial(peer, candidate, left())
      if (candidate.failures > failures) continue
      for (const late = Math.min(end, Date.now() + IDENTIFY_MS); !isMember(peer) && Date.now() < late;) await wait(LOOK_MS)
      candidate.failures++ // a link to somebody who turns out to be no member
    }
    if (isMember(peer)) visits.set(peer, Date.now())
    return isMember(peer)
  }

  function seek(): void {
    for (const [peer, candidate] of byDiversity()) {
      if (missing() === 0 || dialling.size >= MAX_DIALS) break
      if (isMember(peer) || Date.now() - candidate.introducedAt > FRESH_MS) candidates.delete(peer)
      else if (!dialling.has(peer) && candidate.nextTryAt <= Date.now()) void dial(peer, candidate)
    }
  }

  /** First one link more, then the end of an old one: nobody is left with fewer. */
  function change(): void {
    const now = Date.now()
    if (isChanging && missing() === 0 && dialling.size === 0) {
      const old = neighbours().own.slice(0, -1)
      const leaving = old[Math.floor(Math.random() * old.length)]
      for (const connection of leaving === undefined ? [] : linked().get(leaving) ?? []) close(connection)
      isChanging = false
      changeAt = now + jittered(changeMs)
    } else if (now >= changeAt) {
      isChanging = !isChanging && missing() === 0 && neighbours().own.length > 0
      changeAt = now + (isChanging ? LOOK_FOR_MS : jittered(changeMs))
    }
  }

  function tidy(): void {
    const now = Date.now()
    const links = linked()
    for (const peer of introducers.keys()) if (!links.has(peer)) introducers.delete(peer)
    for (const [peer, since] of visits) {
      if (!links.has(peer)) visits.delete(peer)
      else if (now - since > VISIT_MS && links.size > target) {
        visits.delete(peer)
        for (const connection of links.get(peer) ?? []) close(connection)
      }
    }
    for (const [peer, connections] of links) {
      // Only the lower id decides which one stays, so that the two sides never close one each. The newest stays: an older one
      // may hang on the other side.
      const newest = connections.at(-1)
      if (self > peer || newest === undefined || now - newest.timeline.open < DUPLICATE_MS) continue
      for (const extra of connections.slice(0, -1)) close(extra)
    }
    for (const connection of node.getConnections()) {
      if (!isLimited(connection)) continue
      const peer = connection.remotePeer.toString()
      const link = links.get(peer)?.[0]
      const spent = link !== undefined ? now - link.timeline.open > CIRCUIT_SPENT_MS : now - connection.timeline.open > CIRCUIT_STALE_MS
      if (spent && !dialling.has(peer)) close(connection)
    }
  }

  return {
    introduced(relay, peers) {
      const through = relay.remotePeer.toString()
      let isNews = false
      for (const peer of peers) {
        if (peer === self || candidates.has(peer) || dialling.has(peer)) continue
        if (isMember(peer) || outOfReach.isLeftAlone(peer, Date.now())) continue
        isNews = true
        if (candidates.size >= MAX_CANDIDATES) candidates.delete(candidates.keys().next().value ?? '')
        const now = Date.now()
        candidates.set(peer, { relay: through, introducedAt: now, nextTryAt: now + (self < peer ? 0 : YIELD_MS), failures: 0 })
      }
      seek()
      return isNews
    },
    wanted: () => (missing() === 0 ? 0 : Math.min(MAX_INTRODUCED, missing() + linked().size)),
    isFull() {
      const kept = Math.max(0, target - mostInbound - neighbours().own.length - dialling.size)
      return linked().size + dialling.size + kept >= most
    },
    wake() {
      outOfReach.clear()
      for (const candidate of candidates.values()) candidate.nextTryAt = Math.min(candidate.nextTryAt, Date.now())
    },
    reach,
    tick() {
      change()
      seek()
      tidy()
    },
  }
}

function jittered(ms: number): number {
  return ms * (0.75 + Math.random() / 2)
}

function close(connection: Connection): void {
  connection.close({ signal: AbortSignal.timeout(5_000) }).catch((error: Error) => connection.abort(error))
}
