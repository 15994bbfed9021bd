// What a row of the mesh benchmark is given and gives back.

import { formatSpread } from '../spread.ts'
import type { Crowd } from './crowd.ts'
import { sleep } from './delivery.ts'
import type { DeliverySummary } from './delivery.ts'
import type { ClientKind } from './orders.ts'
import type { RelayProcess } from './relay-process.ts'

export interface RowOptions {
  readonly clients: number
  /** Processes that hold the clients. */
  readonly processes: number
  readonly repetitions: number
  /** Broadcasts in each repetition. */
  readonly broadcasts: number
  /** WebRTC neighbours that a client seeks. */
  readonly neighbours: number
  /** How long a row that waits should take, s. */
  readonly seconds: number
  /** Whether stock js-libp2p is measured too. */
  readonly stock: boolean
  progress(line: string): void
}

export interface RowResult {
  readonly json: unknown
  readonly lines: readonly string[]
}

export function deliveryLines(name: string, { runs, ratio, p50, p99 }: DeliverySummary): string[] {
  const delivered = runs.reduce((sum, run) => sum + run.delivered, 0)
  const expected = runs.reduce((sum, run) => sum + run.expected, 0)
  const late = p50 === null || p99 === null ? '' : `; p50 ${formatSpread(p50, ' ms')}; p99 ${formatSpread(p99, ' ms')}`
  return [`  ${name}`, `    delivered ${delivered} of ${expected} (${(100 * ratio).toFixed(2)} %)${late}; pulled again ${runs.reduce((sum, { retried }) => sum + retried, 0)}`]
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`

/** Until every client is in the relay's mesh, ms: gossipsub's heartbeat is a second. */
const SETTLE_MS = 5_000
const JOIN_MS = 180_000

/** @returns how long it took until all were connected, s */
export async function joinAll({ clients, progress }: RowOptions, crowd: Crowd, client: ClientKind, relay: RelayProcess): Promise<number> {
  const start = performance.now()
  await crowd.join(client, relay.place, clients)
  await crowd.connected(1, JOIN_MS)
  const seconds = (performance.now() - start) / 1_000
  progress(`${clients} clients joined in ${seconds.toFixed(1)} s`)
  await sleep(SETTLE_MS)
  return seconds
}
