// The requester's side of work units, a pure state machine: what there is to evaluate goes to donors in units of about a
// second by their measured speed, comes back sampled, and goes to somebody else when a donor is slow, gone or false.

import type { Random, TaskId } from '@megabrain/evolve'
import { auditProbability, TRUSTED_AFTER } from '../credit/sampling.ts'
import { MAX_ANSWER_BYTES, MAX_UNIT_BODIES, MAX_UNIT_BYTES } from '../limits.ts'
import type { Measurement } from '../member/events.ts'
import type { PeerId, RequestResult } from '../ports.ts'
import { decodeAnswer, encodeRequest } from '../wire/messages.ts'
import type { UnitResult } from './work-unit.ts'

export type FarmEvent =
  /** More to evaluate; ids must be new. */
  | { readonly kind: 'submitted'; readonly work: readonly { readonly id: number; readonly body: Uint8Array }[] }
  /** Who may be asked from now on. */
  | { readonly kind: 'donors'; readonly peers: readonly PeerId[] }
  | { readonly kind: 'answered'; readonly ticket: number; readonly result: RequestResult }
  | { readonly kind: 'measured'; readonly ticket: number; readonly measurement: Measurement }
  /** A few times a second. */
  | { readonly kind: 'tick' }

export type FarmEffect =
  /** Answered by `answered`. */
  | {
      readonly kind: 'request'
      readonly ticket: number
      readonly to: PeerId
      readonly bytes: Uint8Array
      readonly maxBytes: number
      readonly timeoutMs: number
    }
  /** Evaluate here: a sample, or work that no donor takes. Answered by `measured`. */
  | { readonly kind: 'measure'; readonly ticket: number; readonly body: Uint8Array }
  /** Once for each id. `by` is undefined for what was evaluated here; `isChecked`: evaluated a second time or here. */
  | { readonly kind: 'done'; readonly id: number; readonly result: UnitResult; readonly by: PeerId | undefined; readonly isChecked: boolean }
  /** A donor's result was false: its open units are done anew, and it is asked no more. */
  | { readonly kind: 'disproved'; readonly peer: PeerId; readonly claimed: UnitResult; readonly measured: UnitResult }

export interface DonorView {
  readonly peer: PeerId
  /** Results taken from it, and those of them that were evaluated here too. */
  readonly evaluations: number
  readonly checked: number
  /** Units that it refused or did not answer in time. */
  readonly failures: number
  readonly isFalse: boolean
  /** Measured, evaluations per second with everything between; undefined before its first answer. */
  readonly perSecond: number | undefined
}

export interface FarmView {
  readonly donors: readonly DonorView[]
  readonly waiting: number
  /** Evaluated here because no donor took it. */
  readonly evaluatedHere: number
}

export interface Farm {
  step(event: FarmEvent, now: number): readonly FarmEffect[]
  view(): FarmView
}

export interface FarmOptions {
  readonly task: TaskId
  /** Evaluator version, 64 hex characters. */
  readonly evaluator: string
  /** Draws the samples: no donor may foresee it. */
  readonly random: Random
  /** Whether this machine evaluates too while donors are busy; without donors it always does. @default false */
  readonly evaluatesToo?: boolean
}

interface Unit {
  readonly ticket: number
  readonly peer: PeerId
  readonly ids: readonly number[]
  readonly sentAt: number
  /** While samples of it are evaluated here: what the donor said. */
  results: readonly UnitResult[] | undefined
  readonly samples: Set<number>
  /** Whether somebody else has been given the same work. */
  isCopied: boolean
  /** Set for a unit that checks others, in the order of its ids. */
  readonly checks: readonly Sample[] | undefined
}

/** A result to be evaluated a second time. */
interface Sample {
  readonly unit: number
  readonly id: number
  /** Whether no donor may check it. */
  readonly isOurs: boolean
  /** The donor that says otherwise, and what it says: one of the two is false. */
  readonly objection?: { readonly peer: PeerId; readonly result: UnitResult } | undefined
}

interface Donor {
  readonly peer: PeerId
  /** CV: consecutive results that held when they were evaluated here. */
  valid: number
  /** Those of them that were checked here and not by another donor. */
  validHere: number
  perMs: number | undefined
  open: number
  evaluations: number
  checked: number
  failures: number
  /** Failures since its last answer. */
  silent: number
  restUntil: number
  isFalse: boolean
}

const UNIT_TARGET_MS = 1_000
const FIRST_UNIT = 4
const UNITS_PER_DONOR = 2
/** A donor shares its machine with its own search and with others. */
const PATIENCE = 6
const LEAST_PATIENCE_MS = 5_000
const MOST_PATIENCE_MS = 30_000
const LONGEST_REST_MS = 60_000
/** Evaluations here at a time. */
const MAX_MEASURING = 2
/** When more samples than these wait for this machine, trusted donors check one another, */
const OWN_BACKLOG = 8
/** so many at a time, */
const CHECKS_PER_UNIT = 8
/** but of this many one stays here, so that donors who stand together are found out all the same. */
const OURS_OF = 4
/** Donors remembered; who comes back is not trusted anew. */
const MAX_DONORS = 256

export function createFarm(options: FarmOptions): Farm {
  const { random } = options
  const donors = new Map<PeerId, Donor>()
  let present: readonly PeerId[] = []
  const work = new Map<number, Uint8Array>()
  const queue: number[] = []
  const units = new Map<number, Unit>()
  /** Samples due and under way, and own work: ticket → id, and the unit that it is a sample of. */
  const samples: Sample[] = []
  const measuring = new Map<number, { readonly id: number; readonly sample: Sample | undefined }>()
  let tickets = 0
  let evaluatedHere = 0
  let effects: FarmEffect[] = []
  let time = 0

  function donorOf(peer: PeerId): Donor {
    const known = donors.get(peer)
    if (known !== undefined) return known
    const donor: Donor = { peer, valid: 0, validHere: 0, perMs: undefined, open: 0, evaluations: 0, checked: 0, failures: 0, silent: 0, restUntil: 0, isFalse: false }
    if (donors.size >= MAX_DONORS) for (const [other, { open }] of donors) if (open === 0 && !present.includes(other)) { donors.delete(other); break }
    donors.set(peer, donor)
    return donor
  }

  function settle(id: number, result: UnitResult, by: PeerId | undefined, isChecked: boolean): void {
    if (!work.delete(id)) return // a copy of it was faster
    effects.push({ kind: 'done', id, result, by, isChecked })
  }

  /** Back to the head of the queue, what nobody else has brought. */
  function giveBack({ ids, isCopied, checks }: Unit): void {
    if (checks !== undefined) samples.push(...checks)
    else if (!isCopied) queue.unshift(...ids.filter((id) => work.has(id)))
  }

  function end(unit: Unit): Donor {
    units.delete(unit.ticket)
    const donor = donorOf(unit.peer)
    donor.open--
    return donor
  }

  function answered(ticket: number, result: RequestResult): void {
    const unit = units.get(ticket)
    if (unit === undefined) return
    const answer = result.ok ? decodeAnswer(result.value) : undefined
    const results = answer?.ok === true && answer.value.kind === 'evaluate' ? answer.value.results : undefined
    if (results?.length !== unit.ids.length) return failed(unit)
    const donor = donorOf(unit.peer)
    const perMs = unit.ids.length / Math.max(1, time - unit.sentAt) * Math.min(UNITS_PER_DONOR, donor.open)
    donor.perMs = donor.perMs === undefined ? perMs : 0.7 * donor.perMs + 0.3 * perMs
    donor.silent = 0
    if (unit.checks !== undefined) return crossChecked(unit, unit.checks, results)
    unit.results = results
    unit.ids.forEach((id, i) => {
      // As if the samples drawn before it held: if one does not, nothing of the unit is taken. A refusal to evaluate is always checked.
      const isDrawn = random.uniform() < auditProbability(donor.valid + unit.samples.size)
      if (work.has(id) && (isDrawn || !results[i]!.ok)) unit.samples.add(id)
    })
    for (const id of unit.samples) samples.push({ unit: ticket, id, isOurs: !results[unit.ids.indexOf(id)]!.ok || random.integer(OURS_OF) === 0 })
    release(unit)
  }

  /** All samples of a unit hold: its results are taken. */
  function release(unit: Unit): void {
    if (unit.samples.size > 0 || unit.results === undefined || !units.has(unit.ticket)) return
    const donor = end(unit)
    unit.ids.forEach((id, i) => {
      if (work.has(id)) donor.evaluations++
      settle(id, unit.results![i]!, unit.peer, false)
    })
  }

  function failed(unit: Unit): void {
    const donor = end(unit)
    donor.failures++
    donor.silent++
    donor.restUntil = time + Math.min(LONGEST_REST_MS, 1_000 * 2 ** Math.min(donor.silent - 1, 6))
    giveBack(unit)
  }

  /** Another donor has evaluated samples: where the two agree the sample holds, else it is decided here. */
  function crossChecked(unit: Unit, checks: readonly Sample[], results: readonly UnitResult[]): void {
    end(unit)
    checks.forEach((sample, i) => {
      const checked = units.get(sample.unit)
      if (checked === undefined) return
      const result = results[i]!
      if (!isEqual(claimedOf(checked, sample.id), result)) {
        samples.unshift({ ...sample, isOurs: true, objection: { peer: unit.peer, result } })
      } else holds(checked, sample.id, result)
    })
  }

  function claimedOf(unit: Unit, id: number): UnitResult {
    return unit.results![unit.ids.indexOf(id)]!
  }

  function holds(unit: Unit, id: number, result: UnitResult): void {
    const donor = donorOf(unit.peer)
    unit.samples.delete(id)
    if (work.has(id)) donor.evaluations++
    donor.checked++
    donor.valid++
    settle(id, result, unit.peer, true)
    release(unit)
  }

  function disproved(peer: PeerId, claimed: UnitResult, truth: UnitResult): void {
    const donor = donorOf(peer)
    if (donor.isFalse) return
    effects.push({ kind: 'disproved', peer, claimed, measured: truth })
    donor.isFalse = true
    donor.valid = 0
    for (const unit of [...units.values()]) {
      if (unit.peer !== peer) continue
      end(unit)
      giveBack(unit)
    }
  }

  function measured(ticket: number, measurement: Measurement): void {
    const pending = measuring.get(ticket)
    if (pending === undefined) return
    measuring.delete(ticket)
    const { ok } = measurement
    const truth: UnitResult = ok ? { ok, fitness: measurement.fitness, fingerprint: measurement.fingerprint } : { ok, reason: measurement.reason }
    const { id, sample } = pending
    const unit = sample === undefined ? undefined : units.get(sample.unit)
    // Our own trouble proves nothing.
    const isKnown = ok || measurement.reason !== 'evaluator-failed'
    if (isKnown && sample?.objection !== undefined) judge(sample.objection.peer, sample.objection.result, truth)
    if (unit === undefined) {
      evaluatedHere++
      return settle(id, truth, undefined, true)
    }
    const claimed = claimedOf(unit, id)
    if (isEqual(claimed, truth)) {
      donorOf(unit.peer).validHere++
      return holds(unit, id, truth)
    }
    donorOf(unit.peer).checked++
    unit.samples.delete(id)
    settle(id, truth, unit.peer, true)
    if (isKnown) judge(unit.peer, claimed, truth)
    release(unit)
  }

  /** A donor whose evaluator failed has said nothing about the genotype. */
  function judge(peer: PeerId, claimed: UnitResult, truth: UnitResult): void {
    if (!isEqual(claimed, truth) && (claimed.ok || claimed.reason !== 'evaluator-failed')) disproved(peer, claimed, truth)
  }

  function sizeFor(donor: Donor, takers: number): number {
    const bySpeed = donor.perMs === undefined ? FIRST_UNIT : Math.round(donor.perMs * UNIT_TARGET_MS / UNITS_PER_DONOR)
    // Towards the end everybody gets a part of what is left.
    const fair = Math.ceil(queue.length / (takers * UNITS_PER_DONOR))
    return Math.max(1, Math.min(MAX_UNIT_BODIES, bySpeed, fair))
  }

  function send(donor: Donor, ids: readonly number[], checks?: readonly Sample[]): void {
    const expectedMs = donor.perMs === undefined ? 0 : ids.length / donor.perMs * UNITS_PER_DONOR
    const timeoutMs = Math.round(Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, PATIENCE * expectedMs)))
    const ticket = ++tickets
    units.set(ticket, { ticket, peer: donor.peer, ids, sentAt: time, results: undefined, samples: new Set(), isCopied: false, checks })
    donor.open++
    const bytes = encodeRequest({
      kind: 'evaluate', task: options.task, evaluator: options.evaluator, episodes: 'public', deadlineMs: timeoutMs,
      bodies: ids.map((id) => work.get(id)!),
    })
    effects.push({ kind: 'request', ticket, to: donor.peer, bytes, maxBytes: MAX_ANSWER_BYTES, timeoutMs })
  }

  function take(most: number): readonly number[] {
    const ids: number[] = []
    let bytes = 0
    while (ids.length < most && queue.length > 0) {
      const id = queue[0]!
      const body = work.get(id)
      if (body !== undefined) {
        if (bytes + body.length > MAX_UNIT_BYTES) break
        bytes += body.length
        ids.push(id)
      }
      queue.shift()
    }
    return ids
  }

  /** The unit that its donor has had longest, when that is longer than it should take. */
  function straggler(peer: PeerId): Unit | undefined {
    for (const unit of units.values()) {
      const expectedMs = unit.ids.length / (donorOf(unit.peer).perMs ?? 1 / UNIT_TARGET_MS)
      if (unit.peer !== peer && !unit.isCopied && unit.checks === undefined && unit.results === undefined && time - unit.sentAt > 2 * Math.max(UNIT_TARGET_MS, expectedMs)) return unit
    }
    return undefined
  }

  function assign(): void {
    const takers = present.map(donorOf).filter((donor) => !donor.isFalse && time >= donor.restUntil)
    for (let round = 0; round < UNITS_PER_DONOR; round++) {
      for (const donor of takers) {
        if (donor.open > round) continue
        const checks = checksFor(donor)
        if (checks.length > 0) {
          send(donor, checks.map(({ id }) => id), checks)
          continue
        }
        const ids = take(sizeFor(donor, takers.length))
        if (ids.length > 0) {
          send(donor, ids)
          continue
        }
        const late = donor.open === 0 && queue.length === 0 ? straggler(donor.peer) : undefined
        if (late === undefined) continue
        late.isCopied = true
        const left = late.ids.filter((id) => work.has(id))
        if (left.length > 0) send(donor, left)
      }
    }
    measureHere(takers.length > 0)
  }

  /** Samples of others' results for a donor that has proved itself here, when they pile up. */
  function checksFor(donor: Donor): readonly Sample[] {
    const chosen: Sample[] = []
    if (samples.length <= OWN_BACKLOG || donor.validHere < TRUSTED_AFTER) return chosen
    let bytes = 0
    for (let i = samples.length - 1; i >= 0 && chosen.length < CHECKS_PER_UNIT && samples.length > OWN_BACKLOG; i--) {
      const sample = samples[i]!
      const [unit, body] = [units.get(sample.unit), work.get(sample.id)]
      if (sample.isOurs || unit === undefined || body === undefined || unit.peer === donor.peer) continue
      bytes += body.length
      if (bytes > MAX_UNIT_BYTES) break
      samples.splice(i, 1)
      chosen.push(sample)
    }
    return chosen
  }

  function measureHere(hasDonors: boolean): void {
    while (measuring.size < MAX_MEASURING) {
      const sample = samples.shift()
      if (sample !== undefined && !units.has(sample.unit)) continue // its donor was false about another
      // A genotype too large for a unit has no donor either.
      const isOwn = sample === undefined && (!hasDonors || options.evaluatesToo === true || (work.get(queue[0] ?? 0)?.length ?? 0) > MAX_UNIT_BYTES)
      const id = sample?.id ?? (isOwn ? queue.shift() : undefined)
      if (id === undefined) return
      const body = work.get(id)
      if (body === undefined) {
        if (sample !== undefined) unsampled(sample)
        continue
      }
      const ticket = ++tickets
      measuring.set(ticket, { id, sample })
      effects.push({ kind: 'measure', ticket, body })
    }
  }

  /** A copy elsewhere has settled it meanwhile. */
  function unsampled({ unit: ticket, id }: Sample): void {
    const unit = units.get(ticket)!
    unit.samples.delete(id)
    release(unit)
  }

  return {
    step(event, now) {
      effects = []
      time = now
      if (event.kind === 'submitted') {
        for (const { id, body } of event.work) {
          work.set(id, body)
          queue.push(id)
        }
      } else if (event.kind === 'donors') present = event.peers.slice(0, MAX_DONORS)
      else if (event.kind === 'answered') answered(event.ticket, event.result)
      else if (event.kind === 'measured') measured(event.ticket, event.measurement)
      assign()
      return effects
    },
    view: () => ({
      donors: Array.from(donors.values(), ({ peer, evaluations, checked, failures, isFalse, perMs }) => (
        { peer, evaluations, checked, failures, isFalse, perSecond: perMs === undefined ? undefined : perMs * 1_000 })),
      waiting: work.size,
      evaluatedHere,
    }),
  }
}

function isEqual(a: UnitResult, b: UnitResult): boolean {
  if (a.ok && b.ok) return a.fitness === b.fitness && a.fingerprint === b.fingerprint
  return !a.ok && !b.ok && a.reason === b.reason
}
