// The member's side of a distribution model: its messages pass the cheap stages of admission like a statement, its requests
// ride on those of members, and what it asks for is signed, checked, carried and told here.

import { nicheName } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import type { Refusal } from '../admission/refusal.ts'
import { hexText } from '../bytes/text.ts'
import { MAX_ANSWER_BYTES } from '../limits.ts'
import { createModel } from '../models/create-model.ts'
import { decodeModelMessage, encodeModelMessage, modelStatementMessage, type ModelMessage, type ModelStatement } from '../models/message.ts'
import type { IslandModel, ModelEffect, ModelEvent, ModelWorld } from '../models/model.ts'
import type { PeerId, RequestResult } from '../ports.ts'
import type { ChosenModel } from '../realm/model-policy.ts'
import { decodeAnswer, encodeRequest } from '../wire/messages.ts'
import type { Discovery, Ticket } from './events.ts'
import { recordOf } from './neighbour-record.ts'
import { respond } from './park.ts'
import { publishDiscovery } from './publish.ts'
import { countRefusal, newTicket, type MemberState, type Turn } from './state.ts'

export interface ModelTraffic {
  /** Undefined in a realm of Model 1. */
  machine: IslandModel | undefined
  /** Messages whose signatures are being checked. */
  readonly checks: BoundedMap<Ticket, { readonly message: ModelMessage; readonly via: PeerId; readonly delivery: string; readonly since: number }>
  /** Ids of messages that were heard. */
  readonly seen: BoundedMap<string, true>
  /** Our ticket → the model's. */
  readonly signing: Map<Ticket, { readonly statement: ModelStatement; readonly ticket: number }>
  readonly verifying: BoundedMap<Ticket, number>
  readonly asking: Map<Ticket, number>
  /** Tickets of requests that the model has not answered. */
  readonly open: Set<number>
}

const MAX_CHECKS = 256
const MAX_SEEN = 4_096
const MAX_SIGNING = 16
const MAX_ASKING = 64
export const MAX_OPEN = 256
const CHECK_TIMEOUT_MS = 4_000
const ASK_TIMEOUT_MS = 5_000

export function createModelTraffic(policy: ChosenModel | undefined): ModelTraffic {
  return {
    machine: createModel(policy), checks: createBoundedMap(MAX_CHECKS), seen: createBoundedMap(MAX_SEEN), signing: new Map(),
    verifying: createBoundedMap(MAX_CHECKS), asking: new Map(), open: new Set(),
  }
}

/** The policy has changed: another model begins anew, the same one goes on unless its parameters are others. */
export function replaceModel({ state }: Turn, before: ChosenModel | undefined, after: ChosenModel | undefined): void {
  if (JSON.stringify(before) !== JSON.stringify(after)) state.model.machine = createModel(after)
}

/** First look at a message on the channel. */
export function receiveModelMessage(turn: Turn, bytes: Uint8Array, via: PeerId, delivery: string): void {
  const { state, now, effects } = turn
  const { model } = state
  const decoded = decodeModelMessage(bytes)
  if (!decoded.ok) return refuse(turn, decoded.reason, via, delivery)
  const { message, check } = decoded.value
  if (message.realm !== state.realmId) return refuse(turn, 'wrong-realm', via, delivery)
  if (model.seen.has(message.id)) return refuse(turn, 'duplicate', via, delivery)
  if (model.machine?.kind !== message.model) return refuse(turn, 'unknown-version', via, delivery)
  if (!recordOf(state, via).announcements.take(now)) return refuse(turn, 'too-many', via, delivery)
  model.seen.set(message.id, true)
  const ticket = newTicket(state)
  const displaced = model.checks.set(ticket, { message, via, delivery, since: now })
  if (displaced !== undefined) refuse(turn, 'too-many', displaced.value.via, displaced.value.delivery)
  effects.push({ kind: 'check-signature', ticket, checks: [check] })
}

const blamed: ReadonlySet<Refusal> = new Set<Refusal>(['too-large', 'malformed', 'wrong-realm', 'bad-signature'])

function refuse(turn: Turn, reason: Refusal, via: PeerId, delivery: string): void {
  if (blamed.has(reason)) recordOf(turn.state, via).faults++
  turn.effects.push({ kind: 'verdict', id: delivery, verdict: blamed.has(reason) ? 'reject' : 'ignore' })
  countRefusal(turn, reason, { via })
}

/** @returns whether the ticket was ours */
export function modelChecked(turn: Turn, ticket: Ticket, valid: boolean): boolean {
  const { model } = turn.state
  const pending = model.checks.get(ticket)
  if (pending !== undefined) {
    model.checks.delete(ticket)
    const { message, via, delivery } = pending
    if (valid) stepModel(turn, { kind: 'heard', from: via, message }, delivery)
    else refuse(turn, 'bad-signature', via, delivery)
    return true
  }
  const own = model.verifying.get(ticket)
  if (own === undefined) return false
  model.verifying.delete(ticket)
  stepModel(turn, { kind: 'verified', ticket: own, valid })
  return true
}

/** @returns whether the ticket was ours */
export function modelSigned(turn: Turn, ticket: Ticket, signature: Uint8Array): boolean {
  const { model, options } = turn.state
  const pending = model.signing.get(ticket)
  if (pending === undefined) return false
  model.signing.delete(ticket)
  const message = encodeModelMessage(pending.statement, hexText(options.identity!.device), signature)
  model.seen.set(message.id, true)
  stepModel(turn, { kind: 'signed', ticket: pending.ticket, message })
  return true
}

/** @returns whether the ticket was ours */
export function modelAnswered(turn: Turn, ticket: Ticket, result: RequestResult): boolean {
  const { model } = turn.state
  const own = model.asking.get(ticket)
  if (own === undefined) return false
  model.asking.delete(ticket)
  const answer = result.ok ? decodeAnswer(result.value) : undefined
  const content = answer?.ok === true && answer.value.kind === 'model' ? answer.value.content : undefined
  stepModel(turn, { kind: 'answered', ticket: own, content })
  return true
}

export function modelAsked(turn: Turn, ticket: number, from: PeerId, content: Uint8Array): void {
  const { model } = turn.state
  if (model.machine === undefined || model.open.size >= MAX_OPEN) return respond(turn, ticket, undefined)
  model.open.add(ticket)
  stepModel(turn, { kind: 'asked', ticket, from, content })
}

export function modelOnHeartbeat(turn: Turn): void {
  const { state, now } = turn
  for (const [ticket, { since, via, delivery }] of state.model.checks.entries()) {
    if (now - since < CHECK_TIMEOUT_MS) break
    state.model.checks.delete(ticket)
    refuse(turn, 'too-many', via, delivery)
  }
  stepModel(turn, { kind: 'heartbeat' })
}

/** @returns whether the member's own gate has this find too */
export function modelFound(turn: Turn, discovery: Discovery, cid: string, species: number): boolean {
  stepModel(turn, { kind: 'found', discovery, cid, species })
  return turn.state.model.machine?.tellsAll !== false
}

export function modelJudged(turn: Turn, event: ModelEvent & { readonly kind: 'admitted' | 'disproved' }): void {
  stepModel(turn, event)
}

export function welcomedByModel({ state, now }: Turn, entry: Entry): boolean {
  return state.model.machine?.welcomes(entry, now) !== false
}

function worldOf({ state, now, wall }: Turn): ModelWorld {
  const { options, evaluators } = state
  return {
    now, wall,
    device: options.identity === undefined ? undefined : hexText(options.identity.device),
    role: options.role,
    realmId: state.realmId,
    tasks: options.realm.tasks,
    get neighbours() {
      return [...state.neighbours.keys()]
    },
    random: state.random,
    fitnessOf(task, species) {
      const evaluator = evaluators.get(task)
      return evaluator === undefined ? undefined : state.niches.get(nicheName(task, evaluator, species))?.claim.fitness
    },
  }
}

/** @param delivery of the message that is heard: without a verdict it is ignored */
function stepModel(turn: Turn, event: ModelEvent, delivery?: string): void {
  const { state, effects } = turn
  const { machine } = state.model
  if (machine === undefined) return
  let isJudged = false
  for (const effect of machine.step(event, worldOf(turn))) {
    if (effect.kind !== 'verdict') carryOut(turn, effect)
    else if (delivery !== undefined && !isJudged) {
      isJudged = true
      effects.push({ kind: 'verdict', id: delivery, verdict: effect.verdict })
    }
  }
  if (delivery !== undefined && !isJudged) effects.push({ kind: 'verdict', id: delivery, verdict: 'ignore' })
}

function carryOut(turn: Turn, effect: Exclude<ModelEffect, { readonly kind: 'verdict' }>): void {
  const { state, effects } = turn
  const { model, options } = state
  switch (effect.kind) {
    case 'sign': {
      if (options.identity === undefined || model.signing.size >= MAX_SIGNING) return
      const statement: ModelStatement = { realm: state.realmId, model: model.machine!.kind, time: Math.max(0, turn.wall), content: effect.content }
      const ticket = newTicket(state)
      model.signing.set(ticket, { statement, ticket: effect.ticket })
      effects.push({ kind: 'sign', ticket, message: modelStatementMessage(statement) })
      return
    }
    case 'verify': {
      const ticket = newTicket(state)
      model.verifying.set(ticket, effect.ticket)
      effects.push({ kind: 'check-signature', ticket, checks: effect.checks })
      return
    }
    case 'broadcast':
      effects.push({ kind: 'publish', bytes: effect.envelope })
      return
    case 'ask': {
      if (model.asking.size >= MAX_ASKING) return stepModel(turn, { kind: 'answered', ticket: effect.ticket, content: undefined })
      const ticket = newTicket(state)
      model.asking.set(ticket, effect.ticket)
      const bytes = encodeRequest({ kind: 'model', content: effect.content })
      effects.push({ kind: 'request', ticket, to: effect.to, bytes, maxBytes: MAX_ANSWER_BYTES, timeoutMs: ASK_TIMEOUT_MS })
      return
    }
    case 'answer':
      if (!model.open.delete(effect.ticket)) return
      return respond(turn, effect.ticket, effect.content === undefined ? undefined : { kind: 'model', content: effect.content })
    case 'tell':
      return publishDiscovery(turn, effect.discovery)
  }
}

/** What may not grow without bound, for the invariants of simulations. */
export function modelSizes({ model }: MemberState): Readonly<Record<string, readonly [size: number, most: number]>> {
  return {
    'model messages seen': [model.seen.size, MAX_SEEN],
    'model signatures': [model.signing.size, MAX_SIGNING],
    'model requests': [model.asking.size, MAX_ASKING],
    'model answers owed': [model.open.size, MAX_OPEN],
  }
}
