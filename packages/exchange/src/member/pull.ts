// Getting the body that a claim speaks of: from the announcer first, then from others who announced it, then from any
// neighbour; a few rounds with pauses, then from whom the directory names, then not. A body that is here or on its way is
// never asked for again.

import { digestOfCid } from '../claim/cid-digest.ts'
import type { Refusal } from '../admission/refusal.ts'
import { MAX_CLAIMS_PER_MESSAGE } from '../limits.ts'
import type { PeerId, RequestResult } from '../ports.ts'
import { decodeAnswer, encodeRequest, versionOf, WIRE_VERSION } from '../wire/messages.ts'
import { unpackBody, type BodyResult } from '../wire/parcel.ts'
import { basesFor } from './bases.ts'
import { cacheBody } from './body-cache.ts'
import { holdersFound, isSeeking, resume, seekHolders } from './directory.ts'
import { heardVersion, recordOf, refusedVersion } from './neighbour-record.ts'
import { mayTry } from './newcomers.ts'
import { answerParked } from './park.ts'
import {
  authorOf, blameAuthor, bodyOf, countRefusal, drop, MAX_TRIALS, newTicket, passed, type Candidate, type MemberState, type Pull, type Turn,
} from './state.ts'
import { tryBody } from './trial.ts'

const MAX_PULLS_IN_FLIGHT = 16
/** Bodies that one neighbour may make us want at a time; synchronising asks for claims up to half of it. */
const MAX_PULLS_PER_NEIGHBOUR = 2 * MAX_CLAIMS_PER_MESSAGE
const MAX_CANDIDATES = 4
const MAX_HOLDERS = 16
const MAX_ATTEMPTS = 6
const PULL_TIMEOUT_MS = 5_000
const PAUSE_MS = 1_500
/** Around a body: version, kind and length. */
const FRAME_BYTES = 64

/** Starts whatever is needed to measure what `candidate` claims. */
export function wantBody(turn: Turn, candidate: Candidate): void {
  const { state, now } = turn
  const { genotype } = candidate.claim
  if (!isAffordable(turn, candidate)) return drop(turn, candidate, 'too-many')
  passed(state, 'wanted')
  const waiting = state.trials.get(genotype) ?? state.pulls.get(genotype)
  if (waiting !== undefined) {
    addHolder(state, genotype, candidate.via)
    if (waiting.candidates.length < MAX_CANDIDATES) waiting.candidates.push(candidate)
    else drop(turn, candidate, 'too-many')
    return
  }
  const here = bodyOf(state, genotype)
  if (here !== undefined) return inspectBody(turn, genotype, here, [candidate])
  const digest = digestOfCid(genotype)
  if (digest === undefined) return countRefusal(turn, 'malformed', candidate)
  if (countOf(state, candidate.via) >= MAX_PULLS_PER_NEIGHBOUR) return drop(turn, candidate, 'too-many')
  const displaced = state.pulls.set(genotype, {
    cid: genotype,
    digest,
    candidates: [candidate],
    holders: new Set([candidate.via]),
    asked: new Set(),
    excluded: new Set(),
    askedLast: undefined,
    held: undefined,
    attempts: 0,
    ticket: undefined,
    notBefore: now,
    isSought: false,
    fault: undefined,
  })
  if (displaced !== undefined) giveUp(turn, displaced.value, 'too-many')
  askNext(turn)
}

export function addHolder(state: MemberState, cid: string, peer: PeerId): void {
  const pull = state.pulls.get(cid)
  if (pull === undefined || pull.holders.size >= MAX_HOLDERS || pull.holders.has(peer)) return
  pull.holders.add(peer)
  if (isSeeking(pull)) resume(pull, [peer])
}

/** Whether who handed it over and who signed it have something left of their budgets. What is spent is known only later. */
function isAffordable(turn: Turn, { via, claim }: Candidate): boolean {
  const { state, now } = turn
  const author = authorOf(state, claim.author)
  return recordOf(state, via).evaluations.has(now) && author.evaluations.has(now) && author.bytes.has(now) && mayTry(turn, claim)
}

/**
 * Whether `via` has handed over so many claims without their bodies that a relay should pass on no more of it for now: all
 * the relay's members would ask it for each of them, again and again, and their own pulls would wait behind.
 */
export function owesBodies(state: MemberState, via: PeerId): boolean {
  let owed = 0
  for (const { candidates, attempts, ticket } of state.pulls.values()) if (candidates[0]?.via === via && attempts > 0 && ticket === undefined) owed++
  return owed >= recordOf(state, via).mayOwe
}

/** How many claims of `via` synchronising should ask for now: as many as there are places and evaluations left for it. */
export function roomFor({ state, now }: Turn, via: PeerId): number {
  const places = MAX_CLAIMS_PER_MESSAGE - countOf(state, via)
  return Math.max(0, Math.min(places, recordOf(state, via).evaluations.level(now)))
}

function countOf(state: MemberState, via: PeerId): number {
  let count = 0
  for (const pull of state.pulls.values()) if (pull.candidates[0]?.via === via) count++
  return count
}

/** Sends requests for pulls that are due, while few enough are on their way. */
export function askNext(turn: Turn): void {
  const { state, now } = turn
  if (state.pulls.size === 0) return
  for (const pull of [...state.pulls.values()]) {
    // Each body on its way has a place to wait for its measurement: a slow evaluator slows the pulling.
    if (state.pullTickets.size >= Math.min(MAX_PULLS_IN_FLIGHT, MAX_TRIALS - state.trials.size)) return
    if (pull.ticket !== undefined || now < pull.notBefore) continue
    const holder = nextHolder(turn, pull)
    if (holder !== undefined) ask(turn, pull, holder)
    else if (pull.attempts >= MAX_ATTEMPTS || everyoneExcluded(state, pull)) {
      if (!seekHolders(turn, pull)) giveUp(turn, pull, pull.fault ?? 'unavailable')
    } else {
      // A new round: those who had it announced may have it by now.
      pull.asked.clear()
      pull.attempts++
      pull.notBefore = now + PAUSE_MS
    }
  }
}

function nextHolder({ state, now }: Turn, pull: Pull): PeerId | undefined {
  if (pull.attempts >= MAX_ATTEMPTS) return undefined
  const isFree = (peer: PeerId): boolean =>
    !pull.asked.has(peer) && !pull.excluded.has(peer) && state.neighbours.get(peer)?.received.has(now) === true
  for (const peer of pull.holders) if (isFree(peer)) return peer
  // Only after the announcers, and only one stranger a round: most neighbours will not have it.
  if ([...pull.asked].some((peer) => !pull.holders.has(peer))) return undefined
  const others = [...state.neighbours.keys()].filter(isFree)
  return others.length === 0 ? undefined : others[state.random.integer(others.length)]
}

function everyoneExcluded(state: MemberState, pull: Pull): boolean {
  if (state.neighbours.size === 0) return false // the one who announced it may be listed in a moment
  for (const peer of state.neighbours.keys()) if (!pull.excluded.has(peer)) return false
  return true
}

function ask(turn: Turn, pull: Pull, to: PeerId): void {
  const { state, effects } = turn
  const ticket = newTicket(state)
  pull.ticket = ticket
  pull.attempts++
  pull.asked.add(to)
  pull.askedLast = to
  state.pullTickets.set(ticket, pull.cid)
  // A body that did not come out of a parcel is asked for whole.
  const bases = pull.fault === undefined ? basesFor(state, pull.candidates[0]!.claim) : []
  pull.held = recordOf(state, to).reads < WIRE_VERSION ? undefined : bases
  const held = pull.held === undefined ? {} : { held: pull.held.map(({ digest }) => digest) }
  const bytes = encodeRequest({ kind: 'pull', digest: pull.digest, ...held })
  const maxBytes = state.options.realm.limits.maxBodyBytes + FRAME_BYTES
  effects.push({ kind: 'request', ticket, to, bytes, maxBytes, timeoutMs: PULL_TIMEOUT_MS })
}

/** The directory has named these, and they are neighbours now. */
export function holdersAnswered(turn: Turn, ticket: number, peers: readonly PeerId[]): void {
  if (holdersFound(turn, ticket, peers) !== undefined) askNext(turn)
}

/** @returns whether the ticket was one of ours */
export function pullAnswered(turn: Turn, ticket: number, result: RequestResult): boolean {
  const { state } = turn
  const cid = state.pullTickets.get(ticket)
  if (cid === undefined) return false
  state.pullTickets.delete(ticket)
  const pull = state.pulls.get(cid)
  if (pull?.ticket === ticket) {
    pull.ticket = undefined
    takeAnswer(turn, pull, result)
  }
  askNext(turn)
  return true
}

function takeAnswer(turn: Turn, pull: Pull, result: RequestResult): void {
  const { state, now } = turn
  const from = pull.askedLast!
  if (result.ok) {
    recordOf(state, from).received.spend(now, result.value.length)
    authorOf(state, pull.candidates[0]!.claim.author).bytes.spend(now, result.value.length)
  }
  if (!result.ok && result.reason === 'refused') askOlder(turn, pull, from)
  const body = result.ok ? bodyIn(turn, pull, result.value) : result.reason === 'too-large' ? tooLarge : undefined
  if (body === undefined) return // may have it later, or someone else has
  if (body.ok && state.reading.cidOf(body.value) === pull.cid) {
    state.pulls.delete(pull.cid)
    state.counters.pulled++
    return inspectBody(turn, pull.cid, state.reading.own(body.value), pull.candidates)
  }
  // Whoever answers with other bytes will do so again.
  pull.excluded.add(from)
  pull.fault = body.ok ? 'wrong-content' : body.reason
}

const tooLarge = { ok: false, reason: 'too-large' } as const

/** Perhaps it does not read how we asked: once more, as version 1 has it. */
function askOlder(turn: Turn, pull: Pull, from: PeerId): void {
  const record = recordOf(turn.state, from)
  if (pull.held === undefined) return
  refusedVersion(record, WIRE_VERSION)
  if (record.reads >= WIRE_VERSION) return
  pull.attempts--
  ask(turn, pull, from)
}

/** @returns undefined when the one asked does not have it */
function bodyIn(turn: Turn, pull: Pull, bytes: Uint8Array): BodyResult | undefined {
  const { state } = turn
  const answer = decodeAnswer(bytes)
  if (!answer.ok) return answer
  const { value } = answer
  heardVersion(recordOf(state, pull.askedLast!), versionOf(value))
  if (value.kind === 'pull') return { ok: true, value: value.body }
  if (value.kind !== 'parcel' || pull.held === undefined) return { ok: false, reason: 'malformed' }
  if (value.content.length === 0) return undefined
  const { maxBodyBytes, maxNeurons, maxLinks } = state.options.realm.limits
  const caps = { maxBytes: maxBodyBytes, maxNeurons, maxLinks }
  return unpackBody(value, pull.held.map(({ body }) => body), caps, state.reading.decodeGenotype)
}

/** The content is what the CID says. Is it a genotype, and within the realm's caps? */
function inspectBody(turn: Turn, cid: string, body: Uint8Array, candidates: readonly Candidate[]): void {
  const { state } = turn
  passed(state, 'fetched', candidates.length)
  answerParked(turn, cid, body)
  const { maxBodyBytes, maxLinks, maxNeurons } = state.options.realm.limits
  const decoded = state.reading.decodeGenotype(body)
  const links = decoded.ok ? decoded.value.links.weights.length : 0
  const reason: Refusal | undefined = !decoded.ok
    ? decoded.reason === 'bad-version' ? 'unknown-version' : 'malformed'
    : body.length > maxBodyBytes || links > maxLinks || decoded.value.neurons.length > maxNeurons
      ? 'over-limits'
      : undefined
  if (reason === undefined) {
    passed(state, 'sound', candidates.length)
    return tryBody(turn, cid, body, links, candidates)
  }
  state.known.set(cid, { ok: false, reason })
  // A newer release can read it, and may ask us for it.
  if (reason === 'unknown-version') cacheBody(state, cid, body, false)
  for (const candidate of candidates) {
    if (reason !== 'unknown-version') blameAuthor(turn, candidate.claim)
    countRefusal(turn, reason, candidate)
  }
}

function giveUp(turn: Turn, pull: Pull, reason: Refusal): void {
  const { state } = turn
  state.pulls.delete(pull.cid)
  if (pull.ticket !== undefined) state.pullTickets.delete(pull.ticket)
  answerParked(turn, pull.cid, undefined)
  for (const candidate of pull.candidates) drop(turn, candidate, reason)
}
