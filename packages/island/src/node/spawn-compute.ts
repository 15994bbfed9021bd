// Compute workers on worker_threads: the one place in Node that makes them.

import { Worker } from 'node:worker_threads'
import type { Report } from '../core/compute-messages.ts'
import type { ComputeWorker } from '../core/supervisor.ts'
import type { ModuleTask } from './module-task.ts'

/** A worker that needs more dies alone; the supervisor replaces it. */
const MAX_HEAP_MB = 512

/**
 * @param onFailed the thread ended by an error of its own, such as memory used up
 * @param ownTasks what it can run beside the registry
 */
export function spawnCompute(onFailed: (message: string) => void, ownTasks: readonly ModuleTask[] = []): ComputeWorker {
  const worker = new Worker(new URL('./compute-thread.ts', import.meta.url), { workerData: ownTasks, resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } })
  let killed = false
  worker.on('error', (error) => {
    if (!killed) onFailed(error instanceof Error ? error.message : String(error))
  })
  const kill = (): void => {
    killed = true
    void worker.terminate()
  }
  return {
    post: (order) => worker.postMessage(order),
    listen: (listener) => void worker.on('message', (report: Report) => listener(report)),
    close: kill,
    kill,
  }
}
