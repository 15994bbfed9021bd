// Who of the neighbours is alive: SWIM (Das, Gupta, Motivala, DSN 2002, https://doi.org/10.1109/DSN.2002.1028914) with the
// local health of Lifeguard (Dadgar, Phillips, Currey 2017, https://arxiv.org/abs/1707.00788), as a state machine. The mesh
// carries its messages and closes what it declares dead.
//
// It differs from both where neighbours are strangers who may lie. A member tells only what it found itself, and a stranger's
// word never kills: it makes us probe, and it shortens a suspicion that our own probes began, never below its least time.
// Declared dead is only who failed at least three own probes, direct and through others. So a liar can cost probes and
// seconds, not links. And since a link may hang while its peer lives, a peer that answers only through others loses the link.

import { createRandom, type Random } from '@megabrain/evolve'
import { pick } from '../memory/pick.ts'
import type { TokenBucket } from '../admission/token-bucket.ts'
import type { PeerId } from '../ports.ts'
import type { Errand } from './errands.ts'
import type { MembershipMessage, Update } from './message.ts'
import {
  createNeighbourhood, find, helpersFor, link, takeUpdates, tells, unlink, type LinkedPeer, type Neighbourhood,
} from './neighbourhood.ts'
import { suspicionMs, type MembershipSettings } from './settings.ts'

export type MembershipEvent =
  /** A direct connection to a member is there. Relays are asked for help and never probed: their own keeper watches them. */
  | { readonly kind: 'linked'; readonly peer: PeerId; readonly isRelay: boolean }
  | { readonly kind: 'unlinked'; readonly peer: PeerId }
  | { readonly kind: 'received'; readonly from: PeerId; readonly message: MembershipMessage }
  /** About twice a second. */
  | { readonly kind: 'tick' }
  /** The machine slept or its network changed: nothing from before counts, and every link is worth a look. */
  | { readonly kind: 'woke' }

export type MembershipEffect =
  | { readonly kind: 'send'; readonly to: PeerId; readonly message: MembershipMessage }
  /** `dead`: nobody hears from the peer. `link`: others do, we do not. The peer counts as unlinked at once. */
  | { readonly kind: 'close'; readonly peer: PeerId; readonly reason: 'dead' | 'link' }

interface Probe {
  readonly target: PeerId
  readonly sequence: number
  /** By the wall clock, ms: the round trip is measured on it. */
  readonly sentAt: number
  /** By the patient clock, ms. */
  readonly answerBy: number
  readonly endBy: number
  helpers: readonly PeerId[] | undefined
  nacks: number
  /** Somebody reached it, or it was heard from. */
  isAlive: boolean
}

export interface MembershipState {
  readonly self: PeerId
  readonly settings: MembershipSettings
  readonly random: Random
  readonly known: Neighbourhood
  /** By our sequence number, by the patient clock; one per asker, so at most the neighbours. */
  readonly errands: Map<number, Errand>
  /** Of this round, next one last. */
  round: PeerId[]
  incarnation: number
  /** Lifeguard's local health score, 0 (well) to `worstHealth`. */
  health: number
  sequence: number
  probe: Probe | undefined
  nextProbeAt: number
  lastWasUrgent: boolean
  /** The patient clock, ms: the wall clock, but for the time that we slept through. */
  clock: number
  lastEventAt: number | undefined
  lastTickAt: number | undefined
}

/** A tick that comes this much after the last one, ms, says that this tab is slow: it suspects itself. */
const LATE_MS = 2_500
/** And one after this long says that it slept. */
export const SLEPT_MS = 10_000
/** Probes in a row that only others answered for until the link is given up. */
const MOST_MISSED = 8
/** One neighbour's accusations move our health score once in this time, ms: liars must not put it to sleep. */
const ACCUSATION_MS = 30_000

/** @param seed of its random choices: an integer from 0 to 2^53 - 1 */
export function createMembership(self: PeerId, settings: MembershipSettings, seed: number): MembershipState {
  return {
    self, settings, random: createRandom(seed), known: createNeighbourhood(), errands: new Map(), round: [],
    incarnation: 0, health: 0, sequence: 0, probe: undefined, nextProbeAt: 0, lastWasUrgent: false,
    clock: 0, lastEventAt: undefined, lastTickAt: undefined,
  }
}

interface Turn {
  readonly state: MembershipState
  readonly now: number
  readonly effects: MembershipEffect[]
}

/**
 * Lets one event happen: changes `state`.
 * @param now ms by this member's clock; may jump in both directions
 */
export function stepMembership(state: MembershipState, event: MembershipEvent, now: number): readonly MembershipEffect[] {
  const turn: Turn = { state, now, effects: [] }
  state.clock += Math.min(Math.max(0, now - (state.lastEventAt ?? now)), state.settings.longestStepMs)
  state.lastEventAt = now
  switch (event.kind) {
    case 'linked':
      if (link(state.known, event.peer, event.isRelay)) state.round.splice(state.random.integer(state.round.length + 1), 0, event.peer)
      break
    case 'unlinked':
      leave(turn, event.peer, 'gone')
      break
    case 'received':
      receive(turn, event.from, event.message)
      break
    case 'tick':
      tick(turn)
      break
    case 'woke':
      wake(state)
  }
  return turn.effects
}

export interface NeighbourHealth {
  readonly peer: PeerId
  readonly health: 'alive' | 'suspect'
  /** Undefined until the first answer. */
  readonly roundTripMs: number | undefined
}

export function healthOf(state: MembershipState): readonly NeighbourHealth[] {
  return [...state.known.linked.values()].map(({ peer, suspicion, roundTripMs }) =>
    ({ peer, health: suspicion === undefined ? 'alive' : 'suspect', roundTripMs }))
}

type Content = { readonly kind: 'ping' | 'ack' | 'nack' } | { readonly kind: 'ask'; readonly target: PeerId }

function send(turn: Turn, to: PeerId, message: Content, sequence: number): void {
  const { state } = turn
  const updates = takeUpdates(state.known, to)
  turn.effects.push({ kind: 'send', to, message: { ...message, sequence, incarnation: state.incarnation, updates } })
}

function receive(turn: Turn, from: PeerId, message: MembershipMessage): void {
  const { state } = turn
  const relay = state.known.relays.get(from)
  if (relay !== undefined) return receiveFromRelay(turn, from, relay, message)
  const sender = state.known.linked.get(from)
  if (sender === undefined) return
  if (state.probe?.target === from) state.probe.isAlive = true
  const isNews = message.incarnation > sender.incarnation || sender.suspicion !== undefined
  sender.incarnation = Math.max(sender.incarnation, message.incarnation)
  sender.suspicion = undefined
  if (isNews) find(state.known, from, 'alive', sender.incarnation)
  for (const update of message.updates) hear(turn, sender, update)
  switch (message.kind) {
    case 'ping':
      if (sender.pings.take(turn.now)) send(turn, from, { kind: 'ack' }, message.sequence)
      return
    case 'ask':
      return runErrand(turn, sender, message.sequence, message.target)
    case 'ack':
      return acknowledged(turn, sender, message.sequence)
    case 'nack':
      nacked(state, from, message.sequence)
  }
}

function receiveFromRelay(turn: Turn, from: PeerId, budget: TokenBucket, { kind, sequence }: MembershipMessage): void {
  if (kind === 'ping' && budget.take(turn.now)) send(turn, from, { kind: 'ack' }, sequence)
  else if (kind === 'ack') vouched(turn.state, from, sequence)
  else if (kind === 'nack') nacked(turn.state, from, sequence)
}

function vouched({ probe }: MembershipState, by: PeerId, sequence: number): void {
  if (probe?.sequence === sequence && probe.helpers?.includes(by) === true) probe.isAlive = true
}

function nacked({ probe }: MembershipState, by: PeerId, sequence: number): void {
  if (probe?.sequence === sequence && probe.helpers?.includes(by) === true) probe.nacks++
}

/** What a neighbour says it found. @see the head of this file for what it is worth */
function hear({ state }: Turn, sender: LinkedPeer, { peer, finding, incarnation }: Update): void {
  const accuses = finding === 'suspect' || finding === 'dead'
  if (peer === state.self) {
    if (!accuses || incarnation !== state.incarnation) return
    state.incarnation++
    if (state.clock - sender.accusedAt < ACCUSATION_MS) return
    sender.accusedAt = state.clock
    ail(state, 1)
    return
  }
  if (peer === sender.peer) return
  tells(state.known, sender.peer, peer, finding === 'alive' || finding === 'suspect')
  const subject = state.known.linked.get(peer)
  if (subject === undefined) return
  if (accuses && incarnation >= subject.incarnation) {
    if (subject.suspicion === undefined) subject.isRumoured = true
    else subject.suspicion.confirmedBy.add(sender.peer)
  }
  // It refuted our suspicion, and told a neighbour of ours: its own word has not reached us.
  if (finding === 'alive' && incarnation > subject.incarnation && subject.suspicion !== undefined) vouchedFor(state, subject)
}

function runErrand(turn: Turn, asker: LinkedPeer, sequence: number, target: PeerId): void {
  const { state } = turn
  if (state.clock - asker.askedAt < state.settings.periodMs / 2) return
  asker.askedAt = state.clock
  for (const [number, errand] of state.errands) if (errand.asker === asker.peer) state.errands.delete(number)
  if (target === asker.peer || !state.known.linked.has(target)) return send(turn, asker.peer, { kind: 'nack' }, sequence)
  const own = nextSequence(state)
  state.errands.set(own, { asker: asker.peer, sequence, target, by: state.clock + state.settings.answerMs })
  send(turn, target, { kind: 'ping' }, own)
}

function acknowledged(turn: Turn, sender: LinkedPeer, sequence: number): void {
  const { state } = turn
  const { probe } = state
  const errand = state.errands.get(sequence)
  if (errand?.target === sender.peer) {
    state.errands.delete(sequence)
    send(turn, errand.asker, { kind: 'ack' }, errand.sequence)
  } else if (sender.lastSequence === sequence) {
    sender.missed = 0 // late or not, the link works both ways
    if (probe?.sequence !== sequence) return
    const tookMs = Math.max(0, turn.now - probe.sentAt)
    sender.roundTripMs = sender.roundTripMs === undefined ? tookMs : sender.roundTripMs + (tookMs - sender.roundTripMs) / 4
    state.probe = undefined
    ail(state, -1)
  } else vouched(state, sender.peer, sequence)
}

function tick(turn: Turn): void {
  const { state } = turn
  const elapsed = turn.now - (state.lastTickAt ?? turn.now)
  state.lastTickAt = turn.now
  if (elapsed > LATE_MS && Number.isFinite(state.settings.longestStepMs)) {
    ail(state, 1)
    if (elapsed > SLEPT_MS) wake(state)
  }
  for (const [number, errand] of state.errands) {
    if (state.clock < errand.by) continue
    state.errands.delete(number)
    send(turn, errand.asker, { kind: 'nack' }, errand.sequence)
  }
  const { probe } = state
  if (probe !== undefined && probe.helpers === undefined && state.clock >= probe.answerBy) askOthers(turn, probe)
  if (probe !== undefined && state.clock >= probe.endBy) conclude(turn, probe)
  for (const linked of state.known.linked.values()) {
    if (isOverdue(state, linked)) close(turn, linked.peer, 'dead')
    else if (linked.missed >= MOST_MISSED) close(turn, linked.peer, 'link')
  }
  if (state.probe === undefined && state.clock >= state.nextProbeAt) probeNext(turn)
}

function probeNext(turn: Turn): void {
  const { state } = turn
  const target = nextTarget(state)
  if (target === undefined) return
  const stretch = 1 + state.health
  const sequence = nextSequence(state)
  const { periodMs, answerMs } = state.settings
  state.nextProbeAt = state.clock + periodMs * stretch
  state.probe = {
    target: target.peer, sequence, sentAt: turn.now, answerBy: state.clock + answerMs * stretch, endBy: state.nextProbeAt,
    helpers: undefined, nacks: 0, isAlive: false,
  }
  target.isRumoured = false
  target.probedAt = state.clock
  target.lastSequence = sequence
  send(turn, target.peer, { kind: 'ping' }, sequence)
}

/**
 * Everybody once a round, in random order (SWIM, section 4.3), and in every second period a suspect or a rumoured one, if
 * there is any: rumours must not keep us from looking at the others.
 */
function nextTarget(state: MembershipState): LinkedPeer | undefined {
  const { linked } = state.known
  const urgent = state.lastWasUrgent ? [] : [...linked.values()].filter((one) => one.suspicion !== undefined || one.isRumoured)
  const [mostUrgent] = urgent.sort((left, right) => left.probedAt - right.probedAt)
  state.lastWasUrgent = mostUrgent !== undefined
  if (mostUrgent !== undefined) return mostUrgent
  for (let fresh = false; !fresh;) {
    fresh = state.round.length === 0
    if (fresh) state.round = pick([...linked.keys()], linked.size, state.random)
    for (let peer = state.round.pop(); peer !== undefined; peer = state.round.pop()) {
      const target = linked.get(peer)
      if (target !== undefined) return target
    }
  }
  return undefined
}

function askOthers(turn: Turn, probe: Probe): void {
  const { state } = turn
  probe.helpers = helpersFor(state.known, probe.target, state.settings.helpers, state.random)
  for (const helper of probe.helpers) send(turn, helper, { kind: 'ask', target: probe.target }, probe.sequence)
}

/** The probe's time is over without an answer to our own ping. */
function conclude(turn: Turn, probe: Probe): void {
  const { state } = turn
  state.probe = undefined
  const target = state.known.linked.get(probe.target)
  if (target === undefined) return
  if (probe.isAlive) {
    vouchedFor(state, target)
    return
  }
  // When no helper said so much as no, the silence is likely ours. Lifeguard counts each that is missing (section IV-A); here
  // one is enough to show that we hear in time, since helpers are often throttled themselves.
  if (probe.nacks === 0) ail(state, 1)
  if (target.suspicion === undefined) {
    target.suspicion = { since: state.clock, confirmedBy: new Set(), failures: 1 }
    find(state.known, target.peer, 'suspect', target.incarnation)
  } else {
    target.suspicion.failures++
  }
}

/** It lives, others say. They may lie, so it has only so many of these between answers of its own. */
function vouchedFor(state: MembershipState, peer: LinkedPeer): void {
  calm(state, peer)
  peer.missed++
  peer.isRumoured = true
}

/** Never while a probe of it is under way: that one may yet be answered. */
function isOverdue(state: MembershipState, { peer, suspicion }: LinkedPeer): boolean {
  if (suspicion === undefined || suspicion.failures < state.settings.leastFailures || state.probe?.target === peer) return false
  const witnesses = [...state.known.tellers.get(peer) ?? []].filter((other) => state.known.linked.has(other)).length
  return state.clock - suspicion.since >= suspicionMs(state.settings, suspicion.confirmedBy.size, witnesses)
}

function calm(state: MembershipState, peer: LinkedPeer): void {
  if (peer.suspicion === undefined) return
  peer.suspicion = undefined
  find(state.known, peer.peer, 'alive', peer.incarnation)
}

function close(turn: Turn, peer: PeerId, reason: 'dead' | 'link'): void {
  turn.effects.push({ kind: 'close', peer, reason })
  leave(turn, peer, reason === 'dead' ? 'dead' : 'gone')
}

function leave({ state }: Turn, peer: PeerId, finding: 'dead' | 'gone'): void {
  unlink(state.known, peer, finding)
  if (state.probe?.target === peer) state.probe = undefined
  for (const [number, errand] of state.errands) if (errand.asker === peer || errand.target === peer) state.errands.delete(number)
}

function wake(state: MembershipState): void {
  state.probe = undefined
  state.errands.clear()
  state.nextProbeAt = state.clock
  for (const peer of state.known.linked.values()) {
    calm(state, peer)
    peer.isRumoured = true
    peer.missed = 0
  }
}

function ail(state: MembershipState, by: number): void {
  state.health = Math.max(0, Math.min(state.settings.worstHealth, state.health + by))
}

function nextSequence(state: MembershipState): number {
  state.sequence = (state.sequence + 1) >>> 0
  return state.sequence
}
