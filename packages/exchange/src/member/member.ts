// The member: one state machine for publishing, admission, archive and anti-entropy. It waits for nothing and touches
// nothing: a driver turns its effects into port calls and what comes of them into events.

import type { Refusal } from '../admission/refusal.ts'
import type { StageCounts } from '../admission/stage.ts'
import { sortedEntries } from '../archive/niches.ts'
import { compareEntries } from '../archive/order.ts'
import type { Entry } from '../archive/entry.ts'
import type { Neighbour } from '../ports.ts'
import { auditAnswered, auditOnHeartbeat, receiptsChecked, replayed } from './audit.ts'
import { beaconOnHeartbeat } from './beacon.ts'
import { receiptSigned, tellWork, worked } from './credit.ts'
import { expireChecks, receive, signatureChecked } from './admit.ts'
import { takeRows } from './body-cache.ts'
import { carriedChecked, expireCarried } from './carry.ts'
import { renewalSigned, rescoreMeasured, rescoreOnHeartbeat } from './rescore.ts'
import { tick } from './clock.ts'
import type { Effect, MemberEvent } from './events.ts'
import { sendImmigrants } from './immigration.ts'
import { choose, enforce } from './governance.ts'
import { modelAnswered, modelChecked, modelOnHeartbeat, modelSigned } from './model.ts'
import { createNeighbourRecord, type NeighbourRecord } from './neighbour-record.ts'
import { found, publishDue, signed } from './publish.ts'
import { advertiseOnHeartbeat } from './directory.ts'
import { askNext, holdersAnswered, pullAnswered } from './pull.ts'
import { hurry } from './pace.ts'
import { rememberFinds } from './past.ts'
import { expireParked } from './park.ts'
import { declare, tell, expireStatements, statementChecked, statementsAnswered, statementSigned } from './registry.ts'
import { consider, policyAnswered, policyChecked, wantPolicy } from './policy.ts'
import { moveOn } from './stage.ts'
import { requested } from './serve.ts'
import { bodyOf, MAX_NEIGHBOURS, type MemberState, type Turn } from './state.ts'
import { halve, pin } from './storage.ts'
import { syncAnswered, synchroniseOnHeartbeat } from './synchronise.ts'
import { measured } from './trial.ts'

/**
 * Lets one event happen. Consumes `state`: only the returned one may be used afterwards.
 * @param now milliseconds since 1970 by this member's clock; may jump, in both directions
 */
export function step(
  state: MemberState,
  event: MemberEvent,
  now: number,
): { readonly state: MemberState; readonly effects: readonly Effect[] } {
  const effects: Effect[] = []
  const turn: Turn = { state, now: tick(state.clock, now), wall: now, effects }
  apply(turn, event)
  rememberFinds(turn)
  const changes = takeRows(state)
  if (changes.length > 0) effects.push({ kind: 'store', changes })
  return { state, effects }
}

function apply(turn: Turn, event: MemberEvent): void {
  switch (event.kind) {
    case 'heartbeat':
      return heartbeat(turn)
    case 'delivered':
      return receive(turn, event.bytes, event.from, event.id)
    case 'neighbours':
      return meet(turn, event.neighbours)
    case 'requested':
      return requested(turn, event.ticket, event.from, event.bytes)
    case 'answered':
      if (pullAnswered(turn, event.ticket, event.result) || statementsAnswered(turn, event.ticket, event.result)) return
      if (policyAnswered(turn, event.ticket, event.result)) return
      if (auditAnswered(turn, event.ticket, event.result)) return
      if (modelAnswered(turn, event.ticket, event.result)) return
      syncAnswered(turn, event.ticket, event.result)
      return
    case 'holders':
      return holdersAnswered(turn, event.ticket, event.peers)
    case 'signature-checked':
      if (policyChecked(turn, event.ticket, event.valid)) return
      if (receiptsChecked(turn, event.ticket, event.valid)) return
      if (carriedChecked(turn, event.ticket, event.valid)) return
      if (modelChecked(turn, event.ticket, event.valid)) return
      if (!statementChecked(turn, event.ticket, event.valid)) signatureChecked(turn, event.ticket, event.valid)
      return
    case 'short-of-room':
      return halve(turn.state)
    case 'pin':
      return pin(turn, event.cid, event.isPinned, bodyOf(turn.state, event.cid))
    case 'signed':
      if (receiptSigned(turn, event.ticket, event.signature)) return
      if (renewalSigned(turn, event.ticket, event.signature)) return
      if (modelSigned(turn, event.ticket, event.signature)) return
      if (!statementSigned(turn, event.ticket, event.signature)) signed(turn, event.ticket, event.signature)
      return
    case 'measured':
      if (!rescoreMeasured(turn, event.ticket, event.measurement)) measured(turn, event.ticket, event.measurement)
      return
    case 'found':
      return found(turn, event.discovery)
    case 'subscribe':
      turn.state.subscription = event.subscription
      return hurry(turn.state)
    case 'thrift':
      turn.state.isThrifty = event.isOn
      return
    case 'worked':
      return worked(turn, event)
    case 'replayed':
      return replayed(turn, event.ticket, event.outcome)
    case 'declare':
      return declare(turn, event.declaration)
    case 'tell':
      return tell(turn, event.statement)
    case 'choose':
      return choose(turn, event.shunned, event.spared)
    case 'policy':
      return consider(turn, event.document)
  }
}

function heartbeat(turn: Turn): void {
  expireChecks(turn)
  expireCarried(turn)
  expireStatements(turn)
  if (turn.state.isRuleDue) enforce(turn)
  wantPolicy(turn, undefined)
  moveOn(turn)
  expireParked(turn)
  askNext(turn)
  publishDue(turn)
  sendImmigrants(turn)
  rescoreOnHeartbeat(turn)
  synchroniseOnHeartbeat(turn)
  tellWork(turn)
  auditOnHeartbeat(turn)
  beaconOnHeartbeat(turn)
  advertiseOnHeartbeat(turn)
  modelOnHeartbeat(turn)
}

function meet(turn: Turn, neighbours: readonly Neighbour[]): void {
  const { state } = turn
  const before = state.neighbours
  const after = new Map<string, NeighbourRecord>()
  for (const neighbour of neighbours.slice(0, MAX_NEIGHBOURS)) {
    after.set(neighbour.peer, before.get(neighbour.peer) ?? createNeighbourRecord(neighbour.kind))
  }
  const isNew = [...after.keys()].some((peer) => !before.has(peer))
  const isLost = [...before.keys()].some((peer) => !after.has(peer))
  state.neighbours = after
  for (const peer of state.sync.agreed) if (!after.has(peer)) state.sync.agreed.delete(peer)
  if (isNew || isLost) hurry(state)
}

/** The best verified entry of a task, over all niches. */
export function bestEntry(state: MemberState, task: string): Entry | undefined {
  let best: Entry | undefined
  for (const entry of state.niches.values()) {
    if (entry.claim.task === task && (best === undefined || compareEntries(entry, best) < 0)) best = entry
  }
  return best
}

/** Every verified entry, in the order of the niches' names. */
export function entriesOf(state: MemberState): readonly Entry[] {
  return sortedEntries(state.niches)
}

type BoundedCollection = 'niches' | 'seen' | 'known' | 'devices' | 'authors' | 'neighbours' | 'checks' | 'pulls' | 'trials' | 'parked' | 'statements'

export interface MemberCounters {
  readonly received: number
  readonly admitted: number
  readonly published: number
  readonly audited: number
  readonly reannounced: number
  readonly forwarded: number
  readonly pulled: number
  readonly measured: number
  readonly served: number
  readonly comparisons: number
  readonly agreements: number
  readonly immigrated: number
  readonly filtered: number
  readonly rescored: number
  readonly stated: number
  readonly refused: Readonly<Partial<Record<Refusal, number>>>
  /** Claims that passed each stage of admission. */
  readonly stages: Readonly<StageCounts>
  /** Sizes of the collections that strangers can fill; each has a cap. */
  readonly sizes: Readonly<Record<BoundedCollection, number>>
}

/** A copy: counts since `createMember`. */
export function countersOf(state: MemberState): MemberCounters {
  const { refused, stages, ...counts } = state.counters
  return {
    ...counts,
    refused: Object.fromEntries(refused),
    stages: { ...stages },
    sizes: {
      niches: state.niches.size,
      seen: state.seen.size,
      known: state.known.size,
      devices: state.sequences.size,
      authors: state.authors.size,
      neighbours: state.neighbours.size,
      checks: state.checks.size,
      pulls: state.pulls.size,
      trials: state.trials.size,
      parked: state.parked.size,
      statements: state.registry.size,
    },
  }
}
