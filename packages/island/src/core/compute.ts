// The compute worker's loop: work in short slices, rest between them so that the duty holds, listen in between. It has no
// storage, no keys and no network, so that it can be killed at any moment and loses at most one generation.

import { findTask, selfTest } from '@megabrain/tasks'
import type { Task } from '@megabrain/evolve'
import type { Replay } from '@megabrain/exchange'
import { admitChampion, admitStranger, beginBreeding, championReport, checkpointOf, stepBreeding } from './breeding.ts'
import type { Breeding } from './breeding.ts'
import type { Order, Report } from './compute-messages.ts'
import { createDuty, restMs, settleDuty } from './duty.ts'
import { auditBody, measureBody } from './measure-body.ts'
import { beginReplay } from './replay-work.ts'
import type { Port } from './port.ts'
import { createRest } from './rest.ts'

/** Work between two looks at the mailbox. Pause and Stop act after at most this and one evaluation. */
const SLICE_MS = 25
/** Sign of life and account of what was done. */
const ALIVE_MS = 500
/** Work between two receipts, ms: an auditor has to do as much again. */
const STRETCH_MS = 10_000
/** What a stranger's bodies may be ahead of our own evolution in computing time: half of the budget, in the long run. */
const STRANGERS_LEAD_MS = 100

type Measure = Order & { readonly kind: 'measure' }
type Audit = Order & { readonly kind: 'audit' }

/** Runs until the thread is terminated. @param now monotonic clock, ms */
export function runCompute(
  port: Port<Order, Report>, now: () => number,
  findTaskById: (id: string) => Task | undefined = findTask, conforms: (task: Task) => boolean = selfTest,
): void {
  const rest = createRest()
  const measures: (Measure | Audit)[] = []
  const replays: { readonly ticket: number; readonly replay: Replay | undefined }[] = []
  const conformance = new Map<string, boolean>()
  let breeding: Breeding | undefined
  let running = false
  let duty = createDuty(100, now())
  let wake = (): void => undefined
  let done = { busyMs: 0, evaluations: 0 }
  let strangersLeadMs = 0
  /** Evolution since the last receipt. */
  let stretchMs = 0

  const report = (message: Report): void => port.post(message)
  const alive = (): void => {
    report({ kind: 'alive', ...done })
    done = { busyMs: 0, evaluations: 0 }
  }
  const isConformant = (task: Task): boolean => {
    const known = conformance.get(task.id)
    if (known !== undefined) return known
    const result = conforms(task)
    conformance.set(task.id, result)
    return result
  }

  const begin = (order: Order & { readonly kind: 'evolve' }): void => {
    const task = findTaskById(order.assignment.task)
    if (task === undefined) throw new RangeError(`Unknown task ${order.assignment.task}`)
    const conformant = isConformant(task)
    try {
      breeding = beginBreeding(task, order.assignment)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return report({ kind: 'unfit', task: task.id, fault: error.message })
    }
    stretchMs = 0
    const { restored } = breeding
    report({ kind: 'began', task: task.id, conformant, restored, generation: breeding.search.census().generation })
    const champion = championReport(breeding)
    if (champion !== undefined) report(champion)
    if (order.assignment.champion !== undefined) admitChampion(breeding, order.assignment.champion, report)
  }

  const measure = ({ ticket, task: id, body, costLimit }: Measure): void => {
    report({ kind: 'begun', ticket })
    const began = now()
    const task = findTaskById(id)
    // An engine that fails its self-test must not call honest claims wrong.
    const measurement = task === undefined || !isConformant(task)
      ? { ok: false, reason: 'evaluator-failed' } as const
      : measureBody(task, body, costLimit)
    done.evaluations += measurement.ok ? 1 : 0
    report({ kind: 'measured', ticket, measurement: { ...measurement, tookMs: now() - began } })
  }

  const audit = ({ ticket, task: id, body, beacon }: Audit): void => {
    const task = findTaskById(id)
    const fitness = task === undefined || !isConformant(task) ? 'none' : auditBody(task, body, beacon) ?? 'none'
    done.evaluations += fitness === 'none' ? 0 : 1
    report({ kind: 'audited', ticket, fitness })
  }
  const begun = ({ ticket, work }: Order & { readonly kind: 'replay' }): (typeof replays)[number] => {
    const task = findTaskById(work.chain.task)
    return { ticket, replay: task === undefined || !isConformant(task) ? undefined : beginReplay(task, work) }
  }
  const stepReplay = (): void => {
    const { ticket, replay } = replays[0]!
    const outcome = replay?.step()
    done.evaluations += 1
    if (replay !== undefined && outcome === undefined) return
    replays.shift()
    report({ kind: 'replayed', ticket, outcome })
  }
  const evolveOnce = (current: Breeding): void => {
    const before = current.stretch
    stepBreeding(current, report, stretchMs >= STRETCH_MS)
    if (current.stretch.before !== before.before) stretchMs = 0
    done.evaluations += 1
  }

  const workOnce = (): void => {
    const mayServe = breeding === undefined || strangersLeadMs < STRANGERS_LEAD_MS
    const next = mayServe ? measures.shift() : undefined
    const isReplay = mayServe && next === undefined && replays.length > 0
    const began = now()
    if (next?.kind === 'audit') audit(next)
    else if (next !== undefined) measure(next)
    else if (isReplay) stepReplay()
    else if (breeding !== undefined) evolveOnce(breeding)
    const tookMs = now() - began
    const isServing = next !== undefined || isReplay
    if (!isServing) stretchMs += tookMs
    strangersLeadMs = measures.length + replays.length === 0 ? 0 : strangersLeadMs + (isServing ? tookMs : -tookMs)
  }
  const hasWork = (): boolean => running && (breeding !== undefined || measures.length + replays.length > 0)

  const settle = (busyMs: number): void => {
    done.busyMs += busyMs
    duty = settleDuty(duty, busyMs, now())
  }

  const loop = async (): Promise<void> => {
    for (;;) {
      while (!hasWork()) await new Promise<void>((resolve) => { wake = resolve })
      const began = now()
      do workOnce()
      while (hasWork() && now() - began < SLICE_MS)
      settle(now() - began)
      await rest.wait(restMs(duty))
    }
  }

  port.listen((order) => {
    const began = now()
    switch (order.kind) {
      case 'evolve':
        begin(order)
        break
      case 'run':
        settle(0)
        // A new share begins a new account: what the old one owed would make the change act late.
        if (order.dutyPercent !== duty.percent || order.running !== running) duty = createDuty(order.dutyPercent, now())
        running = order.running
        rest.interrupt()
        alive()
        break
      case 'measure':
      case 'audit':
        measures.push(order)
        break
      case 'replay':
        replays.push(begun(order))
        break
      case 'immigrate':
        if (breeding?.task.id === order.task) admitStranger(breeding, order.body, report)
        break
      case 'checkpoint':
        if (breeding !== undefined) report(checkpointOf(breeding))
        break
    }
    settle(now() - began)
    if (hasWork()) wake()
  })
  setInterval(alive, ALIVE_MS)
  // Rejecting here would be an unhandled rejection; thrown from a timer it ends the thread, which the supervisor notices.
  loop().catch((error: unknown) => setTimeout(() => { throw error }))
}
