// Whom a member knows: its neighbours, who among them is linked to whom, and which neighbour has been told of which finding.
// Apart from the probing, since this is what strangers' updates can fill: every collection says what bounds it.

import type { Random } from '@megabrain/evolve'
import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import { MAX_NEIGHBOURHOOD, MAX_UPDATES } from '../limits.ts'
import { pick } from '../memory/pick.ts'
import type { PeerId } from '../ports.ts'
import type { Finding, Update } from './message.ts'

/** Direct links; the mesh itself has fewer. */
export const MAX_LINKED = 64
const MAX_RELAYS = 16
/** Findings that wait to be told: of all neighbours, and of as many that left. */
const MAX_FINDINGS = 2 * MAX_LINKED
/** Pings of one neighbour that are answered: this many at once, then so many a second. A sane one sends one in seconds. */
const PINGS_AT_ONCE = 16
const PINGS_PER_SECOND = 4

export interface Suspicion {
  /** By the patient clock, ms. */
  readonly since: number
  /** Neighbours who suspect it too. */
  readonly confirmedBy: Set<PeerId>
  /** Own probes that failed, the first one counted. */
  failures: number
}

export interface LinkedPeer {
  readonly peer: PeerId
  /** As it said itself. */
  incarnation: number
  suspicion: Suspicion | undefined
  /** Last own probe, by the patient clock, ms. */
  probedAt: number
  lastSequence: number
  /** Somebody suspects it: it is probed out of turn, once. */
  isRumoured: boolean
  /** Probes in a row that it answered only through others: it lives, but our link to it does not. */
  missed: number
  roundTripMs: number | undefined
  /** When it last had us ask another, and when it last accused us, by the patient clock, ms. */
  askedAt: number
  accusedAt: number
  readonly pings: TokenBucket
}

interface Told {
  readonly finding: Finding
  readonly incarnation: number
  /** At most the neighbours. */
  readonly told: Set<PeerId>
}

export interface Neighbourhood {
  /** At most MAX_LINKED. */
  readonly linked: Map<PeerId, LinkedPeer>
  /** The relays that we are connected to, at most MAX_RELAYS, and what each may still have us answer. */
  readonly relays: Map<PeerId, TokenBucket>
  /** Peer → neighbours who say that they are linked to it. Direct neighbours are in here too: their other neighbours can help. */
  readonly tellers: BoundedMap<PeerId, Set<PeerId>>
  readonly findings: BoundedMap<PeerId, Told>
}

export function createNeighbourhood(): Neighbourhood {
  return { linked: new Map(), relays: new Map(), tellers: createBoundedMap(MAX_NEIGHBOURHOOD), findings: createBoundedMap(MAX_FINDINGS) }
}

/** @returns whether it is to be probed: not a relay, a known one or one too many */
export function link(known: Neighbourhood, peer: PeerId, isRelay: boolean): boolean {
  const pings = createTokenBucket(PINGS_AT_ONCE, PINGS_PER_SECOND)
  if (isRelay) {
    if (known.relays.size < MAX_RELAYS) known.relays.set(peer, pings)
    return false
  }
  if (known.linked.has(peer) || known.linked.size >= MAX_LINKED) return false
  known.linked.set(peer, {
    peer,
    incarnation: 0,
    suspicion: undefined,
    probedAt: Number.NEGATIVE_INFINITY,
    lastSequence: 0,
    isRumoured: false,
    missed: 0,
    roundTripMs: undefined,
    askedAt: Number.NEGATIVE_INFINITY,
    accusedAt: Number.NEGATIVE_INFINITY,
    pings,
  })
  find(known, peer, 'alive', 0)
  return true
}

/** @param finding what to tell the others of it */
export function unlink(known: Neighbourhood, peer: PeerId, finding: 'dead' | 'gone'): void {
  known.relays.delete(peer)
  const linked = known.linked.get(peer)
  if (linked === undefined) return
  known.linked.delete(peer)
  for (const { told } of known.findings.values()) told.delete(peer)
  for (const { suspicion } of known.linked.values()) suspicion?.confirmedBy.delete(peer)
  for (const [subject, tellers] of known.tellers.entries()) {
    tellers.delete(peer)
    if (tellers.size === 0) known.tellers.delete(subject)
  }
  find(known, peer, finding, linked.incarnation)
}

/** Notes a finding; everybody will be told it anew. */
export function find(known: Neighbourhood, peer: PeerId, finding: Finding, incarnation: number): void {
  known.findings.set(peer, { finding, incarnation, told: new Set() })
}

export function tells(known: Neighbourhood, from: PeerId, peer: PeerId, isLinked: boolean): void {
  const tellers = known.tellers.get(peer)
  if (isLinked) {
    if (tellers === undefined) known.tellers.set(peer, new Set([from]))
    else tellers.add(from)
  } else if (tellers?.delete(from) === true && tellers.size === 0) known.tellers.delete(peer)
}

/** Whom to ask: a relay, since it reaches everybody; neighbours who say that they are linked to `peer`; then others. */
export function helpersFor(known: Neighbourhood, peer: PeerId, count: number, random: Random): readonly PeerId[] {
  const tellers = known.tellers.get(peer)
  const well = [...known.linked.values()].filter((other) => other.peer !== peer && other.suspicion === undefined)
  const others = well.map((other) => other.peer)
  const relays = pick([...known.relays.keys()], 1, random)
  const near = pick(others.filter((other) => tellers?.has(other) === true), count, random)
  const far = pick(others.filter((other) => tellers?.has(other) !== true), count, random)
  return [...relays, ...near, ...far].slice(0, count)
}

/**
 * What `to` has not been told yet, oldest first, as many as one message carries; they count as told. A suspect always hears
 * that it is one, so that it can refute (Lifeguard's buddy system, section IV-C).
 */
export function takeUpdates(known: Neighbourhood, to: PeerId): readonly Update[] {
  const updates: Update[] = []
  if (!known.linked.has(to)) return updates
  const own = known.findings.get(to)
  if (own?.finding === 'suspect') updates.push({ peer: to, finding: own.finding, incarnation: own.incarnation })
  for (const [peer, { finding, incarnation, told }] of known.findings.entries()) {
    if (updates.length === MAX_UPDATES) break
    if (peer === to || told.has(to)) continue
    updates.push({ peer, finding, incarnation })
    told.add(to)
    if (!known.linked.has(peer) && told.size >= known.linked.size) known.findings.delete(peer)
  }
  return updates
}
