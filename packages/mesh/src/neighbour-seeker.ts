// Turns introductions into WebRTC links: dials through the relay that introduced, until there are enough neighbours. Of a
// pair the lower peer id dials at once and the higher one only after a while, so that a pair seldom connects twice.

import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@megabrain/exchange'
import { MAX_CANDIDATES, MAX_NEIGHBOURS } from './limits.ts'
import type { MemberNode } from './member-node.ts'
import { directOf, isLimited, transportOf } from './transport-of.ts'

interface Candidate {
  /** Who introduced: the circuit runs over the connection that we have there, by whatever transport. */
  readonly relay: PeerId
  nextTryAt: number
  failures: number
}

export interface NeighbourSeeker {
  introduced(relay: Connection, peers: readonly PeerId[]): void
  /**
   * Links to a peer that the directory named, above the target if need be.
   * @param relays those that named it, the latest last
   * @returns whether it is a member's link now
   */
  reach(peer: PeerId, relays: readonly PeerId[], timeoutMs: number): Promise<boolean>
  /** How many more neighbours we want. */
  wanted(): number
  /** Whether the hard cap leaves no room for another neighbour. */
  isFull(): boolean
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
/** How long after a link is open its other side may take to identify itself, ms. */
const IDENTIFY_MS = 3_000
/** How long a link above the target stays that was made for one question, ms. */
const VISIT_MS = 120_000
const LOOK_MS = 50

/** @param isMember whether a peer is identified on a direct connection: only then a link is known to work in both directions */
export function createNeighbourSeeker(node: MemberNode, target: number, isMember: (peer: PeerId) => boolean): NeighbourSeeker {
  const self = node.peerId.toString()
  const candidates = new Map<PeerId, Candidate>()
  const dialling = new Set<PeerId>()
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

  /** Links that work. */
  function neighbours(): number {
    return [...linked().keys()].filter(isMember).length
  }

  async function dial(peer: PeerId, candidate: Candidate, limitMs = Number.MAX_SAFE_INTEGER): Promise<void> {
    dialling.add(peer)
    try {
      const address = multiaddr(`/p2p/${candidate.relay}/p2p-circuit/webrtc/p2p/${peer}`)
      // Forced: a link that hangs on the other side looks open here.
      await node.dial(address, { force: true, signal: AbortSignal.timeout(Math.min(limitMs, DIAL_MS[candidate.failures] ?? 0)) })
      candidates.delete(peer)
    } catch {
      candidate.failures++
      candidate.nextTryAt = Date.now() + RETRY_MS * 2 ** candidate.failures
      if (candidate.failures >= DIAL_MS.length) candidates.delete(peer)
    } finally {
      dialling.delete(peer)
    }
  }

  async function reach(peer: PeerId, relays: readonly PeerId[], timeoutMs: number): Promise<boolean> {
    const end = Date.now() + timeoutMs
    const left = (): number => end - Date.now()
    const relay = relays.findLast((one) => directOf(node.getConnections(peerIdFromString(one))).length > 0)
    if (relay === undefined || linked().size + dialling.size >= MAX_NEIGHBOURS) return isMember(peer)
    const candidate: Candidate = { relay, nextTryAt: 0, failures: 0 }
    while (!isMember(peer) && left() > 0 && candidate.failures < DIAL_MS.length) {
      const failures = candidate.failures
      if (!dialling.has(peer)) await dial(peer, candidate, left())
      if (candidate.failures > failures) continue
      for (const late = Math.min(end, Date.now() + IDENTIFY_MS); !isMember(peer) && Date.now() < late;) await pause(LOOK_MS)
      candidate.failures++ // a link to somebody who turns out to be no member
    }
    if (isMember(peer)) visits.set(peer, Date.now())
    return isMember(peer)
  }

  function seek(): void {
    for (const [peer, candidate] of candidates) {
      if (neighbours() + dialling.size >= target) break
      if (dialling.size >= MAX_DIALS) break
      if (isMember(peer)) candidates.delete(peer)
      else if (!dialling.has(peer) && candidate.nextTryAt <= Date.now()) void dial(peer, candidate)
    }
  }

  function tidy(): void {
    const now = Date.now()
    const links = linked()
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
      for (const peer of peers) {
        if (peer === self || candidates.has(peer) || dialling.has(peer)) continue
        if (isMember(peer)) continue
        if (candidates.size >= MAX_CANDIDATES) candidates.delete(candidates.keys().next().value ?? '')
        candidates.set(peer, { relay: through, nextTryAt: Date.now() + (self < peer ? 0 : YIELD_MS), failures: 0 })
      }
      seek()
    },
    reach,
    wanted: () => Math.max(0, target - neighbours() - dialling.size),
    isFull: () => linked().size + dialling.size >= MAX_NEIGHBOURS,
    tick() {
      seek()
      tidy()
    },
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}

function close(connection: Connection): void {
  connection.close({ signal: AbortSignal.timeout(5_000) }).catch((error: Error) => connection.abort(error))
}
