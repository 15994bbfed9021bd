// The dear stage of admission: local measurement, and what follows from it. Nothing enters the archive or the population
// by another way.

import type { Refusal } from '../admission/refusal.ts'
import type { Entry } from '../archive/entry.ts'
import { nicheNumber } from '../archive/niche.ts'
import { TIME_WINDOW_MS } from '../limits.ts'
import type { Measurement } from './events.ts'
import { cacheBody } from './body-cache.ts'
import { faultByRule, noteLineage } from './governance.ts'
import { isFormer, renewed } from './outdated.ts'
import { completeOrigins, isSuccession, originOf } from './rescore.ts'
import { considerImmigrant } from './immigration.ts'
import { modelJudged, welcomedByModel } from './model.ts'
import { recordOf } from './neighbour-record.ts'
import { chargeLies, mayTry } from './newcomers.ts'
import { nicheRose } from './pace.ts'
import { authorOf, blameAuthor, countRefusal, drop, leaveUndecided, newTicket, passed, store, type Candidate, type Sound, type Trial, type Turn } from './state.ts'

/** Evaluations asked for at a time; the evaluator has its own queue and pace. */
const MAX_MEASURING = 4

/** Why a measurement failed, as a refusal. `evaluator-failed` is our own trouble, so nothing is held against anyone. */
const refusalOf = { malformed: 'malformed', 'wrong-interface': 'over-limits', 'too-expensive': 'too-expensive' } as const

/** @param body bytes whose CID is `cid`, a genotype within the realm's caps */
export function tryBody(turn: Turn, cid: string, body: Uint8Array, links: number, candidates: readonly Candidate[]): void {
  const { state } = turn
  const known = state.known.get(cid)
  if (known !== undefined) {
    for (const candidate of candidates) {
      if (known.ok) judge(turn, candidate, body, known)
      else countRefusal(turn, known.reason, candidate)
    }
    return
  }
  const displaced = state.trials.set(cid, { cid, body, links, candidates: [...candidates], ticket: undefined })
  if (displaced !== undefined) {
    const { ticket } = displaced.value
    if (ticket !== undefined) state.trialTickets.delete(ticket)
    giveUp(turn, displaced.value)
  }
  measureNext(turn)
}

/** Unmeasured; should it be heard of again, its body is here. */
function giveUp(turn: Turn, { cid, body, candidates }: Trial): void {
  cacheBody(turn.state, cid, body, false)
  for (const candidate of candidates) drop(turn, candidate, 'too-many')
}

function measureNext(turn: Turn): void {
  const { state, now, effects } = turn
  for (const trial of state.trials.values()) {
    if (state.trialTickets.size >= MAX_MEASURING) return
    if (trial.ticket !== undefined) continue
    if (!trial.candidates.some(({ claim }) => mayTry(turn, claim))) {
      // It was affordable when its body was asked for; lies of others were found meanwhile.
      state.trials.delete(trial.cid)
      giveUp(turn, trial)
      continue
    }
    const ticket = newTicket(state)
    trial.ticket = ticket
    state.trialTickets.set(ticket, trial.cid)
    const { claim, via } = trial.candidates[0]!
    const { task } = claim
    recordOf(state, via).evaluations.spend(now, 1)
    authorOf(state, claim.author).evaluations.spend(now, 1)
    effects.push({ kind: 'measure', ticket, task, body: trial.body, maxCost: state.options.realm.limits.maxCost })
  }
}

export function measured(turn: Turn, ticket: number, measurement: Measurement): void {
  const { state } = turn
  const cid = state.trialTickets.get(ticket)
  if (cid === undefined) return
  state.trialTickets.delete(ticket)
  const trial = state.trials.get(cid)
  state.trials.delete(cid)
  if (trial !== undefined) {
    state.counters.measured++
    conclude(turn, trial, measurement)
    chargeLies(turn, trial.candidates, measurement.tookMs ?? 0)
  }
  measureNext(turn)
}

function conclude(turn: Turn, { cid, body, links, candidates }: Trial, measurement: Measurement): void {
  const { state } = turn
  if (!measurement.ok) {
    if (measurement.reason === 'evaluator-failed') {
      cacheBody(state, cid, body, false)
      for (const candidate of candidates) drop(turn, candidate, 'unavailable')
      return
    }
    const reason: Refusal = refusalOf[measurement.reason]
    state.known.set(cid, { ok: false, reason })
    for (const candidate of candidates) {
      // What an earlier version could measure is no fault under this one.
      if (!isFormer(state, candidate.claim)) blameAuthor(turn, candidate.claim)
      countRefusal(turn, reason, candidate)
    }
    return
  }
  const { fitness, fingerprint } = measurement
  state.known.set(cid, { ok: true, fitness, fingerprint, links })
  for (const candidate of candidates) judge(turn, candidate, body, { fitness, fingerprint, links })
  cacheBody(state, cid, body, false)
}

/** Bit-equal or refused: the claim against what was measured here. */
function judge(turn: Turn, candidate: Candidate, body: Uint8Array, known: Pick<Sound, 'fitness' | 'fingerprint' | 'links'>): void {
  const { state, effects } = turn
  passed(state, 'measured')
  const { claim: signed, envelope, via, source } = candidate
  const isOld = isFormer(state, signed)
  const isTrue = isOld || signed.fitness === known.fitness
  if (!isTrue || (signed.niche !== undefined && signed.niche !== nicheNumber(known.fingerprint, known.links))) {
    blameAuthor(turn, signed)
    countRefusal(turn, 'not-reproduced', candidate, known.fitness)
    return modelJudged(turn, { kind: 'disproved', device: signed.device })
  }
  passed(state, 'reproduced')
  authorOf(state, signed.author).isProven = true
  const origin = originOf(state, signed)
  if (origin !== undefined && !isSuccession(origin, signed)) {
    blameAuthor(turn, signed)
    return countRefusal(turn, 'malformed', candidate)
  }
  const standing: Pick<Entry, 'claim' | 'former'> = isOld ? renewed(signed, state.evaluators.get(signed.task)!, known.fitness) : { claim: signed }
  const { claim, former } = standing
  if (isOld) completeOrigins(turn, signed, envelope)
  if (claim.fitness < state.options.realm.threshold) return countRefusal(turn, 'not-better', candidate, known.fitness)
  noteLineage(state, claim)
  const byRule = faultByRule(state, claim)
  if (byRule !== undefined) {
    leaveUndecided(state, claim)
    return countRefusal(turn, byRule, candidate, known.fitness)
  }
  const { fingerprint, links } = known
  const entry: Entry = {
    claim, envelope, body, fingerprint, links, ...(former === undefined ? {} : { former }), ...(origin === undefined ? {} : { origin }),
  }
  const isBest = ![...state.niches.values()].some((other) => other.claim.task === claim.task && other.claim.fitness >= claim.fitness)
  const { raised, replaces } = store(state, entry)
  if (!raised) return countRefusal(turn, 'not-better', candidate, known.fitness)
  state.counters.admitted++
  passed(state, 'admitted')
  effects.push({ kind: 'keep', entry, replaces }, { kind: 'notice', notice: { kind: 'admitted', claim, links: entry.links, via, best: isBest } })
  modelJudged(turn, { kind: 'admitted', entry })
  if (welcomedByModel(turn, entry)) considerImmigrant(turn, entry)
  if (source === 'sync') nicheRose(turn, entry, turn.wall - claim.time <= TIME_WINDOW_MS)
}
