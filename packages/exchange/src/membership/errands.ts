// The relay's part in finding out who is alive: it probes nobody, but it is linked to everybody, so it is the helper that
// reaches a member when a link does not. Apart from the member's part, which knows a neighbourhood; this knows a few errands.

import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import type { PeerId } from '../ports.ts'
import type { MembershipMessage } from './message.ts'
import { MEMBERSHIP } from './settings.ts'

/** A ping that is sent because somebody asked for it. */
export interface Errand {
  readonly asker: PeerId
  readonly sequence: number
  readonly target: PeerId
  /** By the clock of who runs it, ms: nack from then on. */
  readonly by: number
}

export interface HelperState {
  /** By our own sequence number. The oldest is forgotten, which costs its asker a nack. */
  readonly errands: BoundedMap<number, Errand>
  /** What each peer may still ask or ping. The one that is quiet for longest is forgotten, which fills it up. */
  readonly budgets: BoundedMap<PeerId, TokenBucket>
  sequence: number
}

export interface HelperReply {
  readonly to: PeerId
  readonly message: MembershipMessage
}

const MAX_ERRANDS = 256
const MAX_BUDGETS = 4_096
const BUDGET = { atOnce: 4, perSecond: 1 } as const

export function createHelper(): HelperState {
  return { errands: createBoundedMap(MAX_ERRANDS), budgets: createBoundedMap(MAX_BUDGETS), sequence: 0 }
}

/** Answers one message: changes `state`. @param isLinked whether a peer is a member that we are connected to */
export function help(
  state: HelperState, from: PeerId, message: MembershipMessage, isLinked: (peer: PeerId) => boolean, now: number,
): readonly HelperReply[] {
  if (message.kind === 'nack') return []
  if (message.kind === 'ack') {
    const errand = state.errands.get(message.sequence)
    if (errand?.target !== from) return []
    state.errands.delete(message.sequence)
    return [reply(errand.asker, 'ack', errand.sequence)]
  }
  const budget = state.budgets.get(from) ?? createTokenBucket(BUDGET.atOnce, BUDGET.perSecond)
  state.budgets.set(from, budget)
  if (!budget.take(now)) return []
  if (message.kind === 'ping') return [reply(from, 'ack', message.sequence)]
  if (message.target === from || !isLinked(message.target)) return [reply(from, 'nack', message.sequence)]
  state.sequence = (state.sequence + 1) >>> 0
  state.errands.set(state.sequence, { asker: from, sequence: message.sequence, target: message.target, by: now + MEMBERSHIP.answerMs })
  return [reply(message.target, 'ping', state.sequence)]
}

/** About twice a second: who asked learns in time that the target does not answer. */
export function endErrands(state: HelperState, now: number): readonly HelperReply[] {
  const replies: HelperReply[] = []
  for (const [sequence, errand] of state.errands.entries()) {
    if (errand.by > now) continue
    state.errands.delete(sequence)
    replies.push(reply(errand.asker, 'nack', errand.sequence))
  }
  return replies
}

function reply(to: PeerId, kind: 'ping' | 'ack' | 'nack', sequence: number): HelperReply {
  return { to, message: { kind, sequence, incarnation: 0, updates: [] } }
}
