// Entry of the compute worker in Node.

import { parentPort, workerData } from 'node:worker_threads'
import { runCompute } from '../core/compute.ts'
import type { Order, Report } from '../core/compute-messages.ts'
import { loadTasks } from './module-task.ts'
import type { ModuleTask } from './module-task.ts'

const port = parentPort
if (port === null) throw new TypeError('compute-thread.ts is the entry of a worker thread')

const { find, conforms } = await loadTasks(workerData as readonly ModuleTask[])
runCompute({
  post: (report: Report) => port.postMessage(report),
  listen: (listener: (order: Order) => void) => port.on('message', listener),
  close: () => port.close(),
}, () => performance.now(), find, conforms)
