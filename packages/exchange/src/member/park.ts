// Requests that wait for a body on its way to us: whoever hears a claim from us asks us for its body, often before we have
// it ourselves. Waiting a little is faster than a refusal and another try.

import { cidFromDigest } from '../claim/cid-digest.ts'
import { encodeAnswer, type Answer } from '../wire/messages.ts'
import { ABSENT, packBody } from '../wire/parcel.ts'
import { bodyOf, type MemberState, type Turn } from './state.ts'

/** Less than the asker's own patience. */
const PARK_MS = 3_500

export function respond(turn: Turn, ticket: number, answer: Answer | undefined): void {
  turn.effects.push({ kind: 'respond', ticket, bytes: answer === undefined ? undefined : encodeAnswer(answer) })
}

/** @param held digests that the asker named; undefined when it wants a plain body or a refusal */
export function respondBody(turn: Turn, ticket: number, cid: string, body: Uint8Array | undefined, held: readonly Uint8Array[] | undefined): void {
  const { state } = turn
  if (body !== undefined) state.counters.served++
  if (held === undefined) return respond(turn, ticket, body === undefined ? undefined : { kind: 'pull', body })
  if (body === undefined) return respond(turn, ticket, ABSENT)
  turn.effects.push({ kind: 'respond', ticket, bytes: packedAnswer(state, cid, body, held.map(cidFromDigest)) })
}

/** Packing takes milliseconds, and hundreds ask for the same body at once, most of them with the same bases or none that is here. */
function packedAnswer(state: MemberState, cid: string, body: Uint8Array, held: readonly string[]): Uint8Array {
  const bases = held.map((base) => bodyOf(state, base))
  // Bases that are not here change nothing, but their place counts: an edit says of which one it is.
  const key = [cid, ...held.map((base, i) => (bases[i] === undefined ? '' : base))].join('/').replace(/\/+$/, '')
  const packed = state.packed.get(key) ?? encodeAnswer(packBody(body, bases, state.reading.decodeGenotype))
  state.packed.set(key, packed)
  return packed
}

export function park(turn: Turn, ticket: number, cid: string, held: readonly Uint8Array[] | undefined): void {
  const displaced = turn.state.parked.set(ticket, { cid, since: turn.now, held })
  if (displaced !== undefined) respondBody(turn, displaced.key, displaced.value.cid, undefined, displaced.value.held)
}

/** The body has arrived, or will not. Its content is checked, its fitness is for each to measure. */
export function answerParked(turn: Turn, cid: string, body: Uint8Array | undefined): void {
  const { state } = turn
  for (const [ticket, parked] of state.parked.entries()) {
    if (parked.cid !== cid) continue
    state.parked.delete(ticket)
    respondBody(turn, ticket, cid, body, parked.held)
  }
}

export function expireParked(turn: Turn): void {
  const { state, now } = turn
  for (const [ticket, { cid, since, held }] of state.parked.entries()) {
    if (now - since < PARK_MS) break
    state.parked.delete(ticket)
    respondBody(turn, ticket, cid, undefined, held)
  }
}
