// Requests that wait for a body on its way to us: whoever hears a claim from us asks us for its body, often before we have
// it ourselves. Waiting a little is faster than a refusal and another try.

import { encodeAnswer, type Answer } from '../wire/messages.ts'
import type { Turn } from './state.ts'

/** Less than the asker's own patience. */
const PARK_MS = 3_500

export function respond(turn: Turn, ticket: number, answer: Answer | undefined): void {
  turn.effects.push({ kind: 'respond', ticket, bytes: answer === undefined ? undefined : encodeAnswer(answer) })
}

export function park(turn: Turn, ticket: number, cid: string): void {
  const displaced = turn.state.parked.set(ticket, { cid, since: turn.now })
  if (displaced !== undefined) respond(turn, displaced.key, undefined)
}

/** The body has arrived, or will not. Its content is checked, its fitness is for each to measure. */
export function answerParked(turn: Turn, cid: string, body: Uint8Array | undefined): void {
  const { state } = turn
  for (const [ticket, parked] of [...state.parked.entries()]) {
    if (parked.cid !== cid) continue
    state.parked.delete(ticket)
    if (body !== undefined) state.counters.served++
    respond(turn, ticket, body === undefined ? undefined : { kind: 'pull', body })
  }
}

export function expireParked(turn: Turn): void {
  const { state, now } = turn
  for (const [ticket, { since }] of [...state.parked.entries()]) {
    if (now - since < PARK_MS) break
    state.parked.delete(ticket)
    respond(turn, ticket, undefined)
  }
}
