// Who brings a problem farms its evaluations out: a state machine that hands batches to peers by how fast each has been, gives
// what one does not finish to another, and believes nobody untested. BOINC's rule says how often a result is computed again.

import type { Random } from '@megabrain/evolve'
import { auditProbability } from '../credit/sampling.ts'
import { MAX_REQUEST_BYTES, MAX_UNITS, MAX_WORK_MS } from '../limits.ts'
import type { PeerId } from '../ports.ts'
import { encodeRequest } from '../wire/messages.ts'

export interface FarmOptions {
  readonly task: string
  /** Evaluator version, 64 hex characters. */
  readonly evaluator: string
  /** How long a peer has for one batch, ms. @default 30_000 */
  readonly deadlineMs?: number
  readonly random: Random
}

export type FarmEvent =
  /** More genotypes to be measured; ids are the caller's and each is new. */
  | { readonly kind: 'submit'; readonly units: readonly Unit[] }
  /** Who can be asked now. */
  | { readonly kind: 'peers'; readonly peers: readonly PeerId[] }
  /** Undefined: refused, gone or too late. */
  | { readonly kind: 'answered'; readonly ticket: number; readonly fitness: readonly (number | undefined)[] | undefined }
  /** What we measured ourselves; undefined: it cannot be measured. */
  | { readonly kind: 'checked'; readonly ticket: number; readonly fitness: number | undefined }
  | { readonly kind: 'tick' }

export interface Unit {
  readonly id: number
  readonly body: Uint8Array
}

export type FarmEffect =
  /** Answered by `answered`. */
  | { readonly kind: 'ask'; readonly ticket: number; readonly to: PeerId; readonly request: Uint8Array; readonly timeoutMs: number }
  /** Measure it here; answered by `checked`. */
  | { readonly kind: 'check'; readonly ticket: number; readonly body: Uint8Array }
  /** Once for each unit. `by`: the peer that measured it. */
  | { readonly kind: 'done'; readonly id: number; readonly fitness: number; readonly by: PeerId }
  /** Nobody could measure it, `MOST_TRIES` times. */
  | { readonly kind: 'given-up'; readonly id: number }

export interface FarmPeer {
  readonly peer: PeerId
  /** Consecutive batches whose sample was as it said. */
  readonly valid: number
  /** Caught with a false result: it is asked nothing more. */
  readonly isLiar: boolean
  /** Units a second, as measured. */
  readonly rate: number
  readonly done: number
}

export interface Farm {
  step(event: FarmEvent, now: number): readonly FarmEffect[]
  /** Units that are not done. */
  readonly open: number
  peers(): readonly FarmPeer[]
  /** How many results were computed again here. */
  readonly checks: number
}

interface Worker {
  valid: number
  isLiar: boolean
  rate: number
  done: number
  inFlight: number
  failures: number
  restUntil: number
}

interface Task extends Unit {
  tries: number
  /** Batches that it is in now. */
  asked: number
}

interface Batch {
  readonly to: PeerId
  readonly units: readonly Task[]
  readonly sentAt: number
  fitness: readonly (number | undefined)[] | undefined
  /** Of the units, which one is computed again. */
  sample: number | undefined
  isRepeated: boolean
}

/** What a batch should take, ms: long enough that the way there costs little, short enough that a lost one costs little. */
const BATCH_MS = 1_000
/** Batches of one peer under way: the next one is there when it has finished one. */
const MOST_IN_FLIGHT = 2
const MOST_TRIES = 8
const MOST_FAILURES = 3
const REST_MS = 30_000
const FRAME_BYTES = 256
/** When nothing is left to hand out, what takes this many times as long as it should is given to somebody else too. */
const LATE = 3

export function createFarm({ task, evaluator, deadlineMs = 30_000, random }: FarmOptions): Farm {
  if (!(deadlineMs >= 1 && deadlineMs <= MAX_WORK_MS)) throw new RangeError(`A deadline must be 1 to ${MAX_WORK_MS} ms, got ${deadlineMs}`)
  const workers = new Map<PeerId, Worker>()
  let present: readonly PeerId[] = []
  const waiting: Task[] = []
  const left = new Set<number>()
  const batches = new Map<number, Batch>()
  const checking = new Map<number, Batch>()
  let tickets = 0
  let checks = 0
  let effects: FarmEffect[] = []

  const workerOf = (peer: PeerId): Worker => {
    const worker = workers.get(peer) ?? { valid: 0, isLiar: false, rate: 0, done: 0, inFlight: 0, failures: 0, restUntil: 0 }
    workers.set(peer, worker)
    return worker
  }

  function handOut(now: number): void {
    // In turns, so that the first peer does not get everything.
    for (let round = 0; round < MOST_IN_FLIGHT; round++) {
      for (const peer of present) {
        const worker = workerOf(peer)
        if (worker.isLiar || worker.inFlight > round || now < worker.restUntil) continue
        const units = waiting.length > 0 ? takeBatch(worker) : lateUnits(peer, now)
        if (units.length > 0) ask(peer, worker, units, now)
      }
    }
  }

  function takeBatch({ rate }: Worker): Task[] {
    const most = Math.max(1, Math.min(MAX_UNITS, Math.round((rate * BATCH_MS) / 1_000)))
    const units: Task[] = []
    let bytes = FRAME_BYTES
    while (units.length < most && waiting.length > 0) {
      bytes += waiting[0]!.body.length + 8
      if (units.length > 0 && bytes > MAX_REQUEST_BYTES) break
      const unit = waiting.shift()!
      if (left.has(unit.id)) units.push(unit)
    }
    return units
  }

  function lateUnits(peer: PeerId, now: number): readonly Task[] {
    for (const batch of batches.values()) {
      if (batch.isRepeated || batch.to === peer) continue
      const expected = Math.max(BATCH_MS, (1_000 * batch.units.length) / Math.max(0.001, workerOf(batch.to).rate))
      if (now - batch.sentAt < LATE * Math.min(expected, deadlineMs / LATE)) continue
      batch.isRepeated = true
      return batch.units.filter(({ id }) => left.has(id))
    }
    return []
  }

  function ask(to: PeerId, worker: Worker, units: readonly Task[], now: number): void {
    const ticket = ++tickets
    worker.inFlight++
    for (const unit of units) {
      unit.tries++
      unit.asked++
    }
    batches.set(ticket, { to, units, sentAt: now, fitness: undefined, sample: undefined, isRepeated: false })
    const request = encodeRequest({ kind: 'evaluate', task, evaluator, deadlineMs, bodies: units.map(({ body }) => body) })
    effects.push({ kind: 'ask', ticket, to, request, timeoutMs: deadlineMs })
  }

  function answered(ticket: number, fitness: readonly (number | undefined)[] | undefined, now: number): void {
    const batch = batches.get(ticket)
    if (batch === undefined) return
    batches.delete(ticket)
    const worker = workerOf(batch.to)
    worker.inFlight--
    for (const unit of batch.units) unit.asked--
    const sound = fitness?.length === batch.units.length ? fitness : undefined
    const measured = sound?.filter((value) => value !== undefined).length ?? 0
    if (measured === 0 || worker.isLiar) {
      worker.failures++
      if (worker.failures >= MOST_FAILURES) {
        worker.failures = 0
        worker.restUntil = now + REST_MS
      }
      return again(batch.units)
    }
    worker.failures = 0
    const rate = measured / Math.max(0.001, (now - batch.sentAt) / 1_000)
    // Two batches wait for each other at one peer.
    worker.rate = worker.rate === 0 ? rate : 0.7 * worker.rate + 0.3 * rate * Math.min(MOST_IN_FLIGHT, worker.inFlight + 1)
    batch.fitness = sound
    if (random.uniform() >= auditProbability(worker.valid)) return accept(batch)
    const claimed = batch.units.map((_, i) => i).filter((i) => sound![i] !== undefined)
    batch.sample = claimed[random.integer(claimed.length)]!
    checks++
    checking.set(ticket, batch)
    effects.push({ kind: 'check', ticket, body: batch.units[batch.sample]!.body })
  }

  function checked(ticket: number, fitness: number | undefined): void {
    const batch = checking.get(ticket)
    if (batch === undefined) return
    checking.delete(ticket)
    const worker = workerOf(batch.to)
    if (fitness === batch.fitness![batch.sample!]) {
      worker.valid++
      return accept(batch)
    }
    worker.valid = 0
    worker.isLiar = true
    again(batch.units)
  }

  function accept({ to, units, fitness }: Batch): void {
    const worker = workerOf(to)
    if (worker.isLiar) return again(units)
    const missing: Task[] = []
    for (const [i, unit] of units.entries()) {
      const value = fitness![i]
      if (value === undefined) missing.push(unit)
      else if (left.delete(unit.id)) {
        worker.done++
        effects.push({ kind: 'done', id: unit.id, fitness: value, by: to })
      }
    }
    again(missing)
  }

  function again(units: readonly Task[]): void {
    for (const unit of units) {
      if (!left.has(unit.id) || unit.asked > 0) continue
      if (unit.tries < MOST_TRIES) waiting.unshift(unit)
      else {
        left.delete(unit.id)
        effects.push({ kind: 'given-up', id: unit.id })
      }
    }
  }

  return {
    step(event, now) {
      effects = []
      switch (event.kind) {
        case 'submit':
          for (const unit of event.units) {
            left.add(unit.id)
            waiting.push({ ...unit, tries: 0, asked: 0 })
          }
          break
        case 'peers':
          present = [...event.peers]
          break
        case 'answered':
          answered(event.ticket, event.fitness, now)
          break
        case 'checked':
          checked(event.ticket, event.fitness)
          break
        case 'tick':
      }
      handOut(now)
      return effects
    },
    get open() {
      return left.size
    },
    peers: () => [...workers].map(([peer, { valid, isLiar, rate, done }]) => ({ peer, valid, isLiar, rate, done })),
    get checks() {
      return checks
    },
  }
}
