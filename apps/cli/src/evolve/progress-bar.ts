// What somebody sees while runs are running: one live line on a terminal, plain lines elsewhere.

import type { RunProgress } from './run-pool.ts'
import type { Surroundings } from '../command.ts'
import { describeRun } from './run-report.ts'
import type { RunReport } from './run-report.ts'

export interface ProgressBar {
  update(progress: RunProgress): void
  finish(run: RunReport): void
  /** Takes the live line away. */
  close(): void
}

const BAR_CELLS = 24
/** Between two plain lines of one run. */
const LINE_INTERVAL_MS = 1_000
const LIVE_INTERVAL_MS = 100

export interface ProgressOptions {
  readonly runs: number
  /** Runs that an earlier command has finished. */
  readonly before: number
  readonly maxEvaluations: number
  readonly surroundings: Surroundings
}

export function openProgressBar({ runs, before, maxEvaluations, surroundings }: ProgressOptions): ProgressBar {
  const start = performance.now()
  const running = new Map<number, RunProgress>()
  const first = new Map<number, number>()
  const printed = new Map<number, number>()
  let drawn = 0
  let done = before
  let solved = 0
  let spent = 0
  const draw = (): void => {
    if (surroundings.status === undefined || performance.now() - drawn < LIVE_INTERVAL_MS) return
    drawn = performance.now()
    const seconds = (drawn - start) / 1_000
    let evaluations = spent
    let share = done
    for (const [seed, progress] of running) {
      evaluations += progress.evaluations - first.get(seed)!
      share += Math.min(progress.evaluations / maxEvaluations, 1)
    }
    const full = Math.round((share / runs) * BAR_CELLS)
    const best = Math.max(0, ...[...running.values()].map((progress) => progress.best))
    const rate = Math.round(evaluations / Math.max(seconds, 0.001)).toLocaleString('en')
    const left = done === before ? '' : `, about ${timeOf((seconds / (done - before)) * (runs - done))} left`
    surroundings.status(`[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}] ${done}/${runs} runs, ${solved} solved, `
      + `${evaluations.toLocaleString('en')} evaluations (${rate}/s), best running ${best}, ${timeOf(seconds)}${left}`)
  }
  return {
    update(progress) {
      const { seed, generation, evaluations, best } = progress
      running.set(seed, progress)
      if (!first.has(seed)) first.set(seed, evaluations)
      if (surroundings.status === undefined && performance.now() - (printed.get(seed) ?? start) >= LINE_INTERVAL_MS) {
        printed.set(seed, performance.now())
        surroundings.progress(`seed ${seed}: generation ${generation}, ${evaluations} evaluations, best fitness ${best}`)
      }
      draw()
    },
    finish(run) {
      spent += run.evaluations - (first.get(run.seed) ?? 0)
      running.delete(run.seed)
      if (run.stopped !== true) done++
      if (run.solved) solved++
      surroundings.progress(describeRun(run))
      draw()
    },
    close: () => surroundings.status?.(''),
  }
}

function timeOf(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : whole < 3_600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${(whole / 3_600).toFixed(1)} h`
}
