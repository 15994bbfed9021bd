// Anti-entropy: gossip alone does not converge. Every ten seconds or so one random neighbour compares archives with us;
// after a change of neighbours or a difference every heartbeat does, until two of them agree. Both sides learn.

import { headId, headOf, type Head, type TaskHeads } from '../archive/heads.ts'
import { nicheName } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import { MAX_ANSWER_BYTES } from '../limits.ts'
import type { PeerId, RequestResult } from '../ports.ts'
import { decodeAnswer, encodeRequest, versionOf, WIRE_VERSION, type Answer, type Request } from '../wire/messages.ts'
import { receive } from './admit.ts'
import { heardVersion, recordOf, refusedVersion } from './neighbour-record.ts'
import { isFormerVersion } from './outdated.ts'
import { hurry } from './pace.ts'
import { roomFor } from './pull.ts'
import { exchangeStatements } from './registry.ts'
import { currentRoot, envelopesOf } from './serve.ts'
import { countRefusal, newTicket, type MemberState, type Turn } from './state.ts'
import { isWanted } from './subscription.ts'

/** Neighbours that must agree before the pace slows down. */
const ENOUGH_AGREEMENTS = 2
const SLOW_PACE_MS = 10_000
/** Of a member that saves data: what it misses by gossip it learns within the minute. */
const THRIFTY_PACE_MS = 40_000
/** Random part of the slow pace, so that a mesh does not beat as one. */
const PACE_JITTER_MS = 4_000
const TIMEOUT_MS = 5_000
/** Unasked claims in one request: the other side compares too, and asks for what it has room for. */
const MAX_OFFERED = 16
const REOFFER_AFTER_MS = 60_000
/** A neighbour that hands over broken claims is not asked for more. */
const MAX_FAULTS = 8

export function synchroniseOnHeartbeat(turn: Turn): void {
  const { state, now } = turn
  const { sync } = state
  if (sync.ticket !== undefined) return
  const enough = Math.min(state.isThrifty ? 1 : ENOUGH_AGREEMENTS, state.neighbours.size)
  if (sync.agreed.size >= enough) {
    sync.fastBeats = 0
    sync.isWeary = false
  }
  if (sync.fastBeats > 0) {
    sync.fastBeats--
    sync.isWeary = sync.fastBeats === 0
  } else if (now < sync.nextAt) return
  const partner = choosePartner(turn)
  if (partner === undefined) return
  sync.nextAt = now + (state.isThrifty ? THRIFTY_PACE_MS : SLOW_PACE_MS) + state.random.integer(PACE_JITTER_MS)
  const isOld = recordOf(state, partner).reads < WIRE_VERSION
  ask(turn, partner, 'compare', { kind: 'compare', root: currentRoot(state), ...(isOld ? {} : { registry: state.registry.root() }) })
}

function choosePartner({ state, now }: Turn): PeerId | undefined {
  const neighbours = [...state.neighbours]
  const usable = neighbours.filter(([, { faults, received }]) => faults < MAX_FAULTS && received.has(now)).map(([peer]) => peer)
  const unsure = usable.filter((peer) => !state.sync.agreed.has(peer))
  const choice = unsure.length > 0 ? unsure : usable
  return choice.length === 0 ? undefined : choice[state.random.integer(choice.length)]
}

function ask(turn: Turn, to: PeerId, step: 'compare' | 'offer', request: Request): void {
  const { state, effects } = turn
  const ticket = newTicket(state)
  Object.assign(state.sync, { ticket, partner: to, step })
  effects.push({ kind: 'request', ticket, to, bytes: encodeRequest(request), maxBytes: MAX_ANSWER_BYTES, timeoutMs: TIMEOUT_MS })
}

/** @returns whether the ticket was ours */
export function syncAnswered(turn: Turn, ticket: number, result: RequestResult): boolean {
  const { state, now, effects } = turn
  const { sync } = state
  if (sync.ticket !== ticket || sync.partner === undefined) return false
  const { partner, step } = sync
  sync.ticket = undefined
  sync.partner = undefined
  if (!result.ok) {
    if (result.reason === 'refused' && step === 'compare') refusedVersion(recordOf(state, partner), WIRE_VERSION)
    return true
  }
  recordOf(state, partner).received.spend(now, result.value.length)
  const answer = decodeAnswer(result.value)
  if (answer.ok) heardVersion(recordOf(state, partner), versionOf(answer.value))
  if (!answer.ok || answer.value.kind !== step) {
    const neighbour = state.neighbours.get(partner)
    if (neighbour !== undefined) neighbour.faults++
    countRefusal(turn, answer.ok ? 'malformed' : answer.reason, { via: partner })
  } else if (answer.value.kind === 'compare') {
    compared(turn, partner, answer.value)
  } else if (answer.value.kind === 'offer') {
    const { claims } = answer.value
    effects.push({ kind: 'notice', notice: { kind: 'synchronised', with: partner, received: claims.length } })
    for (const claim of claims) receive(turn, claim, partner, undefined)
  }
  return true
}

function compared(turn: Turn, partner: PeerId, { root, tasks, registry, buckets }: Answer & { readonly kind: 'compare' }): void {
  const { state } = turn
  const { sync } = state
  state.counters.comparisons++
  const isRegistrySame = registry === undefined || registry === state.registry.root()
  if (!isRegistrySame) exchangeStatements(turn, partner, buckets)
  const { wants, offers } = root === currentRoot(state) ? { wants: [], offers: [] } : difference(turn, partner, tasks)
  const isArchiveSame = wants.length === 0 && offers.length === 0
  if (isArchiveSame && isRegistrySame) return agree(state, partner)
  // A difference starts the fast pace, but only what is learned from it keeps it going.
  if (sync.fastBeats === 0 && !sync.isWeary) hurry(state)
  sync.agreed.clear()
  if (isArchiveSame) return
  ask(turn, partner, 'offer', { kind: 'offer', claims: offers.flatMap(envelopesOf), wants })
}

function agree(state: MemberState, partner: PeerId): void {
  state.counters.agreements++
  state.sync.agreed.add(partner)
}

interface Difference {
  /** Head ids. */
  readonly wants: readonly string[]
  readonly offers: readonly Entry[]
}

/** What they have that seems better or unknown, the best first; what we have that they lack or hold worse. */
function difference(turn: Turn, partner: PeerId, tasks: readonly TaskHeads[]): Difference {
  const { state, now } = turn
  const theirs = new Map<string, Head>()
  /** Under versions that cannot be compared with ours: worth a look, after what can be. */
  const former: Head[] = []
  /** What they run differs from what we run: they cannot judge what we have. */
  const others = new Set<string>()
  for (const { task, evaluator, heads } of tasks) {
    const wanted = heads.filter(({ niche, fitness }) => isWanted(state, { task, fitness, niche }))
    if (state.evaluators.get(task) === evaluator) for (const head of wanted) theirs.set(nicheName(task, evaluator, head.niche), head)
    else others.add(task)
    if (isFormerVersion(state, task, evaluator)) former.push(...heads)
  }
  for (const { task, evaluator } of tasks) if (state.evaluators.get(task) === evaluator) others.delete(task)
  const offered = state.neighbours.get(partner)?.offered
  const offers: Entry[] = []
  for (const [key, entry] of state.niches) {
    const mine = headOf(entry)
    const other = theirs.get(key)
    if (other !== undefined && (other.id === mine.id || other.fitness < mine.fitness)) theirs.delete(key)
    if (others.has(entry.claim.task) || (other !== undefined && (other.id === mine.id || other.fitness > mine.fitness))) continue
    if (now - (offered?.get(mine.id) ?? Number.NEGATIVE_INFINITY) >= REOFFER_AFTER_MS) offers.push(entry)
  }
  offers.sort((a, b) => b.claim.fitness - a.claim.fitness).splice(MAX_OFFERED)
  for (const { claim } of offers) offered?.set(headId(claim.id), now)
  const best = [...theirs.values()].sort((a, b) => b.fitness - a.fitness)
  const wants = [...best, ...former].map(({ id }) => id).filter((id) => !state.seenHeads.has(id)).slice(0, roomFor(turn, partner))
  for (const id of wants) state.rescore.asked.set(id, true)
  return { wants, offers }
}
