// The compute workers of one island: a supervisor for each, every one with a population of its own. They come and go with
// the settings, hand their best on in a ring, and each writes its checkpoint before it goes. The first is never ended: it
// measures what strangers send, runs their receipts again and makes ours, which are one chain and so about one population.

import type { TaskId } from '@megabrain/evolve'
import type { Assignment, Report } from './compute-messages.ts'
import { createSupervisor } from './supervisor.ts'
import type { ComputeWorker, Supervisor, SupervisorOptions } from './supervisor.ts'

export interface CrewOptions {
  /** @param slot 0 for the first worker */
  spawn(slot: number): ComputeWorker
  onReport(report: Report, slot: number): void
  latest(slot: number): ReturnType<SupervisorOptions['latest']>
  /** A worker failed too often; nothing runs until `run` is called anew. */
  onFailed(detail: string): void
}

export interface Effort {
  readonly running: boolean
  /** Of one core, for each worker. */
  readonly dutyPercent: number
  /** At least 1. */
  readonly workers: number
}

export interface Crew extends Pick<Supervisor, 'measure' | 'replay' | 'audit' | 'tick' | 'close'> {
  evolve(assignment: (slot: number) => Assignment): void
  run(effort: Effort): void
  immigrate(task: TaskId, body: Uint8Array, fitness: number): void
  /** Answered by a `population` report of each worker that is named. */
  checkpoint(): readonly number[]
  /** Lets each worker end its generation and rest then. @param onFinished called once all have, unless `run` comes first */
  finish(onFinished: () => void): void
  workerFailed(message: string, slot: number): void
}

/** A worker that has not answered by then is in a long evaluation; its last checkpoint is what is kept. */
const RETIRE_PATIENCE_MS = 1_000
/** As often as a receipt is due: strangers come in where a stretch begins. */
const MIGRATION_TICKS = 10

interface Best {
  readonly task: TaskId
  readonly body: Uint8Array
  readonly fitness: number
}

export function createCrew(options: CrewOptions): Crew {
  const members: Supervisor[] = []
  const retiring = new Map<number, () => void>()
  /** What each has found since it last handed something on. */
  const found = new Map<number, Best>()
  let effort: Effort = { running: false, dutyPercent: 100, workers: 1 }
  let assignmentOf: ((slot: number) => Assignment) | undefined
  let finishing: { readonly slots: Set<number>; readonly onFinished: () => void } | undefined
  let ticks = 0
  let turn = 0

  const hire = (slot: number): Supervisor => createSupervisor({
    spawn: () => options.spawn(slot),
    onReport: (report) => reported(report, slot),
    latest: () => options.latest(slot),
    onFailed(detail) {
      effort = { ...effort, running: false }
      for (const member of members) member.run(false, effort.dutyPercent)
      options.onFailed(detail)
    },
  })
  members.push(hire(0))
  const first = members[0]!

  function reported(report: Report, slot: number): void {
    if (report.kind === 'champion' && !report.immigrant) {
      found.set(slot, { task: report.task, body: report.champion.body, fitness: report.champion.fitness })
    }
    options.onReport(report, slot)
    if (report.kind === 'generation') finished(slot)
    if (report.kind === 'population') retiring.get(slot)?.()
  }

  function finished(slot: number): void {
    if (finishing?.slots.delete(slot) !== true) return
    members[slot]?.run(false, effort.dutyPercent)
    if (finishing.slots.size > 0) return
    const { onFinished } = finishing
    finishing = undefined
    onFinished()
  }

  /** As many as are wanted. A slot whose worker is still on its way out is filled when that one has gone. */
  function fill(): void {
    while (members.length < effort.workers && !retiring.has(members.length)) {
      const slot = members.length
      const member = hire(slot)
      members.push(member)
      if (assignmentOf !== undefined) member.evolve(assignmentOf(slot))
    }
    while (members.length > effort.workers) retire(members.length - 1, members.pop()!)
    for (const member of members) member.run(effort.running, effort.dutyPercent)
  }

  function retire(slot: number, member: Supervisor): void {
    const leave = (): void => {
      clearTimeout(timer)
      retiring.delete(slot)
      found.delete(slot)
      member.close()
      fill()
    }
    const timer = setTimeout(leave, RETIRE_PATIENCE_MS)
    retiring.set(slot, leave)
    member.run(false, effort.dutyPercent)
    member.checkpoint()
  }

  return {
    measure: (work) => first.measure(work),
    replay: (work) => first.replay(work),
    audit: (work) => first.audit(work),
    evolve(next) {
      assignmentOf = next
      found.clear()
      for (const [slot, member] of members.entries()) member.evolve(next(slot))
    },
    run(next) {
      finishing = undefined
      effort = next
      fill()
    },
    immigrate(task, body, fitness) {
      turn = (turn + 1) % members.length
      members[turn]!.immigrate(task, body, fitness)
    },
    checkpoint() {
      for (const member of members) member.checkpoint()
      return [...members.keys()]
    },
    finish(onFinished) {
      finishing = { slots: new Set(members.keys()), onFinished }
    },
    tick() {
      for (const member of members) member.tick()
      ticks += 1
      if (ticks % MIGRATION_TICKS > 0 || members.length < 2) return
      for (const [slot, { task, body, fitness }] of found) members[(slot + 1) % members.length]!.immigrate(task, body, fitness)
      found.clear()
    },
    workerFailed: (message, slot) => members[slot]?.workerFailed(message),
    close() {
      for (const leave of retiring.values()) leave()
      for (const member of members) member.close()
    },
  }
}
