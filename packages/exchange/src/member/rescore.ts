// After a release that changed how a task is evaluated: what the archive holds is measured again, slowly and beside the
// present. Our own claims are renewed and signed, linked to the old ones; those of others stay theirs, with what was
// measured here, and need no signature, since whoever has the old claim measures the same.

import { sha256 } from '@noble/hashes/sha2.js'
import { hexText } from '../bytes/text.ts'
import { claimMessage, decodeClaim, encodeClaim, type Statement } from '../claim/claim-codec.ts'
import type { Claim } from '../claim/claim.ts'
import { nicheNumber } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import type { Measurement, Ticket } from './events.ts'
import { faultByRule, noteLineage } from './governance.ts'
import { considerImmigrant } from './immigration.ts'
import { renewed, type Outdated } from './outdated.ts'
import { nextSequence } from './publish.ts'
import { newTicket, rememberClaim, store, type MemberState, type Turn } from './state.ts'

/** Tries of one body while the evaluator fails. */
const MAX_ATTEMPTS = 3

export function rescoreOnHeartbeat(turn: Turn): void {
  const { state, now, effects } = turn
  const { rescore } = state
  const next = rescore.waiting[0]
  if (rescore.ticket !== undefined || next === undefined || !rescore.bucket.take(now)) return
  const { claim, body } = next.entry
  rescore.ticket = newTicket(state)
  const known = state.known.get(claim.genotype)
  // A stranger may have brought the same claim meanwhile.
  if (known?.ok === true) return void rescoreMeasured(turn, rescore.ticket, known)
  effects.push({ kind: 'measure', ticket: rescore.ticket, task: claim.task, body, maxCost: state.options.realm.limits.maxCost })
}

/** @returns whether the ticket was ours */
export function rescoreMeasured(turn: Turn, ticket: Ticket, measurement: Measurement): boolean {
  const { state } = turn
  const { rescore } = state
  if (rescore.ticket !== ticket) return false
  rescore.ticket = undefined
  const outdated = rescore.waiting.shift()!
  if (!measurement.ok) {
    outdated.attempts++
    // What the present version cannot measure stays stored as it is.
    if (measurement.reason === 'evaluator-failed' && outdated.attempts < MAX_ATTEMPTS) rescore.waiting.push(outdated)
    return true
  }
  state.counters.rescored++
  const { entry } = outdated
  rescore.bodies.delete(entry.claim.genotype)
  const { fitness, fingerprint, links } = measurement
  const evaluator = state.evaluators.get(entry.claim.task)
  if (evaluator === undefined || faultByRule(state, entry.claim) !== undefined) return true
  state.known.set(entry.claim.genotype, { ok: true, fitness, fingerprint, links })
  if (entry.claim.evaluator === evaluator) {
    if (entry.claim.fitness === fitness) settle(turn, { ...entry, fingerprint, links }, outdated)
    return true
  }
  const { identity } = state.options
  if (identity !== undefined && hexText(identity.owner) === entry.claim.author) return renew(turn, outdated, fitness, fingerprint)
  settle(turn, { ...entry, ...renewed(entry.claim, evaluator, fitness), fingerprint, links }, outdated)
  return true
}

/** A claim under the present version, by the one who made the old one. */
function renew(turn: Turn, outdated: Outdated, fitness: number, fingerprint: number): true {
  const { state, effects } = turn
  const { identity } = state.options
  const { claim, envelope, origin, links } = outdated.entry
  const { genotype, realm, task, generation, license, author } = claim
  const statement: Statement = {
    genotype, realm, task, generation, license, author, fitness,
    evaluator: state.evaluators.get(task)!,
    seedRule: 'public',
    parents: [],
    operators: [],
    device: hexText(identity!.device),
    time: turn.wall,
    sequence: nextSequence(state, turn.wall),
    // Always the first claim, so that one step leads to parents and operators however many releases passed.
    supersedes: claim.supersedes ?? claim.id,
    niche: nicheNumber(fingerprint, links),
  }
  const ticket = newTicket(state)
  state.rescore.signing.set(ticket, { outdated, statement, fingerprint, origin: origin ?? envelope })
  effects.push({ kind: 'sign', ticket, message: claimMessage(statement, identity!.delegation) })
  return true
}

/** @returns whether the ticket was ours */
export function renewalSigned(turn: Turn, ticket: Ticket, signature: Uint8Array): boolean {
  const { state } = turn
  const renewal = state.rescore.signing.get(ticket)
  if (renewal === undefined) return false
  state.rescore.signing.delete(ticket)
  const { outdated, statement, fingerprint, origin } = renewal
  const envelope = encodeClaim(statement, state.options.identity!.delegation, signature)
  const { body, links } = outdated.entry
  const entry: Entry = { claim: { id: hexText(sha256(envelope)), ...statement }, envelope, body, fingerprint, links, origin }
  if (!settle(turn, entry, outdated)) return true
  state.counters.published++
  const { genotype, fitness } = statement
  turn.effects.push({ kind: 'publish', bytes: envelope }, { kind: 'notice', notice: { kind: 'published', cid: genotype, fitness } })
  return true
}

/** @returns whether it holds its niche */
function settle(turn: Turn, entry: Entry, outdated: Outdated): boolean {
  const { state, effects } = turn
  rememberClaim(state, entry.claim)
  const { raised, replaces } = store(state, entry)
  state.rows.push({ key: outdated.row, value: undefined })
  if (!raised) return false
  effects.push(
    { kind: 'keep', entry, replaces },
    { kind: 'notice', notice: { kind: 'rescored', claim: entry.claim, before: outdated.entry.claim.fitness } },
  )
  considerImmigrant(turn, entry)
  return true
}

/** The claim that `claim` supersedes, if it is here. */
export function originOf(state: MemberState, { supersedes }: Pick<Claim, 'supersedes'>): Uint8Array | undefined {
  return supersedes === undefined ? undefined : state.rescore.origins.get(supersedes)
}

/** Whether a claim may follow the one it names: the same author about the same genotype and task. */
export function isSuccession(origin: Uint8Array, claim: Claim): boolean {
  const decoded = decodeClaim(origin)
  if (!decoded.ok) return false
  const { genotype, task, author, supersedes } = decoded.value.claim
  return genotype === claim.genotype && task === claim.task && author === claim.author && supersedes === undefined
}

/** A claim of an earlier version has come: entries that supersede it have their origin now. */
export function completeOrigins(turn: Turn, { id }: Pick<Claim, 'id'>, envelope: Uint8Array): void {
  const { state, effects } = turn
  state.rescore.origins.set(id, envelope)
  const decoded = decodeClaim(envelope)
  if (decoded.ok) noteLineage(state, decoded.value.claim)
  for (const [niche, entry] of state.niches) {
    if (entry.claim.supersedes !== id || entry.origin !== undefined) continue
    const whole: Entry = { ...entry, origin: envelope }
    state.niches.set(niche, whole)
    state.byGenotype.set(entry.claim.genotype, whole)
    effects.push({ kind: 'keep', entry: whole, replaces: undefined })
  }
}
