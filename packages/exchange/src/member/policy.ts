// A newer policy on its way: the owner's pointer names it, a neighbour gives the document, its signature is checked, and from
// then on everything obeys it.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { createBoundedMap } from '../admission/bounded-map.ts'
import { MAX_REALM_BYTES } from '../limits.ts'
import type { PeerId, RequestResult } from '../ports.ts'
import type { Realm } from '../realm/realm.ts'
import { cidFromDigest } from '../claim/cid-digest.ts'
import { decodeRealm } from '../realm/realm-codec.ts'
import { policyDeclaration, policyKind, type PolicyPointer } from '../registry/policy-pointer.ts'
import { dropRow } from '../registry/statement-rows.ts'
import { decodeAnswer, encodeRequest } from '../wire/messages.ts'
import type { Ticket } from './events.ts'
import { enforce, reconsider } from './governance.ts'
import { replaceModel } from './model.ts'
import { hurry } from './pace.ts'
import { answerParked, park, respond } from './park.ts'
import { declare, MAX_DECIDED } from './registry.ts'
import { evaluatorsFor, newTicket, type MemberState, type Turn } from './state.ts'

/** A document that is being fetched or checked. */
export interface PolicyTraffic {
  /** Of the requests under way. */
  readonly tickets: Set<Ticket>
  readonly checks: Map<Ticket, { readonly realm: Realm; readonly document: Uint8Array }>
}

const TIMEOUT_MS = 5_000
/** Neighbours asked in one heartbeat, and requests under way: a lost one must not hold everybody behind us up. */
const ASKED_AT_ONCE = 2
const MAX_REQUESTS = 6
/** Around a document in an answer. */
const FRAME_BYTES = 64
const MAX_CHECKS = 4

export function createPolicyTraffic(): PolicyTraffic {
  return { tickets: new Set(), checks: new Map() }
}

/** The row under which an archive keeps the newest policy of a realm. */
export function policyRowKey(realmId: string): string {
  return `realm/${realmId}`
}

/** Asks for the document that the owner's pointer names, if it is newer than ours. @param holder whom to ask first */
export function wantPolicy(turn: Turn, holder: PeerId | undefined): void {
  const { state, effects } = turn
  const { policy, neighbours } = state
  const pointer = newerPointer(state)
  if (pointer === undefined || policy.checks.size > 0) return
  const bytes = encodeRequest({ kind: 'pull', digest: hexBytes(pointer.document) })
  const peers = [...neighbours.keys()]
  const first = state.random.integer(Math.max(1, peers.length))
  const others = [...peers.slice(first), ...peers.slice(0, first)].slice(0, ASKED_AT_ONCE)
  for (const to of holder !== undefined && neighbours.has(holder) ? [holder] : others) {
    if (policy.tickets.size >= MAX_REQUESTS) return
    const ticket = newTicket(state)
    policy.tickets.add(ticket)
    effects.push({ kind: 'request', ticket, to, bytes, maxBytes: MAX_REALM_BYTES + FRAME_BYTES, timeoutMs: TIMEOUT_MS })
  }
}

/** What the owner points at, if we do not obey it yet. */
function newerPointer({ registry, options: { realm } }: MemberState): PolicyPointer | undefined {
  const pointer = registry.of(policyKind).at(0)?.value
  return pointer !== undefined && pointer.revision > realm.revision ? pointer : undefined
}

/** @returns whether the ticket was ours */
export function policyAnswered(turn: Turn, ticket: Ticket, result: RequestResult): boolean {
  const { policy } = turn.state
  if (!policy.tickets.delete(ticket)) return false
  const answer = result.ok ? decodeAnswer(result.value) : undefined
  // Whoever has something else may still be catching up: the next heartbeat asks another one.
  if (answer?.ok === true && answer.value.kind === 'pull') consider(turn, answer.value.body)
  return true
}

/** A document from a neighbour, or handed over by whoever runs this member: obeyed once its owner's signature is checked. */
export function consider(turn: Turn, document: Uint8Array): void {
  const { state, effects } = turn
  const decoded = decodeRealm(document)
  if (!decoded.ok || decoded.value.id !== state.realmId || decoded.value.realm.revision <= state.options.realm.revision) return
  if (state.policy.checks.size >= MAX_CHECKS) return
  const ticket = newTicket(state)
  state.policy.checks.set(ticket, { realm: decoded.value.realm, document: document.slice() })
  effects.push({ kind: 'check-signature', ticket, checks: [decoded.value.check] })
}

/** @returns whether the ticket was ours */
export function policyChecked(turn: Turn, ticket: Ticket, valid: boolean): boolean {
  const { state } = turn
  const pending = state.policy.checks.get(ticket)
  if (pending === undefined) return false
  state.policy.checks.delete(ticket)
  if (valid && pending.realm.revision > state.options.realm.revision) adopt(turn, pending.realm, pending.document)
  return true
}

function adopt(turn: Turn, realm: Realm, document: Uint8Array): void {
  const { state, effects } = turn
  replaceModel(turn, state.options.realm.model, realm.model)
  state.options = { ...state.options, realm, document }
  state.evaluators = evaluatorsFor(state.options)
  // Whoever was refused under the old policy may be heard under the new one.
  state.statements.decided = createBoundedMap(MAX_DECIDED)
  const { registry } = state
  const gone = registry.retain((statement) => registry.kinds.get(statement.kind)!.isEntitled(statement, realm, registry))
  effects.push(
    { kind: 'store', changes: [{ key: policyRowKey(state.realmId), value: document }, ...gone.map(dropRow)] },
    { kind: 'notice', notice: { kind: 'policy', realm } },
  )
  answerParked(turn, cidFromDigest(digestOf(document)), document)
  enforce(turn)
  reconsider(state)
  hurry(state)
  const { identity } = state.options
  const pointer = registry.of(policyKind).at(0)?.value
  if (identity !== undefined && hexText(identity.owner) === realm.owner && (pointer?.revision ?? 0) < realm.revision) {
    declare(turn, policyDeclaration({ revision: realm.revision, document: hexText(digestOf(document)) }))
  }
}

/** Answers a pull for the present document, or keeps it for when we have what the owner points at. @returns whether it was one */
export function servePolicy(turn: Turn, ticket: number, digest: Uint8Array): boolean {
  const { document } = turn.state.options
  if (newerPointer(turn.state)?.document === hexText(digest)) {
    park(turn, ticket, cidFromDigest(digest), undefined)
    return true
  }
  if (document === undefined || !bytesEqual(digestOf(document), digest)) return false
  respond(turn, ticket, { kind: 'pull', body: document })
  return true
}

/** Hashing the document for each pull of a stranger would cost more than answering. */
const digests = new WeakMap<Uint8Array, Uint8Array>()

function digestOf(document: Uint8Array): Uint8Array {
  const known = digests.get(document) ?? sha256(document)
  digests.set(document, known)
  return known
}
