// Runs with different seeds on several threads. A run never spans threads, so the number of threads changes nothing but
// the time.

import { Worker } from 'node:worker_threads'
import { UsageError } from '../usage.ts'
import type { SentChampion, WorkerMessage, WorkerOptions } from './run-worker.ts'
import type { RunResult } from './run.ts'

export interface FinishedRun extends Omit<RunResult, 'champion'> {
  readonly wallMs: number
  readonly champion: SentChampion | undefined
}

export interface PoolOptions extends Omit<WorkerOptions, 'stop'> {
  readonly seeds: readonly number[]
  readonly workers: number
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
  /** Called as soon as a run is done, in the order they end. */
  readonly finished: (run: FinishedRun) => Promise<void>
}

/**
 * Resolves with all finished runs in the order of their seeds; after an abort with those that had begun.
 * @throws UsageError when the task itself fails
 */
export async function runAll(options: PoolOptions): Promise<readonly FinishedRun[]> {
  const stop = new SharedArrayBuffer(4)
  const abort = () => { Atomics.store(new Int32Array(stop), 0, 1) }
  if (options.signal.aborted) abort()
  options.signal.addEventListener('abort', abort)
  const waiting = [...options.seeds]
  const done: FinishedRun[] = []
  const count = Math.min(options.workers, waiting.length)
  try {
    await Promise.all(Array.from({ length: count }, () => serve(options, stop, waiting, done)))
  } catch (error) {
    // The other threads end at their next evaluation.
    abort()
    throw error
  } finally {
    options.signal.removeEventListener('abort', abort)
  }
  return done.sort((a, b) => options.seeds.indexOf(a.seed) - options.seeds.indexOf(b.seed))
}

/** One thread, from its first seed to its last. */
async function serve(options: PoolOptions, stop: SharedArrayBuffer, waiting: number[], done: FinishedRun[]): Promise<void> {
  const { task, settings, maxEvaluations } = options
  const workerData: WorkerOptions = { task, settings, maxEvaluations, stop }
  const worker = new Worker(new URL('./run-worker.ts', import.meta.url), { workerData })
  try {
    while (waiting.length > 0 && !options.signal.aborted) {
      const run = await oneRun(worker, waiting.shift()!, options.progress)
      done.push(run)
      await options.finished(run)
    }
  } finally {
    await worker.terminate()
  }
}

function oneRun(worker: Worker, seed: number, progress: (line: string) => void): Promise<FinishedRun> {
  return new Promise((resolve, reject) => {
    // Node's own listeners sit on the worker too, so each of ours is taken off by itself.
    const settle = (finish: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      finish()
    }
    const onMessage = (message: WorkerMessage): void => {
      if (message.kind === 'progress') {
        const { generation, evaluations, best } = message
        progress(`seed ${seed}: generation ${generation}, ${evaluations} evaluations, best fitness ${best}`)
      } else if (message.kind === 'fault') settle(() => reject(new UsageError(`the task failed: ${message.message}`)))
      else settle(() => resolve({ ...message.result, wallMs: message.wallMs, champion: message.champion }))
    }
    const onError = (error: Error): void => settle(() => reject(error))
    const onExit = (code: number): void => settle(() => reject(new Error(`A worker ended with code ${code}`)))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(seed)
  })
}
