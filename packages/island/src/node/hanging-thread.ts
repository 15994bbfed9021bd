// A compute worker that begins to measure and never ends, for the watchdog's test.

import { parentPort } from 'node:worker_threads'
import type { Order, Report } from '../core/compute-messages.ts'

parentPort!.on('message', (order: Order) => {
  if (order.kind !== 'measure') return
  parentPort!.postMessage({ kind: 'alive', busyMs: 0, evaluations: 0 } satisfies Report)
  parentPort!.postMessage({ kind: 'begun', ticket: order.ticket } satisfies Report)
  for (;;);
})
