// What a decision does to everybody: it opens the next round, its list is fetched, and the survivors of our own population are
// told to the mesh. Two decisions of one device for one round, or a list that is unjust to a report, end its career.

import type { PeerId } from '../../ports.ts'
import { PREFIX_LENGTH, decodeList, decodeSaid, encodeQuestion, encodeSaid, listDigest, MAX_LIST_BYTES, type Decision, type Proof, type Report } from './content.ts'
import type { RoundView } from '../model.ts'
import { modelStatementMessage, type ModelMessage, type ModelStatement } from '../message.ts'
import { bytesEqual } from '../../bytes/compare.ts'
import { hexBytes } from '../../bytes/text.ts'
import { follow } from './lease.ts'
import { covers, depthOf, shardAt, WHOLE } from './rendezvous.ts'
import { injusticeTo, type Reported } from './selection.ts'
import { broadcast, ROUNDS_SHOWN, ticketFor, type FederationTurn, type Wanted } from './state.ts'

const MOST_ATTEMPTS = 4
/** Less than the asker's own patience. */
const PARK_MS = 4_000
/** From one telling of the proofs to newcomers to the next, ms. */
const PROOF_PAUSE_MS = 10_000

/** A decision from the channel. @returns whether it is to be passed on */
export function hearDecision(turn: FederationTurn, decision: Decision, message: ModelMessage, from: PeerId): boolean {
  const { fed } = turn
  const { shard, term, round } = decision
  const name = `${message.device}/${shard}/${term}/${round}`
  const before = fed.decisions.get(name)
  if (before !== undefined && !bytesEqual(before.content, message.content)) {
    prove(turn, before, message)
    return true // so that others see both
  }
  return decided(turn, decision, message, from, undefined)
}

/** @returns whether this is the word of whoever is to be followed */
export function decided(
  turn: FederationTurn, decision: Decision, message: ModelMessage, from: PeerId | undefined, bytes: { readonly in: number; readonly out: number } | undefined,
): boolean {
  const { fed, world } = turn
  const { shard, term, round } = decision
  const { device } = message
  fed.decisions.set(`${device}/${shard}/${term}/${round}`, message)
  const open = fed.known.get(shard)
  const tookMs = open === undefined ? 0 : world.now - open.openedAt
  if (follow(turn, { shard, term, device, round }, from) === undefined) return false
  const known = fed.known.get(shard)!
  if (round < known.round) return true // an echo
  known.round = round + 1
  known.openedAt = world.now
  known.members = decision.members
  known.isClosed = decision.fate !== 'stays'
  const isOurs = fed.shard === shard && world.role === 'island'
  if (known.isClosed && fed.office?.shard === shard) fed.office = undefined
  const wanted: Wanted = { via: from, decision: isOurs ? { decision, device, tookMs } : undefined, attempts: 0, isAsked: false }
  fed.wanted.set(decision.list, wanted)
  if (isOurs) {
    seekList(turn, decision.list, wanted, bytes)
    move(turn, decision)
  }
  return true
}

/** To the half, or back to the whole that ours is a half of. */
function move({ fed, world }: FederationTurn, { shard, fate }: Decision): void {
  if (fate === 'stays' || world.device === undefined) return
  fed.shard = fate === 'splits' ? shardAt(world.device, depthOf(shard) + 1) : Math.max(WHOLE, shard >> 1)
  fed.silentBeats = 0
}

function seekList(turn: FederationTurn, digest: string, wanted: Wanted, bytes?: { readonly in: number; readonly out: number }): void {
  const { fed, world, effects } = turn
  const held = fed.lists.get(digest)
  if (held !== undefined) return listArrived(turn, digest, held, bytes)
  if (wanted.isAsked || wanted.attempts >= MOST_ATTEMPTS) return
  const isLinked = wanted.via !== undefined && world.neighbours.includes(wanted.via) && wanted.attempts < 2
  const to = isLinked ? wanted.via! : world.neighbours[world.random.integer(Math.max(1, world.neighbours.length))]
  if (to === undefined) return
  wanted.attempts++
  wanted.isAsked = true
  effects.push({ kind: 'ask', ticket: ticketFor(turn, { kind: 'list', digest }), to, content: encodeQuestion({ kind: 'list', digest }) })
}

export function listAnswered(turn: FederationTurn, digest: string, content: Uint8Array | undefined): void {
  const { fed } = turn
  const wanted = fed.wanted.get(digest)
  if (wanted !== undefined) wanted.isAsked = false
  if (content === undefined || content.length > MAX_LIST_BYTES || listDigest(content) !== digest || fed.lists.has(digest)) return
  fed.lists.set(digest, content)
  listArrived(turn, digest, content)
}

/** Somebody asks for a list. */
export function serveList(turn: FederationTurn, ticket: number, digest: string): void {
  const { fed, world, effects } = turn
  const held = fed.lists.get(digest)
  if (held !== undefined) return give(turn, ticket, held)
  const wanted = fed.wanted.get(digest)
  if (wanted === undefined) {
    effects.push({ kind: 'answer', ticket, content: undefined })
    return
  }
  const displaced = fed.parked.set(ticket, { digest, since: world.now })
  if (displaced !== undefined) effects.push({ kind: 'answer', ticket: displaced.key, content: undefined })
  seekList(turn, digest, wanted)
}

function give({ fed, effects }: FederationTurn, ticket: number, list: Uint8Array): void {
  if (fed.office !== undefined) fed.office.bytesOut += list.length
  effects.push({ kind: 'answer', ticket, content: list })
}

function listArrived(turn: FederationTurn, digest: string, bytes: Uint8Array, counted?: { readonly in: number; readonly out: number }): void {
  const { fed, effects } = turn
  for (const [ticket, parked] of fed.parked.entries()) {
    if (parked.digest !== digest) continue
    fed.parked.delete(ticket)
    give(turn, ticket, bytes)
  }
  const wanted = fed.wanted.get(digest)
  fed.wanted.delete(digest)
  if (wanted?.decision === undefined) return
  const { decision, device, tookMs } = wanted.decision
  if (!isLater(decision, fed.applied)) return
  fed.applied = decision
  const list = decodeList(bytes)
  if (list === undefined) return convict(turn, device) // it signed the digest of what is no list
  fed.last = { device, list }
  for (const complaint of fed.complaints.values()) if (judge(turn, complaint)) return
  if (fed.report !== undefined && judge(turn, { id: fed.report.message.id, report: fed.report.report })) {
    // The report itself is the evidence: whoever has the list sees what we see.
    return broadcast(turn, fed.report.message.envelope)
  }
  const survivors = new Set(list.survivors.map(({ prefix }) => prefix))
  let ours = 0
  for (const agents of fed.agents.values()) {
    for (const agent of agents) {
      if (!survivors.has(agent.prefix)) continue
      ours++
      if (agent.isTold) continue
      agent.isTold = true
      effects.push({ kind: 'tell', discovery: agent.discovery })
    }
  }
  const view: RoundView = {
    round: decision.round, term: decision.term, coordinator: device, shard: decision.shard, tookMs, members: decision.members, reports: list.reports.length,
    survivors: list.survivors.length, ours, ...(counted === undefined ? {} : { coordinatorBytes: counted }),
  }
  fed.rounds.push(view)
  effects.push({ kind: 'notice', notice: { kind: 'round', round: view } })
  if (fed.rounds.length > ROUNDS_SHOWN) fed.rounds.shift()
}

function isLater(decision: Decision, before: FederationTurn['fed']['applied']): boolean {
  if (before === undefined || before.shard !== decision.shard) return true
  return decision.term > before.term || (decision.term === before.term && decision.round > before.round)
}

export function decisionsOnHeartbeat(turn: FederationTurn): void {
  const { fed, world, effects } = turn
  for (const [digest, wanted] of fed.wanted.entries()) if (wanted.decision !== undefined) seekList(turn, digest, wanted)
  for (const [ticket, { since }] of fed.parked.entries()) {
    if (world.now - since < PARK_MS) break
    fed.parked.delete(ticket)
    effects.push({ kind: 'answer', ticket, content: undefined })
  }
  tellProofs(turn)
}

/** A report on the channel: somebody says that the last list is unjust to it. @returns whether it is to be passed on */
export function hearComplaint(turn: FederationTurn, report: Report, message: ModelMessage): boolean {
  const { fed, world } = turn
  const known = fed.known.get(report.shard)
  if (known === undefined || Math.abs(report.round - known.round) > 1 || !covers(report.shard, message.device)) return false
  const complaint = { id: message.id, report }
  if (judge(turn, complaint)) return true
  // The list may be on its way to us, and others may have it.
  fed.complaints.set(message.id, complaint)
  return fed.complaining.take(world.now)
}

/** @returns whether the last list is unjust to this report */
function judge(turn: FederationTurn, complaint: Reported): boolean {
  const { last, policy } = turn.fed
  if (last === undefined || injusticeTo(complaint, last.list, policy.selection) === undefined) return false
  convict(turn, last.device)
  return true
}

function convict({ fed, effects }: FederationTurn, device: string, proof?: Uint8Array): void {
  if (!fed.liars.has(device)) effects.push({ kind: 'notice', notice: { kind: 'liar', device } })
  if (!fed.liars.has(device) || proof !== undefined) fed.liars.set(device, proof)
  for (const known of fed.known.values()) if (known.device === device) known.isClosed = true
  if (fed.last?.device === device) fed.last = undefined
}

function prove(turn: FederationTurn, one: ModelMessage, other: ModelMessage): void {
  const { fed, effects } = turn
  if (fed.liars.get(one.device) !== undefined) return
  convict(turn, one.device)
  const signedOf = ({ time, content, signature }: ModelMessage): Proof['one'] => ({ time, content, signature })
  const content = encodeSaid({ kind: 'proof', device: one.device, one: signedOf(one), other: signedOf(other) })
  effects.push({ kind: 'sign', ticket: ticketFor(turn, { kind: 'say' }), content })
}

/** A proof from the channel: believed once both signatures hold. @returns whether it is to be passed on */
export function hearProof(turn: FederationTurn, proof: Proof, envelope: Uint8Array): boolean {
  const { fed, world, effects } = turn
  if (fed.liars.get(proof.device) !== undefined || !isContradiction(proof)) return false
  const checks = [proof.one, proof.other].map(({ time, content, signature }) => {
    const statement: ModelStatement = { realm: world.realmId, model: 'federated', time, content }
    return { key: hexBytes(proof.device), message: modelStatementMessage(statement), signature }
  })
  effects.push({ kind: 'verify', ticket: ticketFor(turn, { kind: 'check-proof', device: proof.device, envelope }), checks })
  return false // told on once it holds
}

function isContradiction({ one, other }: Proof): boolean {
  const [a, b] = [decodeSaid(one.content), decodeSaid(other.content)]
  return a?.kind === 'decision' && b?.kind === 'decision' && a.shard === b.shard && a.term === b.term && a.round === b.round && !bytesEqual(one.content, other.content)
}

export function proofHolds(turn: FederationTurn, device: string, envelope: Uint8Array): void {
  if (turn.fed.liars.get(device) !== undefined) return
  convict(turn, device, envelope)
  broadcast(turn, envelope)
}

/** Whoever has just come has not heard them. */
function tellProofs(turn: FederationTurn): void {
  const { fed, world } = turn
  const isNew = world.neighbours.some((peer) => !fed.neighbours.has(peer))
  if (isNew && world.now - fed.proofsToldAt < PROOF_PAUSE_MS) return
  fed.neighbours = new Set(world.neighbours)
  if (!isNew) return
  fed.proofsToldAt = world.now
  for (const proof of fed.liars.values()) if (proof !== undefined) broadcast(turn, proof)
}

/** First characters of a genotype's digest. */
export function prefixOf(digest: string): string {
  return digest.slice(0, PREFIX_LENGTH)
}
