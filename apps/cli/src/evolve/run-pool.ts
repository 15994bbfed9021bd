// Runs with different seeds on several threads. A run never spans threads, so the number of threads changes nothing but
// the time.

import { Worker } from 'node:worker_threads'
import { UsageError } from '../usage.ts'
import type { SentChampion, WorkerMessage, WorkerOptions, WorkerOrder } from './run-worker.ts'
import type { RunResult } from './run.ts'

export interface FinishedRun extends Omit<RunResult, 'champion' | 'state'> {
  readonly wallMs: number
  readonly champion: SentChampion | undefined
}

/** Where a run is. */
export interface RunProgress {
  readonly seed: number
  readonly generation: number
  readonly evaluations: number
  readonly best: number
}

export interface PoolOptions extends Omit<WorkerOptions, 'stop'> {
  readonly seeds: readonly number[]
  readonly workers: number
  readonly signal: AbortSignal
  readonly progress: (progress: RunProgress) => void
  /** Called right before a run starts. */
  readonly begin: (seed: number) => Promise<WorkerOrder>
  /** What a run wants to be kept on the way; only with `keep`. Calls of one seed follow each other. */
  readonly kept: (seed: number, rows: readonly string[], checkpoint: Uint8Array) => Promise<void>
  /** Called as soon as a run is done, in the order they end. */
  readonly finished: (run: FinishedRun) => Promise<void>
}

/**
 * Resolves when all runs are done; after an abort when those that had begun have ended.
 * @throws UsageError when the task itself fails
 */
export async function runAll(options: PoolOptions): Promise<void> {
  const stop = new SharedArrayBuffer(4)
  const abort = () => { Atomics.store(new Int32Array(stop), 0, 1) }
  if (options.signal.aborted) abort()
  options.signal.addEventListener('abort', abort)
  const waiting = [...options.seeds]
  const count = Math.min(options.workers, waiting.length)
  try {
    await Promise.all(Array.from({ length: count }, () => serve(options, stop, waiting)))
  } catch (error) {
    // The other threads end at their next evaluation.
    abort()
    throw error
  } finally {
    options.signal.removeEventListener('abort', abort)
  }
}

/** One thread, from its first seed to its last. */
async function serve(options: PoolOptions, stop: SharedArrayBuffer, waiting: number[]): Promise<void> {
  const { task, algorithm, settings, maxEvaluations, keep } = options
  const workerData: WorkerOptions = { task, algorithm, settings, maxEvaluations, keep, stop }
  const worker = new Worker(new URL('./run-worker.ts', import.meta.url), { workerData })
  try {
    while (waiting.length > 0 && !options.signal.aborted) {
      const order = await options.begin(waiting.shift()!)
      await options.finished(await oneRun(worker, order, options))
    }
  } finally {
    await worker.terminate()
  }
}

function oneRun(worker: Worker, order: WorkerOrder, options: PoolOptions): Promise<FinishedRun> {
  const { seed } = order
  return new Promise((resolve, reject) => {
    let keeping = Promise.resolve()
    // Node's own listeners sit on the worker too, so each of ours is taken off by itself.
    const settle = (finish: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      finish()
    }
    const onMessage = (message: WorkerMessage): void => {
      switch (message.kind) {
        case 'progress': return options.progress({ seed, ...message })
        case 'kept': {
          keeping = keeping.then(() => options.kept(seed, message.rows, message.checkpoint))
          return
        }
        case 'fault': return settle(() => reject(new UsageError(`the task failed: ${message.message}`)))
        case 'result': {
          const run = { ...message.result, wallMs: message.wallMs, champion: message.champion }
          return settle(() => keeping.then(() => resolve(run), reject))
        }
      }
    }
    const onError = (error: Error): void => settle(() => reject(error))
    const onExit = (code: number): void => settle(() => reject(new Error(`A worker ended with code ${code}`)))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(order)
  })
}
