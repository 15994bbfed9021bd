// The far side of `run-pool.ts`: a thread that runs whole runs, one after another, so that the main thread stays free for
// Ctrl-C.

import { parentPort, workerData } from 'node:worker_threads'
import type { AlgorithmName } from '@megabrain/evolve'
import { compile, encodeGenotype } from '@megabrain/evolve'
import { measure } from '@megabrain/tasks'
import { findTaskByReference } from '../task-reference.ts'
import { formatRow } from './generation-row.ts'
import type { Settings } from './plan.ts'
import { decodeRunCheckpoint, encodeRunCheckpoint } from './run-checkpoint.ts'
import { runEvolution } from './run.ts'
import type { RunChampion, RunResult, RunState } from './run.ts'

export interface WorkerOptions {
  /** Reference of the task. */
  readonly task: string
  readonly algorithm: AlgorithmName
  readonly settings: Settings
  readonly maxEvaluations: number
  /** Whether rows and checkpoints are wanted. */
  readonly keep: boolean
  /** One Int32; 1 means stop. */
  readonly stop: SharedArrayBuffer
}

/** What a thread is told to run. */
export interface WorkerOrder {
  readonly seed: number
  /** Where it stopped before, and the path that those bytes came from. */
  readonly from?: { readonly bytes: Uint8Array; readonly path: string } | undefined
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly generation: number; readonly evaluations: number; readonly best: number }
  /** Everything since the last message of this kind. */
  | { readonly kind: 'kept'; readonly rows: readonly string[]; readonly checkpoint: Uint8Array }
  | { readonly kind: 'result'; readonly result: Numbers; readonly wallMs: number; readonly champion: SentChampion | undefined }
  | { readonly kind: 'fault'; readonly message: string }

type Numbers = Omit<RunResult, 'champion' | 'state'>

/** A champion between threads: canonical bytes instead of records. */
export interface SentChampion {
  readonly bytes: Uint8Array
  readonly parents: readonly string[]
  readonly operators: readonly string[]
  readonly fitness: number
  readonly generation: number
  /** Figures of its literature beyond fitness; only of a champion that solved its task. */
  readonly measures: Readonly<Record<string, number>>
}

const PROGRESS_INTERVAL_MS = 200
const CHECKPOINT_INTERVAL_MS = 5_000

const options = workerData as WorkerOptions
const port = parentPort!
const stop = new Int32Array(options.stop)
const task = await findTaskByReference(options.task)

port.on('message', (order: WorkerOrder) => {
  try {
    perform(order)
  } catch (error) {
    // A task of the user's own may throw; the whole command then fails with its words.
    send({ kind: 'fault', message: error instanceof Error ? error.message : String(error) })
  }
})

function perform({ seed, from }: WorkerOrder): void {
  const { algorithm, settings, maxEvaluations } = options
  const earlier = from === undefined ? undefined : decodeRunCheckpoint(from.bytes, from.path)
  const start = performance.now() - (earlier?.wallMs ?? 0)
  let reported = performance.now()
  let kept = performance.now()
  let rows: string[] = []
  const keep = (state: RunState): void => {
    send({ kind: 'kept', rows, checkpoint: encodeRunCheckpoint({ state, wallMs: Math.round(performance.now() - start) }) })
    kept = performance.now()
    rows = []
  }
  const { champion, state, ...result } = runEvolution({
    task, algorithm, settings, seed, maxEvaluations,
    from: earlier?.state,
    stopped: () => Atomics.load(stop, 0) === 1,
    progress(row, now) {
      if (options.keep) {
        rows.push(formatRow(row))
        if (performance.now() - kept >= CHECKPOINT_INTERVAL_MS) keep(now)
      }
      if (performance.now() - reported < PROGRESS_INTERVAL_MS) return
      reported = performance.now()
      send({ kind: 'progress', generation: row.generation, evaluations: row.evaluations, best: row.best })
    },
  })
  const wallMs = Math.round(performance.now() - start)
  if (options.keep) keep(state)
  send({ kind: 'result', result, wallMs, champion: champion && sentOf(champion, result.solved) })
}

function sentOf(champion: RunChampion, solved: boolean): SentChampion {
  const { genotype, ...rest } = champion
  return { ...rest, bytes: encodeGenotype(genotype), measures: solved ? measure(task, compile(genotype)) : {} }
}

function send(message: WorkerMessage): void {
  port.postMessage(message)
}
