// The row `idle`: what a whole member that finds nothing sends to its relay and gets from it, counted at the socket.

import { formatSpread, spreadOf } from '../spread.ts'
import { createBenchRealm } from './claims.ts'
import { openCountingProxy } from './counting-proxy.ts'
import { openCrowd } from './crowd.ts'
import { sleep } from './delivery.ts'
import { openProductRelay } from './relay-process.ts'
import { joinAll } from './row.ts'
import type { RowOptions, RowResult } from './row.ts'

/** Until joining is over (introductions, first comparisons), ms; shorter when the whole run is. */
const REST_MS = 15_000

export async function idleRow(options: RowOptions): Promise<RowResult> {
  const realm = createBenchRealm()
  const relay = await openProductRelay(realm)
  const crowd = openCrowd(options.processes)
  const port = Number(/\/tcp\/(\d+)\//.exec(relay.place.relay)![1])
  const proxy = await openCountingProxy(port)
  const place = { ...relay.place, relay: relay.place.relay.replace(`/tcp/${port}/`, `/tcp/${proxy.port}/`) }
  const [up, down]: [number[], number[]] = [[], []]
  try {
    await joinAll(options, crowd, { kind: 'member', neighbours: options.neighbours }, { ...relay, place })
    await sleep(Math.min(REST_MS, options.seconds * 1_000))
    for (let run = 0; run < options.repetitions; run++) {
      const [before, start] = [proxy.counts(), performance.now()]
      await sleep((options.seconds * 1_000) / options.repetitions)
      const [after, seconds] = [proxy.counts(), (performance.now() - start) / 1_000]
      up.push((after.up - before.up) / seconds / options.clients)
      down.push((after.down - before.down) / seconds / options.clients)
    }
    const { neighbours } = await crowd.view()
    return {
      json: { clients: options.clients, neighbours, bytesUpPerSecond: up, bytesDownPerSecond: down },
      lines: [
        `${options.clients} whole members that find nothing, ${neighbours.toFixed(1)} WebRTC neighbours each; to and from the relay`,
        `  sent ${formatSpread(spreadOf(up), ' bytes/s')}; received ${formatSpread(spreadOf(down), ' bytes/s')} (WebRTC links are not counted here)`,
      ],
    }
  } finally {
    await crowd.close()
    await relay.close()
    proxy.close()
  }
}
