// Claims that this member cannot judge but others may: of a newer format, or of an evaluator version it cannot run. Signed
// soundly and within their author's rate they are passed on, unread and unbelieved; nothing of them is kept, and nobody is
// blamed.

import { admitSequence } from '../admission/sequence-window.ts'
import { isBanned } from '../admission/reputation.ts'
import type { Refusal } from '../admission/refusal.ts'
import type { SealedClaim } from '../claim/claim-codec.ts'
import { TIME_WINDOW_MS } from '../limits.ts'
import type { PeerId, Verdict } from '../ports.ts'
import type { Ticket } from './events.ts'
import { faultByRule } from './governance.ts'
import { recordOf } from './neighbour-record.ts'
import { authorOf, countRefusal, newTicket, rememberClaim, type Turn } from './state.ts'

export interface CarriedClaim {
  readonly sealed: SealedClaim
  /** Why it is not judged here. */
  readonly reason: Refusal & ('unknown-version' | 'unknown-task')
  readonly via: PeerId
  readonly delivery: string
  readonly since: number
}

export const MAX_CARRIED = 64
const CHECK_TIMEOUT_MS = 4_000

/** First look; only what comes on the channel is passed on. */
export function carry(turn: Turn, sealed: SealedClaim, reason: CarriedClaim['reason'], via: PeerId, delivery: string): void {
  const { state, now, effects } = turn
  if (state.seen.has(sealed.id)) return end(turn, 'duplicate', via, delivery, 'ignore')
  if (sealed.realm !== state.realmId) {
    recordOf(state, via).faults++
    return end(turn, 'wrong-realm', via, delivery, 'reject')
  }
  if (!recordOf(state, via).announcements.take(now)) return end(turn, 'too-many', via, delivery, 'ignore')
  rememberClaim(state, { id: sealed.id, genotype: '' })
  const ticket = newTicket(state)
  const displaced = state.carried.set(ticket, { sealed, reason, via, delivery, since: now })
  if (displaced !== undefined) end(turn, 'too-many', displaced.value.via, displaced.value.delivery, 'ignore')
  effects.push({ kind: 'check-signature', ticket, checks: sealed.checks })
}

/** @returns whether the ticket was ours */
export function carriedChecked(turn: Turn, ticket: Ticket, valid: boolean): boolean {
  const { state } = turn
  const pending = state.carried.get(ticket)
  if (pending === undefined) return false
  state.carried.delete(ticket)
  const { sealed, reason, via, delivery } = pending
  if (!valid) {
    recordOf(state, via).faults++
    end(turn, 'bad-signature', via, delivery, 'reject')
    return true
  }
  const fault = faultOf(turn, sealed)
  if (fault === undefined) state.counters.forwarded++
  end(turn, fault ?? reason, via, delivery, fault === undefined ? 'forward' : 'ignore')
  return true
}

function faultOf({ state, now, wall }: Turn, sealed: SealedClaim): Refusal | undefined {
  const { author, device, time, sequence } = sealed
  const record = authorOf(state, author)
  if (isBanned(record.reputation, now)) return 'banned'
  if (Math.abs(wall - time) > TIME_WINDOW_MS) return 'replayed'
  const window = admitSequence(state.sequences.get(device), sequence)
  if (window === undefined) return 'replayed'
  state.sequences.set(device, window)
  return record.claims.take(now) ? faultByRule(state, sealed) : 'too-many'
}

function end(turn: Turn, reason: Refusal, via: PeerId, delivery: string, verdict: Verdict): void {
  countRefusal(turn, reason, { via })
  turn.effects.push({ kind: 'verdict', id: delivery, verdict })
}

/** Checks that nobody answered. */
export function expireCarried(turn: Turn): void {
  const { state, now } = turn
  for (const [ticket, { via, delivery, since }] of [...state.carried.entries()]) {
    if (now - since < CHECK_TIMEOUT_MS) break
    state.carried.delete(ticket)
    end(turn, 'too-many', via, delivery, 'ignore')
  }
}
