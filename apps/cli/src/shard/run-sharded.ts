// One batch over real peers: the driver of a sharded run on a mesh, timed, with as many repetitions as asked for.

import { createShardRun, runOverStreams, type Batch, type Sharded, type ShardView } from '@megabrain/exchange/sharding'
import type { Mesh } from '@megabrain/mesh/node'

const GATHER_MS = 60_000
const LOOK_MS = 50

export interface ShardedRun {
  readonly values: Float64Array
  readonly view: ShardView
  /** From the first part sent, and from the first pass on. */
  readonly ms: number
  readonly computeMs: number
}

/** @throws Error where fewer peers come than asked for */
export async function gatherPeers(mesh: Mesh, count: number): Promise<readonly string[]> {
  for (const end = Date.now() + GATHER_MS; ;) {
    const peers = mesh.members.current().filter(({ kind }) => kind === 'island').map(({ peer }) => peer).sort()
    if (peers.length >= count) return peers.slice(0, count)
    if (Date.now() > end) throw new Error(`${peers.length} of ${count} peers came within ${GATHER_MS / 1_000} s`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** @param onRoundTrip called after each level that has been answered, with how many there have been */
export async function runOverPeers(
  mesh: Mesh, peers: readonly string[], sharded: Sharded, batch: Batch, onRoundTrip: (count: number) => void = () => {},
): Promise<ShardedRun> {
  const run = createShardRun(sharded, batch, peers.length)
  const started = performance.now()
  let began: number | undefined
  let trips = 0
  const driven = runOverStreams({
    streams: mesh.streams,
    run,
    now: () => performance.now(),
    every(ms, action) {
      const timer = setInterval(action, ms)
      return () => clearInterval(timer)
    },
    onChange() {
      const { state, roundTrips } = run.view()
      if (state === 'running') began ??= performance.now()
      if (roundTrips > trips) onRoundTrip(trips = roundTrips)
    },
  })
  try {
    await Promise.all(peers.map((peer) => driven.add(peer)))
    const values = await driven.answers
    const ended = performance.now()
    return { values, view: run.view(), ms: ended - started, computeMs: ended - (began ?? started) }
  } finally {
    driven.close()
  }
}
