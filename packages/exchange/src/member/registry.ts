// Statements on their way through a member: its own are signed and told, others' pass the cheap stages of admission and are
// kept, what neighbours lack is exchanged when comparing says that registries differ.

import type { Refusal } from '../admission/refusal.ts'
import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import { hexText } from '../bytes/text.ts'
import { MAX_ANSWER_BYTES, MAX_STATEMENT_HEADS, MAX_STATEMENTS_PER_MESSAGE } from '../limits.ts'
import type { PeerId, RequestResult, Verdict } from '../ports.ts'
import { BUCKET_BYTES, BUCKETS, bucketOf, compareStatements, createRegistry, STATEMENT_HEAD_LENGTH, type Registry } from '../registry/registry.ts'
import { acceptanceKind } from '../registry/acceptance.ts'
import { banKind, type Ban } from '../registry/ban.ts'
import { revocationKind } from '../identity/revocation.ts'
import { statementKinds } from '../registry/kinds.ts'
import { policyKind } from '../registry/policy-pointer.ts'
import { statementKey, type Declaration, type SignedStatement, type StatementBody } from '../registry/statement.ts'
import { decodeStatement, encodeStatement, statementMessage } from '../registry/statement-codec.ts'
import { dropRow, keepRow } from '../registry/statement-rows.ts'
import { decodeAnswer, encodeRequest, type Request } from '../wire/messages.ts'
import type { Ticket } from './events.ts'
import { nameDescendants } from './ban-descendants.ts'
import { enforce, reconsider } from './governance.ts'
import { recordOf } from './neighbour-record.ts'
import { hurry } from './pace.ts'
import { respond } from './park.ts'
import { wantPolicy } from './policy.ts'
import { countRefusal, newTicket, type MemberState, type Turn } from './state.ts'

/** What a member remembers about statements under way. */
export interface StatementTraffic {
  /** Own statements that wait for their signature. */
  readonly signing: Map<Ticket, { readonly body: StatementBody; readonly signer: string; readonly delegation: Uint8Array | undefined }>
  readonly checks: BoundedMap<Ticket, PendingStatement>
  /** Heads of statements whose fate is decided and that are not kept: replaced, not entitled, too many. */
  decided: BoundedMap<string, true>
  /** What one author may say on the channel. */
  readonly rates: BoundedMap<string, TokenBucket>
  /** The exchange under way. */
  ticket: Ticket | undefined
  partner: PeerId | undefined
}

interface PendingStatement {
  readonly statement: SignedStatement
  readonly value: unknown
  readonly via: PeerId
  readonly delivery: string | undefined
  readonly since: number
}

const MAX_SIGNING = 64
const MAX_CHECKS = 256
export const MAX_DECIDED = 8_192
const MAX_AUTHORS = 4_096
const CHECK_TIMEOUT_MS = 4_000
const EXCHANGE_TIMEOUT_MS = 5_000
/** Of one author on the channel; what is beyond comes by synchronising. */
const STATEMENTS_BURST = 64
const STATEMENTS_PER_SECOND = 2
/** Who brings what is handed to us directly: no peer id is empty. */
const SELF: PeerId = ''
const LOWEST_HEAD = '0'.repeat(STATEMENT_HEAD_LENGTH)
const HIGHEST_HEAD = 'f'.repeat(STATEMENT_HEAD_LENGTH)

const blamed: ReadonlySet<Refusal> = new Set<Refusal>(['too-large', 'malformed', 'wrong-realm', 'bad-signature'])

export function createTraffic(): StatementTraffic {
  return {
    signing: new Map(),
    checks: createBoundedMap(MAX_CHECKS),
    decided: createBoundedMap(MAX_DECIDED),
    rates: createBoundedMap(MAX_AUTHORS),
    ticket: undefined,
    partner: undefined,
  }
}

/** The registry as the archive remembers it. @param envelopes whose signatures were checked before they were stored */
export function restoreRegistry(realm: MemberState['options']['realm'], realmId: string, envelopes: readonly Uint8Array[]): Registry {
  const registry = createRegistry(statementKinds)
  for (const envelope of envelopes) {
    const decoded = decodeStatement(envelope)
    if (!decoded.ok || decoded.value.statement.realm !== realmId) continue
    const { statement } = decoded.value
    const kind = registry.kinds.get(statement.kind)
    const value = kind?.decode(statement)
    if (kind !== undefined && value !== undefined && kind.isEntitled(statement, realm, registry)) registry.raise(statement, value)
  }
  return registry
}

/** Signs and tells what this member has to say. Nothing happens without an identity, or when the realm does not entitle it. */
export function declare(turn: Turn, declaration: Declaration): void {
  const { state, effects } = turn
  const { identity } = state.options
  const kind = state.registry.kinds.get(declaration.kind)
  if (kind === undefined) throw new RangeError(`A statement must be of a known kind, got ${declaration.kind}`)
  if (identity === undefined || state.statements.signing.size >= MAX_SIGNING) return
  const author = hexText(identity.owner)
  const byOwner = kind.signedBy === 'owner'
  const signer = byOwner ? author : hexText(identity.device)
  const delegation = byOwner ? undefined : identity.delegation
  const before = state.registry.at(statementKey({ ...declaration, signer }))
  const revision = Math.max(declaration.revision ?? 1, (before?.revision ?? 0) + 1)
  const { subject, content } = declaration
  const body: StatementBody = { kind: kind.kind, subject, content, revision, realm: state.realmId, author, time: turn.wall }
  const ticket = newTicket(state)
  state.statements.signing.set(ticket, { body, signer, delegation })
  effects.push({ kind: 'sign', ticket, message: statementMessage(body, delegation), ...(byOwner ? { as: 'owner' as const } : {}) })
}

/** A statement that was signed elsewhere and is handed to us: on its way like a neighbour's, and told on once it is kept. */
export function tell(turn: Turn, bytes: Uint8Array): void {
  receiveStatement(turn, bytes, SELF, undefined)
}

/** @returns whether the ticket was ours */
export function statementSigned(turn: Turn, ticket: Ticket, signature: Uint8Array): boolean {
  const { state } = turn
  const pending = state.statements.signing.get(ticket)
  if (pending === undefined) return false
  state.statements.signing.delete(ticket)
  const { body, signer, delegation } = pending
  const decoded = decodeStatement(encodeStatement(body, signer, signature, delegation))
  if (!decoded.ok) throw new RangeError(`A statement that was just made must decode, got ${decoded.reason}`)
  const { statement } = decoded.value
  const kind = state.registry.kinds.get(statement.kind)!
  const value = kind.decode(statement)
  if (value === undefined) throw new RangeError(`A statement must be what its kind reads, got a ${statement.kind} that is not`)
  const reason = kind.isEntitled(statement, state.options.realm, state.registry) ? keep(turn, statement, value, undefined) : 'not-entitled'
  if (reason !== undefined) {
    countRefusal(turn, reason, { via: SELF })
    return true
  }
  turn.effects.push({ kind: 'publish', bytes: statement.envelope })
  if (statement.kind === banKind.kind) {
    const dropped = turn.effects.flatMap((effect) => (effect.kind === 'drop' ? [effect.entry] : []))
    nameDescendants(turn, statement, value as Ban, dropped)
  }
  return true
}

/** First look at a stranger's statement, from the channel (with a `delivery` that wants a verdict) or from an answer. */
export function receiveStatement(turn: Turn, bytes: Uint8Array, via: PeerId, delivery: string | undefined): void {
  const { state, now, effects } = turn
  const decoded = decodeStatement(bytes)
  if (!decoded.ok) return refuse(turn, decoded.reason, via, delivery)
  const { statement, checks } = decoded.value
  if (statement.realm !== state.realmId) return refuse(turn, 'wrong-realm', via, delivery)
  const { registry, statements } = state
  const kind = registry.kinds.get(statement.kind)
  if (kind === undefined) return refuse(turn, 'unknown-version', via, delivery)
  if (registry.has(statement.id) || statements.decided.has(headOf(statement))) return refuse(turn, 'duplicate', via, delivery)
  const { announcements, offers } = recordOf(state, via)
  // Whoever runs this member need not be slowed down by it.
  if (via !== SELF && !(delivery === undefined ? offers : announcements).take(now)) return refuse(turn, 'too-many', via, delivery)
  const value = kind.decode(statement)
  if (value === undefined || (kind.signedBy === 'owner') !== (statement.signer === statement.author)) {
    return refuse(turn, 'malformed', via, delivery)
  }
  const reason = faultOf(state, statement)
  if (reason !== undefined) return settle(turn, statement, reason, via, delivery)
  for (const { statement: other } of statements.checks.values()) {
    if (other.id === statement.id) return refuse(turn, 'duplicate', via, delivery)
  }
  const ticket = newTicket(state)
  const displaced = statements.checks.set(ticket, { statement, value, via, delivery, since: now })
  if (displaced !== undefined) refuse(turn, 'too-many', displaced.value.via, displaced.value.delivery)
  effects.push({ kind: 'check-signature', ticket, checks: [...checks, ...(kind.checks?.(value, statement) ?? [])] })
}

/** @returns whether the ticket was ours */
export function statementChecked(turn: Turn, ticket: Ticket, valid: boolean): boolean {
  const { state, now, effects } = turn
  const pending = state.statements.checks.get(ticket)
  if (pending === undefined) return false
  state.statements.checks.delete(ticket)
  const { statement, value, via, delivery } = pending
  if (!valid) {
    refuse(turn, 'bad-signature', via, delivery)
    return true
  }
  if (delivery !== undefined && !rateOf(state, statement.author).take(now)) {
    refuse(turn, 'too-many', via, delivery)
    return true
  }
  const reason = faultOf(state, statement) ?? keep(turn, statement, value, via)
  if (reason !== undefined) {
    settle(turn, statement, reason, via, delivery)
    return true
  }
  if (delivery !== undefined) effects.push({ kind: 'verdict', id: delivery, verdict: 'forward' })
  else {
    hurry(state)
    // Others around us may lack it as we did.
    if (via === SELF || state.sync.reannounce.take(now)) effects.push({ kind: 'publish', bytes: statement.envelope })
  }
  return true
}

/** What is wrong with a statement that its signer did sign. */
function faultOf({ registry, options }: MemberState, statement: SignedStatement): Refusal | undefined {
  const before = registry.at(statementKey(statement))
  if (before !== undefined && compareStatements(before, statement) <= 0) return 'replayed'
  return registry.kinds.get(statement.kind)!.isEntitled(statement, options.realm, registry) ? undefined : 'not-entitled'
}

/** @returns why it is not kept */
function keep(turn: Turn, statement: SignedStatement, value: unknown, via: PeerId | undefined): Refusal | undefined {
  const { state, effects } = turn
  const { raised, dropped } = state.registry.raise(statement, value)
  if (!raised) return 'too-many'
  state.counters.stated++
  const key = statementKey(statement)
  for (const old of dropped) state.statements.decided.set(headOf(old), true)
  const changes = [keepRow(statement), ...dropped.filter((old) => statementKey(old) !== key).map(dropRow)]
  effects.push({ kind: 'store', changes }, { kind: 'notice', notice: { kind: 'stated', statement } })
  if (statement.kind === banKind.kind) {
    enforce(turn)
    // A ban that was lifted lets in what it kept out.
    reconsider(state)
  }
  // Many may join at once: whom that costs a place is worked out once a heartbeat.
  if (statement.kind === acceptanceKind.kind || statement.kind === revocationKind.kind) state.isRuleDue = true
  if (statement.kind === policyKind.kind) wantPolicy(turn, via)
  return undefined
}

/** Decided for good, as far as this registry and policy go: synchronising need not bring it again. */
function settle(turn: Turn, statement: SignedStatement, reason: Refusal, via: PeerId, delivery: string | undefined): void {
  turn.state.statements.decided.set(headOf(statement), true)
  refuse(turn, reason, via, delivery)
}

function refuse(turn: Turn, reason: Refusal, via: PeerId, delivery: string | undefined): void {
  countRefusal(turn, reason, { via })
  if (blamed.has(reason)) recordOf(turn.state, via).faults++
  const verdict: Verdict = blamed.has(reason) ? 'reject' : 'ignore'
  if (delivery !== undefined) turn.effects.push({ kind: 'verdict', id: delivery, verdict })
}

function rateOf({ statements }: MemberState, author: string): TokenBucket {
  const bucket = statements.rates.get(author) ?? createTokenBucket(STATEMENTS_BURST, STATEMENTS_PER_SECOND)
  statements.rates.set(author, bucket)
  return bucket
}

/** Checks that nobody answered. */
export function expireStatements(turn: Turn): void {
  const { state, now } = turn
  for (const [ticket, { via, delivery, since }] of state.statements.checks.entries()) {
    if (now - since < CHECK_TIMEOUT_MS) break
    state.statements.checks.delete(ticket)
    refuse(turn, 'too-many', via, delivery)
  }
}

/**
 * Registries differ: asks `partner` for what we lack.
 * @param theirs digests of the parts of their registry; undefined when they did not say
 */
export function exchangeStatements(turn: Turn, partner: PeerId, theirs: Uint8Array | undefined): void {
  const { state } = turn
  if (state.statements.ticket !== undefined) return
  const { from, to } = differingRange(state, theirs)
  const heads = state.registry.heads().filter((head) => head >= from && head <= to)
  // Too many to name at once: the range ends earlier, and the next exchange begins elsewhere.
  const named = heads.slice(0, MAX_STATEMENT_HEADS)
  const last = named.length < heads.length ? named.at(-1)! : to
  ask(turn, partner, { kind: 'statements', statements: [], from, to: last, heads: named })
}

function differingRange(state: MemberState, theirs: Uint8Array | undefined): { readonly from: string; readonly to: string } {
  const whole = { from: LOWEST_HEAD, to: HIGHEST_HEAD }
  if (state.registry.size <= MAX_STATEMENT_HEADS || theirs === undefined) return whole
  const ours = state.registry.buckets()
  const differing: number[] = []
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const from = bucket * BUCKET_BYTES
    if (ours.subarray(from, from + BUCKET_BYTES).some((byte, i) => byte !== theirs[from + i])) differing.push(bucket)
  }
  if (differing.length === 0) return whole
  const start = differing[state.random.integer(differing.length)]!
  const inStart = state.registry.heads().filter((head) => bucketOf(head) === start)
  // A part that cannot be named at once is walked from a random place in it.
  const from = inStart.length > MAX_STATEMENT_HEADS ? inStart[state.random.integer(inStart.length)]! : headAt(start)
  return { from, to: HIGHEST_HEAD }
}

function headAt(bucket: number): string {
  return (bucket * 4).toString(16).padStart(2, '0').padEnd(STATEMENT_HEAD_LENGTH, '0')
}

function ask(turn: Turn, to: PeerId, request: Request): void {
  const { state, effects } = turn
  const ticket = newTicket(state)
  state.statements.ticket = ticket
  state.statements.partner = to
  effects.push({ kind: 'request', ticket, to, bytes: encodeRequest(request), maxBytes: MAX_ANSWER_BYTES, timeoutMs: EXCHANGE_TIMEOUT_MS })
}

/** @returns whether the ticket was ours */
export function statementsAnswered(turn: Turn, ticket: Ticket, result: RequestResult): boolean {
  const { state } = turn
  const { statements, registry } = state
  const { partner } = statements
  if (statements.ticket !== ticket || partner === undefined) return false
  statements.ticket = undefined
  statements.partner = undefined
  if (!result.ok) return true
  const answer = decodeAnswer(result.value)
  if (!answer.ok || answer.value.kind !== 'statements') {
    recordOf(state, partner).faults++
    countRefusal(turn, answer.ok ? 'malformed' : answer.reason, { via: partner })
    return true
  }
  for (const bytes of answer.value.statements) receiveStatement(turn, bytes, partner, undefined)
  const wanted = answer.value.wants.flatMap((head) => registry.byHead(head)?.envelope ?? [])
  if (wanted.length > 0) ask(turn, partner, { kind: 'statements', statements: wanted, from: HIGHEST_HEAD, to: LOWEST_HEAD, heads: [] })
  return true
}

/** What the asker lacks in its range, and what we lack of what it named. */
export function serveStatements(turn: Turn, ticket: number, from: PeerId, request: Request & { readonly kind: 'statements' }): void {
  const { registry, statements } = turn.state
  const theirs = new Set(request.heads)
  const lacking = registry.heads().filter((head) => head >= request.from && head <= request.to && !theirs.has(head))
  const wants = request.heads.filter((head) => registry.byHead(head) === undefined && !statements.decided.has(head))
  respond(turn, ticket, {
    kind: 'statements',
    statements: lacking.slice(0, MAX_STATEMENTS_PER_MESSAGE).map((head) => registry.byHead(head)!.envelope),
    wants: wants.slice(0, MAX_STATEMENTS_PER_MESSAGE),
  })
  for (const bytes of request.statements) receiveStatement(turn, bytes, from, undefined)
}

function headOf({ id }: Pick<SignedStatement, 'id'>): string {
  return id.slice(0, STATEMENT_HEAD_LENGTH)
}
