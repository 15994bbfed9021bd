// The auditor in a member: it visits neighbours, reads their new receipts, has a sample of them run again and keeps account.
// One visit at a time, and no more than a small share of what this member computes itself.

import type { ReplayOutcome } from '../credit/replay.ts'
import { auditDeclaration, auditKind } from '../credit/credit-kinds.ts'
import { decodeReceipt } from '../credit/receipt-codec.ts'
import type { Receipt } from '../credit/receipt.ts'
import { planAudit } from '../credit/plan.ts'
import { concluded, createStanding, epochOf, type AuditEnd, type Batch, type Standing } from '../credit/standing.ts'
import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import { hexText } from '../bytes/text.ts'
import { MAX_ANSWER_BYTES } from '../limits.ts'
import type { PeerId, RequestResult } from '../ports.ts'
import { decodeAnswer, encodeRequest, type Request } from '../wire/messages.ts'
import type { SignatureCheck, Ticket } from './events.ts'
import { SHOWN_MS } from './credit.ts'
import { declare } from './registry.ts'
import { recordOf } from './neighbour-record.ts'
import { countRefusal, newTicket, type MemberState, type Turn } from './state.ts'

interface Visit {
  readonly peer: PeerId
  readonly startedAt: number
  /** When the present replay was asked for, and what all of this visit took, ms. */
  replayAt: number
  replayMs: number
  ticket: Ticket
  /** Set once receipts were read. */
  key: string
  batch: Batch | undefined
  /** Checked receipts that wait for their signatures. */
  read: readonly Receipt[]
  /** Drawn and not yet run again. */
  due: Receipt[]
  readonly held: Receipt[]
  skipped: readonly Receipt[]
}

export interface AuditState {
  /** By device and task. */
  readonly standings: BoundedMap<string, Standing>
  /** The chain that a neighbour had last. */
  readonly chains: BoundedMap<PeerId, string>
  /** When a neighbour was last visited, ms. */
  readonly visited: BoundedMap<PeerId, number>
  /** When a standing was last told, and the pause until it may be again, ms. */
  readonly told: BoundedMap<string, { readonly at: number; readonly pauseMs: number }>
  visit: Visit | undefined
  /** Link operations: of our own receipts, of the largest of them, and of those of others that were run again. */
  readonly spending: { own: number; largest: number; spent: number }
  /** The one neighbour that an island audits until it goes. */
  auditee: PeerId | undefined
  /** How many neighbours were left to other auditors. */
  passed: number
  /** Decides the draws; made when it is first needed. */
  secret: Uint8Array | undefined
  /** No visit before, ms. */
  restUntil: number
}

export const MAX_STANDINGS = 1_024
/** Of an island's own work, what it spends on audits. */
const SHARE = 0.02
/** Own receipts that it spends in advance: the first ten of a newcomer are all run again. */
const LOAN_RECEIPTS = 10
/** A neighbour is visited no more often. */
const REVISIT_MS = 60_000
/** One that had nothing new is asked again after so long. */
const EMPTY_REVISIT_MS = 10_000
/** A relay rests so many times as long as replays took: a fifth of its evaluator goes to audits. */
const RELAY_REST = 4
const TIMEOUT_MS = 5_000
const MAX_FAULTS = 8
const MAX_PASSED = 8
/** An audit that ends so many receipts ago, two hours of a quarter of a core, is still going on: it is told once an hour. */
const RECENT_RECEIPTS = 180
const FIRST_TELL_MS = 30_000
const LONGEST_TELL_MS = 3_600_000

export function createAudits(): AuditState {
  return {
    standings: createBoundedMap(MAX_STANDINGS),
    chains: createBoundedMap(MAX_STANDINGS),
    visited: createBoundedMap(MAX_STANDINGS),
    told: createBoundedMap(MAX_STANDINGS),
    visit: undefined,
    spending: { own: 0, largest: 0, spent: 0 },
    auditee: undefined,
    passed: 0,
    secret: undefined,
    restUntil: 0,
  }
}

/** Own work earns the right to check that of others. */
export function earnBudget(state: MemberState, work: number): void {
  const { spending } = state.audits
  spending.own += work
  spending.largest = Math.max(spending.largest, work)
}

export function auditOnHeartbeat(turn: Turn): void {
  const { state, now } = turn
  const { audits } = state
  if (audits.visit !== undefined) {
    if (now - audits.visit.startedAt > SHOWN_MS) leave(turn)
    return
  }
  if (now < audits.restUntil) return
  const peer = chooseAuditee(turn)
  if (peer === undefined) return
  audits.visited.set(peer, now)
  const key = audits.chains.get(peer) ?? ''
  const tip = audits.standings.get(key)?.tip
  const visit: Visit = { peer, startedAt: now, replayAt: now, replayMs: 0, ticket: 0, key, batch: undefined, read: [], due: [], held: [], skipped: [] }
  audits.visit = visit
  ask(turn, visit, { kind: 'receipts', task: tip?.task ?? '', after: tip?.number ?? 0 })
}

/** A relay goes round; an island stays with one: if all audited all, the share would be spent many times over. */
function chooseAuditee({ state, now }: Turn): PeerId | undefined {
  const { audits } = state
  const isReady = (peer: PeerId): boolean => now - (audits.visited.get(peer) ?? Number.NEGATIVE_INFINITY) >= REVISIT_MS
  const isRelay = state.options.role === 'relay'
  if (!isRelay && audits.spending.own === 0) return undefined
  const { auditee } = audits
  if (!isRelay && auditee !== undefined && state.neighbours.has(auditee)) return isReady(auditee) ? auditee : undefined
  const peers = [...state.neighbours].filter(([peer, { faults }]) => faults < MAX_FAULTS && isReady(peer)).map(([peer]) => peer)
  if (peers.length === 0) return undefined
  const peer = peers[state.random.integer(peers.length)]!
  audits.auditee = peer
  return peer
}

/** Somebody else audits this device already: an island looks for one that nobody does, a few times. */
function mayLeaveToOthers({ options, audits, registry }: MemberState, { key }: Visit, { device, task, number }: Receipt): boolean {
  if (options.role === 'relay' || audits.standings.has(key) || audits.passed >= MAX_PASSED) return false
  const own = options.identity === undefined ? '' : hexText(options.identity.device)
  const isAudited = registry.of(auditKind).some(({ statement, value }) =>
    statement.signer !== own && value.device === device && value.task === task && value.last + RECENT_RECEIPTS >= number)
  if (isAudited) audits.passed++
  return isAudited
}

function canAfford({ options, audits: { spending } }: MemberState, work: number): boolean {
  return options.role === 'relay' || spending.spent + work <= SHARE * spending.own + LOAN_RECEIPTS * spending.largest
}

function secretOf(state: MemberState): Uint8Array {
  state.audits.secret ??= Uint8Array.from({ length: 16 }, () => state.random.integer(256))
  return state.audits.secret
}

function ask(turn: Turn, visit: Visit, request: Request): void {
  visit.ticket = newTicket(turn.state)
  const bytes = encodeRequest(request)
  turn.effects.push({ kind: 'request', ticket: visit.ticket, to: visit.peer, bytes, maxBytes: MAX_ANSWER_BYTES, timeoutMs: TIMEOUT_MS })
}

function leave(turn: Turn): void {
  const { state, now } = turn
  const { visit } = state.audits
  if (visit === undefined) return
  if (state.options.role === 'relay') state.audits.restUntil = now + RELAY_REST * visit.replayMs
  state.audits.visit = undefined
}

/** @returns whether the ticket was ours */
export function auditAnswered(turn: Turn, ticket: Ticket, result: RequestResult): boolean {
  const { visit } = turn.state.audits
  if (visit?.ticket !== ticket) return false
  const answer = result.ok ? decodeAnswer(result.value) : undefined
  if (answer !== undefined && !answer.ok) {
    recordOf(turn.state, visit.peer).faults++
    countRefusal(turn, answer.reason, { via: visit.peer })
  }
  if (answer?.ok === true && answer.value.kind === 'receipts' && visit.batch === undefined) read(turn, visit, answer.value.receipts)
  else if (answer?.ok === true && answer.value.kind === 'replay' && visit.due.length > 0) runAgain(turn, visit, answer.value)
  // It is still there and does not give what it must have: as bad as a receipt that does not hold.
  else if (!result.ok && result.reason === 'refused' && visit.due.length > 0) conclude(turn, visit, 'withheld')
  else leave(turn)
  return true
}

function read(turn: Turn, visit: Visit, envelopes: readonly Uint8Array[]): void {
  const { state, effects } = turn
  const decoded = envelopes.map(decodeReceipt)
  const receipts = decoded.flatMap((one) => (one.ok ? one.value.receipt : []))
  const [first] = receipts
  if (first === undefined && envelopes.length === 0) {
    // It has done nothing, or nothing new: an island looks for another one when it never had anything.
    if (!state.audits.chains.has(visit.peer)) state.audits.auditee = undefined
    state.audits.visited.set(visit.peer, turn.now - REVISIT_MS + EMPTY_REVISIT_MS)
    return leave(turn)
  }
  const isOneChain = first !== undefined && receipts.length === envelopes.length && receipts.every(({ device, task, realm, number }, i) =>
    device === first.device && task === first.task && realm === state.realmId && (i === 0 || number > receipts[i - 1]!.number))
  if (!isOneChain) {
    recordOf(state, visit.peer).faults++
    countRefusal(turn, 'malformed', { via: visit.peer })
    return leave(turn)
  }
  const { identity } = state.options
  const isOwn = identity !== undefined && first.author === hexText(identity.owner)
  if (isOwn || state.evaluators.get(first.task) !== first.evaluator) {
    state.audits.auditee = undefined
    return leave(turn)
  }
  visit.key = `${first.device}/${first.task}`
  visit.read = receipts
  visit.ticket = newTicket(state)
  const checks: SignatureCheck[] = decoded.flatMap((one) => (one.ok ? one.value.checks : []))
  effects.push({ kind: 'check-signature', ticket: visit.ticket, checks })
}

/** @returns whether the ticket was ours */
export function receiptsChecked(turn: Turn, ticket: Ticket, valid: boolean): boolean {
  const { state } = turn
  const { visit } = state.audits
  if (visit?.ticket !== ticket) return false
  const [first] = visit.read
  if (!valid || first === undefined) {
    recordOf(state, visit.peer).faults++
    countRefusal(turn, 'bad-signature', { via: visit.peer })
    leave(turn)
    return true
  }
  if (mayLeaveToOthers(state, visit, first)) {
    state.audits.auditee = undefined
    leave(turn)
    return true
  }
  state.audits.chains.set(visit.peer, visit.key)
  const standing = state.audits.standings.get(visit.key) ?? createStanding(first, epochOf(turn.wall))
  const plan = planAudit(standing, visit.read, secretOf(state), (work) => canAfford(state, work))
  visit.batch = plan.batch
  visit.due = [...plan.due]
  visit.skipped = plan.skipped
  askNextReplay(turn, visit)
  return true
}

function askNextReplay(turn: Turn, visit: Visit): void {
  const [next] = visit.due
  if (next === undefined) return conclude(turn, visit, 'held')
  ask(turn, visit, { kind: 'replay', task: next.task, number: next.number })
}

function runAgain(turn: Turn, visit: Visit, given: { readonly state: Uint8Array; readonly bodies: readonly Uint8Array[] }): void {
  const { state, now, effects } = turn
  const receipt = visit.due[0]!
  state.audits.spending.spent += receipt.work
  visit.ticket = newTicket(state)
  visit.replayAt = now
  effects.push({
    kind: 'replay', ticket: visit.ticket, receipt, before: given.state, bodies: given.bodies, maxCost: state.options.realm.limits.maxCost,
  })
}

/** @param outcome undefined when our own worker could not do it: nobody's fault */
export function replayed(turn: Turn, ticket: Ticket, outcome: ReplayOutcome | undefined): void {
  const { state, now } = turn
  const { visit } = state.audits
  if (visit?.ticket !== ticket) return
  visit.replayMs += Math.max(0, now - visit.replayAt)
  const receipt = visit.due.shift()
  if (receipt === undefined || outcome === undefined) return leave(turn)
  state.counters.audited++
  if (outcome.fault !== undefined) {
    turn.effects.push({ kind: 'notice', notice: { kind: 'audited', receipt, fault: outcome.fault } })
    return conclude(turn, visit, 'failed')
  }
  visit.held.push(receipt)
  askNextReplay(turn, visit)
}

function conclude(turn: Turn, visit: Visit, ended: AuditEnd): void {
  const { state } = turn
  const { batch, held, skipped, key } = visit
  const [first] = visit.read
  leave(turn)
  if (batch === undefined || first === undefined) return
  const standing = state.audits.standings.get(key) ?? createStanding(first, epochOf(turn.wall))
  // The span that ends here is told as it stands.
  if (batch.spanFrom !== undefined && standing.last >= standing.first) declare(turn, auditDeclaration(standing))
  const next = concluded(standing, batch, { held, skipped, ended, epoch: epochOf(turn.wall) })
  state.audits.standings.set(key, next)
  tell(turn, key, next)
}

/** A failure at once, anything else soon at first and then ever more rarely. */
function tell(turn: Turn, key: string, standing: Standing): void {
  const { state, now } = turn
  const { told } = state.audits
  const before = told.get(key)
  const isNews = standing.last >= standing.first && (before === undefined || now - before.at >= before.pauseMs || standing.isVoid)
  if (!isNews) return
  told.set(key, { at: now, pauseMs: Math.min(LONGEST_TELL_MS, before === undefined ? FIRST_TELL_MS : 2 * before.pauseMs) })
  declare(turn, auditDeclaration(standing))
}

/** Everything this member holds of others' chains. */
export function standingsOf(state: MemberState): readonly Standing[] {
  return [...state.audits.standings.values()]
}
