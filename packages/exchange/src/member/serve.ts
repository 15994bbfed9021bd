// Answering what others ask: bodies by digest, and our side of synchronising. Each neighbour has a budget of requests.

import { hexText } from '../bytes/text.ts'
import { cidFromDigest } from '../claim/cid-digest.ts'
import { headId, headsOf, rootOf } from '../archive/heads.ts'
import type { Entry } from '../archive/entry.ts'
import { MAX_CLAIMS_PER_MESSAGE } from '../limits.ts'
import type { PeerId } from '../ports.ts'
import { decodeRequest, versionOf, type Request } from '../wire/messages.ts'
import { receive } from './admit.ts'
import { serveReceipts, serveReplay } from './credit.ts'
import { modelAsked } from './model.ts'
import { heardVersion, recordOf } from './neighbour-record.ts'
import { park, respond, respondBody } from './park.ts'
import { servePolicy } from './policy.ts'
import { serveStatements } from './registry.ts'
import { bodyOf, countRefusal, type MemberState, type Turn } from './state.ts'

export function requested(turn: Turn, ticket: number, from: PeerId, bytes: Uint8Array): void {
  const { state, now, effects } = turn
  const { received, served } = recordOf(state, from)
  const before = effects.length
  received.spend(now, bytes.length)
  answer(turn, ticket, from, bytes)
  // A request that waits for a body on its way is charged for the largest one.
  const responded = effects.slice(before).find((effect) => effect.kind === 'respond' && effect.ticket === ticket)
  const size = responded?.kind === 'respond' ? (responded.bytes?.length ?? 0) : state.options.realm.limits.maxBodyBytes
  served.spend(now, size)
}

function answer(turn: Turn, ticket: number, from: PeerId, bytes: Uint8Array): void {
  const { state, now } = turn
  const neighbour = recordOf(state, from)
  if (!neighbour.received.has(now) || !neighbour.served.has(now) || !neighbour.requests.take(now)) {
    countRefusal(turn, 'too-many', { via: from })
    return respond(turn, ticket, undefined)
  }
  const request = decodeRequest(bytes)
  if (!request.ok) {
    if (request.reason !== 'unknown-version') neighbour.faults++
    countRefusal(turn, request.reason, { via: from })
    return respond(turn, ticket, undefined)
  }
  const { value } = request
  heardVersion(neighbour, versionOf(value))
  if (value.kind === 'pull' && servePolicy(turn, ticket, value.digest)) return
  if (value.kind === 'pull') return servePull(turn, ticket, cidFromDigest(value.digest), value.held)
  if (value.kind === 'compare') return serveCompare(turn, ticket, from, value)
  if (value.kind === 'statements') return serveStatements(turn, ticket, from, value)
  if (value.kind === 'receipts') return respond(turn, ticket, { kind: 'receipts', receipts: serveReceipts(turn, from, value) })
  if (value.kind === 'replay') return serveReplay(turn, ticket, from, value)
  if (value.kind === 'model') return modelAsked(turn, ticket, from, value.content)
  respond(turn, ticket, { kind: 'offer', claims: claimsFor(state, value.wants) })
  for (const claim of value.claims) receive(turn, claim, from, undefined)
}

function servePull(turn: Turn, ticket: number, cid: string, held: readonly Uint8Array[] | undefined): void {
  const { state } = turn
  if (state.isThrifty && !isOwn(state, cid)) return respondBody(turn, ticket, cid, undefined, held)
  const body = bodyOf(state, cid) ?? state.trials.get(cid)?.body
  if (body === undefined && state.pulls.has(cid)) return park(turn, ticket, cid, held)
  respondBody(turn, ticket, cid, body, held)
}

/** What nobody else may have yet. */
function isOwn(state: MemberState, cid: string): boolean {
  const device = state.options.identity?.device
  return device !== undefined && [...state.niches.values()].some(({ claim }) => claim.genotype === cid && claim.device === hexText(device))
}

function serveCompare(turn: Turn, ticket: number, from: PeerId, theirs: Request & { readonly kind: 'compare' }): void {
  const { state } = turn
  const root = currentRoot(state)
  const registry = state.registry.root()
  const isSame = theirs.registry === undefined || theirs.registry === registry
  const tasks = root === theirs.root ? [] : headsOf(state.niches)
  const ofRegistry = theirs.registry === undefined ? {} : { registry, ...(isSame ? {} : { buckets: state.registry.buckets() }) }
  respond(turn, ticket, { kind: 'compare', root, tasks, ...ofRegistry })
  if (root === theirs.root && isSame && state.neighbours.has(from)) state.sync.agreed.add(from)
  else state.sync.agreed.delete(from)
}

export function currentRoot(state: MemberState): string {
  state.root ??= rootOf(state.niches)
  return state.root
}

function claimsFor(state: MemberState, wants: readonly string[]): readonly Uint8Array[] {
  if (wants.length === 0) return []
  const byHead = new Map<string, Entry>([...state.niches.values()].map((entry) => [headId(entry.claim.id), entry]))
  const named = [...new Set(wants)].slice(0, MAX_CLAIMS_PER_MESSAGE)
  return named.flatMap((want) => envelopesOf(byHead.get(want))).slice(0, MAX_CLAIMS_PER_MESSAGE)
}

/** What an entry supersedes goes before it, so that its lineage arrives with it. */
export function envelopesOf(entry: Entry | undefined): readonly Uint8Array[] {
  if (entry === undefined) return []
  return entry.origin === undefined ? [entry.envelope] : [entry.origin, entry.envelope]
}
