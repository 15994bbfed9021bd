// Requests that wait for a body on its way to us: whoever hears a claim from us asks us for its body, often before we have
// it ourselves. Waiting a little is faster than a refusal and another try.

import { cidFromDigest } from '../claim/cid-digest.ts'
import { encodeAnswer, type Answer } from '../wire/messages.ts'
import { ABSENT, packBody } from '../wire/parcel.ts'
import { bodyOf, type Turn } from './state.ts'

/** Less than the asker's own patience. */
const PARK_MS = 3_500

export function respond(turn: Turn, ticket: number, answer: Answer | undefined): void {
  turn.effects.push({ kind: 'respond', ticket, bytes: answer === undefined ? undefined : encodeAnswer(answer) })
}

/** @param held digests that the asker named; undefined when it wants a plain body or a refusal */
export function respondBody(turn: Turn, ticket: number, body: Uint8Array | undefined, held: readonly Uint8Array[] | undefined): void {
  const { state } = turn
  if (body !== undefined) state.counters.served++
  if (held === undefined) return respond(turn, ticket, body === undefined ? undefined : { kind: 'pull', body })
  if (body === undefined) return respond(turn, ticket, ABSENT)
  respond(turn, ticket, packBody(body, held.map((digest) => bodyOf(state, cidFromDigest(digest))), state.reading.decodeGenotype))
}

export function park(turn: Turn, ticket: number, cid: string, held: readonly Uint8Array[] | undefined): void {
  const displaced = turn.state.parked.set(ticket, { cid, since: turn.now, held })
  if (displaced !== undefined) respondBody(turn, displaced.key, undefined, displaced.value.held)
}

/** The body has arrived, or will not. Its content is checked, its fitness is for each to measure. */
export function answerParked(turn: Turn, cid: string, body: Uint8Array | undefined): void {
  const { state } = turn
  for (const [ticket, parked] of state.parked.entries()) {
    if (parked.cid !== cid) continue
    state.parked.delete(ticket)
    respondBody(turn, ticket, body, parked.held)
  }
}

export function expireParked(turn: Turn): void {
  const { state, now } = turn
  for (const [ticket, { since, held }] of state.parked.entries()) {
    if (now - since < PARK_MS) break
    state.parked.delete(ticket)
    respondBody(turn, ticket, undefined, held)
  }
}
