// The far side of `run-pool.ts`: a thread that runs whole runs, one after another, so that the main thread stays free for
// Ctrl-C.

import { parentPort, workerData } from 'node:worker_threads'
import type { PopulationSettings } from '@megabrain/evolve'
import { encodeGenotype } from '@megabrain/evolve'
import { findTaskByReference } from '../task-reference.ts'
import { runEvolution } from './run.ts'
import type { RunResult } from './run.ts'

export interface WorkerOptions {
  readonly task: string
  readonly settings: Partial<PopulationSettings>
  readonly maxEvaluations: number
  /** One Int32; 1 means stop. */
  readonly stop: SharedArrayBuffer
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly seed: number; readonly generation: number; readonly evaluations: number; readonly best: number }
  | { readonly kind: 'result'; readonly result: Numbers; readonly wallMs: number; readonly champion: SentChampion | undefined }
  | { readonly kind: 'fault'; readonly message: string }

type Numbers = Omit<RunResult, 'champion'>

/** A champion between threads: canonical bytes instead of records. */
export interface SentChampion {
  readonly bytes: Uint8Array
  readonly parents: readonly string[]
  readonly operators: readonly string[]
  readonly fitness: number
  readonly generation: number
}

const PROGRESS_INTERVAL_MS = 1_000

const options = workerData as WorkerOptions
const port = parentPort!
const stop = new Int32Array(options.stop)
const task = await findTaskByReference(options.task)

port.on('message', (seed: number) => {
  const start = performance.now()
  let reported = start
  try {
    const { champion, ...result } = runEvolution({
      task,
      settings: options.settings,
      seed,
      maxEvaluations: options.maxEvaluations,
      stopped: () => Atomics.load(stop, 0) === 1,
      progress(generation, evaluations, best) {
        if (performance.now() - reported < PROGRESS_INTERVAL_MS) return
        reported = performance.now()
        send({ kind: 'progress', seed, generation, evaluations, best })
      },
    })
    const sent = champion === undefined ? undefined : {
      bytes: encodeGenotype(champion.genotype),
      parents: champion.parents,
      operators: champion.operators,
      fitness: champion.fitness,
      generation: champion.generation,
    }
    send({ kind: 'result', result, wallMs: Math.round(performance.now() - start), champion: sent })
  } catch (error) {
    // A task of the user's own may throw; the whole command then fails with its words.
    send({ kind: 'fault', message: error instanceof Error ? error.message : String(error) })
  }
})

function send(message: WorkerMessage): void {
  port.postMessage(message)
}
