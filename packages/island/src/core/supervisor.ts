// Keeps one compute worker alive and answering: hands it work, watches for signs of life, kills and replaces it when a
// measurement takes too long or nothing is heard. Whoever asks for a measurement gets an answer, whatever the worker does.

import type { TaskId } from '@megabrain/evolve'
import type { Measurement, ReplayOutcome } from '@megabrain/exchange'
import type { Assignment, Order, ReplayWork, Report } from './compute-messages.ts'
import type { Port } from './port.ts'

/** A compute worker as its environment makes it. */
export interface ComputeWorker extends Port<Report, Order> {
  /** Ends the thread at once, in the middle of an evaluation too. Nothing is heard of it afterwards. */
  kill(): void
}

export interface SupervisorOptions {
  spawn(): ComputeWorker
  /** Everything that is not about measurements. */
  onReport(report: Report): void
  /** What a replacement goes on from, where it is newer than the assignment. */
  latest(): Partial<Pick<Assignment, 'population' | 'champion' | 'stretch' | 'before'>>
  /** Replacements failed too often; nothing runs until `run` is called anew. */
  onFailed(detail: string): void
}

export interface Supervisor {
  evolve(assignment: Assignment): void
  run(running: boolean, dutyPercent: number): void
  immigrate(task: TaskId, body: Uint8Array, fitness: number): void
  measure(work: { readonly task: TaskId; readonly body: Uint8Array; readonly costLimit: number }): Promise<Measurement>
  /** Runs a receipt again; undefined when the worker failed at it or was ended meanwhile. */
  replay(work: ReplayWork): Promise<ReplayOutcome | undefined>
  /** Fitness of a verified genotype in one audit, or `none` where there is none; undefined: try again, the worker was ended. */
  audit(work: { readonly task: TaskId; readonly body: Uint8Array; readonly beacon: string }): Promise<number | 'none' | undefined>
  /** Answered by a `population` report. */
  checkpoint(): void
  /** Once a second: the watchdog's clock. Counting calls instead of time forgives a machine that slept. */
  tick(): void
  /** The worker reported that it stopped by an error of its own. */
  workerFailed(message: string): void
  close(): void
}

/** What one evaluation or champion test may take, in seconds, on a slow machine. */
const EVALUATION_BUDGET_SECONDS = 15
/** The watchdog waits twice the budget (design section 5.5), for a measurement and for any sign of life alike. */
const PATIENCE_TICKS = 2 * EVALUATION_BUDGET_SECONDS
/** Pausing acts within a second: a worker that has not answered by then is in a long evaluation and is ended. */
const PAUSE_PATIENCE_MS = 700
const MAX_KILLS = 3
const KILLS_WINDOW_TICKS = 60
/** Bodies waiting for the worker; what does not fit is answered `evaluator-failed` and can be announced again. */
const MAX_QUEUED = 256

interface Asked {
  readonly order: Order & { readonly kind: 'measure' }
  readonly resolve: (measurement: Measurement) => void
}

const FAILED: Measurement = { ok: false, reason: 'evaluator-failed' }

export function createSupervisor(options: SupervisorOptions): Supervisor {
  let worker: ComputeWorker | undefined
  let assignment: Assignment | undefined
  let running = { running: false, dutyPercent: 100 }
  let heard = 0
  let pausing: ReturnType<typeof setTimeout> | undefined
  let silentTicks = 0
  let measuring: { readonly ticket: number; ticks: number } | undefined
  let tick = 0
  let kills: number[] = []
  let failed = false
  let lastTicket = 0
  const asked = new Map<number, Asked>()
  const replays = new Map<number, (outcome: ReplayOutcome | undefined) => void>()
  const audits = new Map<number, (fitness: number | 'none' | undefined) => void>()

  const receive = (report: Report): void => {
    heard += 1
    silentTicks = 0
    if (report.kind === 'begun') {
      measuring = { ticket: report.ticket, ticks: 0 }
      return
    }
    if (report.kind === 'replayed') return replayed(report.ticket, report.outcome)
    if (report.kind === 'audited') return audited(report.ticket, report.fitness)
    if (report.kind !== 'measured') return options.onReport(report)
    measuring = undefined
    answer(report.ticket, report.measurement)
  }
  const answer = (ticket: number, measurement: Measurement): void => {
    const waiting = asked.get(ticket)
    asked.delete(ticket)
    waiting?.resolve(measurement)
  }
  const replayed = (ticket: number, outcome: ReplayOutcome | undefined): void => {
    const resolve = replays.get(ticket)
    replays.delete(ticket)
    resolve?.(outcome)
  }
  const audited = (ticket: number, fitness: number | 'none' | undefined): void => {
    const resolve = audits.get(ticket)
    audits.delete(ticket)
    resolve?.(fitness)
  }
  const ensureWorker = (): ComputeWorker => {
    if (worker !== undefined) return worker
    const fresh = options.spawn()
    worker = fresh
    heard = 0
    silentTicks = 0
    fresh.listen((report) => { if (worker === fresh) receive(report) })
    if (assignment !== undefined) fresh.post({ kind: 'evolve', assignment: { ...assignment, ...options.latest() } })
    fresh.post({ kind: 'run', ...running })
    for (const { order } of asked.values()) fresh.post(order)
    return fresh
  }
  const end = (): void => {
    clearTimeout(pausing)
    worker?.kill()
    worker = undefined
    for (const ticket of [...replays.keys()]) replayed(ticket, undefined)
    for (const ticket of [...audits.keys()]) audited(ticket, undefined)
  }
  const replace = (detail: string): void => {
    end()
    // The body that was being measured is what hung; the ones behind it get their turn with the replacement.
    if (measuring !== undefined) answer(measuring.ticket, FAILED)
    measuring = undefined
    kills = [...kills.filter((at) => at > tick - KILLS_WINDOW_TICKS), tick]
    if (kills.length <= MAX_KILLS) {
      ensureWorker()
      return
    }
    failed = true
    for (const ticket of [...asked.keys()]) answer(ticket, FAILED)
    options.onFailed(detail)
  }

  return {
    evolve(next) {
      assignment = next
      if (worker === undefined) ensureWorker()
      else worker.post({ kind: 'evolve', assignment: next })
    },
    run(now, dutyPercent) {
      if (running.running === now && running.dutyPercent === dutyPercent && !failed) return
      running = { running: now, dutyPercent }
      if (failed && now) {
        failed = false
        kills = []
      }
      clearTimeout(pausing)
      if (worker !== undefined) worker.post({ kind: 'run', ...running })
      else if (now) ensureWorker()
      if (now || worker === undefined || heard === 0) return
      const before = heard
      pausing = setTimeout(() => {
        if (heard !== before) return
        end()
        // Nobody's fault: what it was measuring is asked of the next worker.
        measuring = undefined
      }, PAUSE_PATIENCE_MS)
    },
    immigrate(task, body, fitness) {
      worker?.post({ kind: 'immigrate', task, body, fitness })
    },
    measure({ task, body, costLimit }) {
      if (failed || asked.size >= MAX_QUEUED) return Promise.resolve(FAILED)
      const current = ensureWorker()
      lastTicket += 1
      const order = { kind: 'measure', ticket: lastTicket, task, body, costLimit } as const
      return new Promise((resolve) => {
        asked.set(order.ticket, { order, resolve })
        current.post(order)
      })
    },
    replay(work) {
      if (failed || replays.size >= MAX_QUEUED) return Promise.resolve(undefined)
      const current = ensureWorker()
      lastTicket += 1
      const ticket = lastTicket
      return new Promise((resolve) => {
        replays.set(ticket, resolve)
        current.post({ kind: 'replay', ticket, work })
      })
    },
    audit({ task, body, beacon }) {
      // Not worth a worker of its own: it waits until one runs.
      if (worker === undefined || audits.size >= MAX_QUEUED) return Promise.resolve(undefined)
      const current = worker
      lastTicket += 1
      const ticket = lastTicket
      return new Promise((resolve) => {
        audits.set(ticket, resolve)
        current.post({ kind: 'audit', ticket, task, body, beacon })
      })
    },
    checkpoint() {
      worker?.post({ kind: 'checkpoint' })
    },
    tick() {
      tick += 1
      if (worker === undefined) return
      silentTicks += 1
      if (measuring !== undefined) measuring.ticks += 1
      if (measuring !== undefined && measuring.ticks > PATIENCE_TICKS) replace('An evaluation took too long')
      else if (measuring === undefined && silentTicks > PATIENCE_TICKS) replace('The compute worker stopped answering')
    },
    workerFailed(message) {
      if (worker !== undefined) replace(message)
    },
    close() {
      end()
      failed = true
      for (const ticket of [...asked.keys()]) answer(ticket, FAILED)
    },
  }
}
