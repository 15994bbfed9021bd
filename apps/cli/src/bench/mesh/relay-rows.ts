// The rows about the relay itself: what members cost in memory (`capacity`), how soon they are back after kill -9 (`restart`),
// whether coming and going leaves anything behind (`churn`), and what it takes on a small server (`small-server`).

import type { Spread } from '../spread.ts'
import { formatSpread, spreadOf } from '../spread.ts'
import { createBenchRealm } from './claims.ts'
import type { BenchRealm } from './claims.ts'
import { openCrowd } from './crowd.ts'
import type { Crowd } from './crowd.ts'
import { claimsAbout, deliver, sleep, summaryOf } from './delivery.ts'
import type { ClientKind } from './orders.ts'
import { deliveryLines, joinAll, megabytes } from './row.ts'
import type { RowOptions, RowResult } from './row.ts'
import { openProductRelay } from './relay-process.ts'
import type { ProductOptions, RelayProcess } from './relay-process.ts'
import { oneCoreOneGigabyte } from './small-server.ts'

/** After everybody has joined, until memory has settled, ms. */
const REST_MS = 15_000
const LOOK_MS = 250
const PATIENCE_MS = 180_000
const BACK = 0.95

async function withRelay<T>(options: RowOptions, product: ProductOptions, work: (relay: RelayProcess, crowd: Crowd, realm: BenchRealm) => Promise<T>): Promise<T> {
  const realm = createBenchRealm()
  const relay = await openProductRelay(realm, product)
  const crowd = openCrowd(options.processes)
  try {
    return await work(relay, crowd, realm)
  } finally {
    await crowd.close()
    await relay.close()
  }
}

const memberOf = ({ neighbours }: RowOptions): ClientKind => ({ kind: 'member', neighbours })

/** Whole members, subscribed and synchronising: what the relay holds for them. */
export async function capacityRow(options: RowOptions): Promise<RowResult> {
  const samples: { readonly before: number; readonly resident: number; readonly peak: number; readonly members: number; readonly joinSeconds: number }[] = []
  for (let run = 0; run < options.repetitions; run++) {
    samples.push(await withRelay(options, {}, async (relay, crowd) => {
      const before = relay.memory().resident
      const joinSeconds = await joinAll(options, crowd, memberOf(options), relay)
      await sleep(REST_MS)
      const members = await relay.metric('mesh_members')
      const sample = { before, ...relay.memory(), members, joinSeconds }
      options.progress(JSON.stringify(sample))
      return sample
    }))
  }
  const spread = (of: (sample: (typeof samples)[number]) => number): Spread => spreadOf(samples.map(of))
  return {
    json: { clients: options.clients, samples },
    lines: [
      `${options.clients} whole members, archive, verifier and page running`,
      `  relay resident: ${formatSpread(spread(({ resident }) => resident / 1e6), ' MB')}; peak ${formatSpread(spread(({ peak }) => peak / 1e6), ' MB')}; `
        + `empty ${formatSpread(spread(({ before }) => before / 1e6), ' MB')}`,
      `  members that it counts: ${formatSpread(spread(({ members }) => members))}; all joined within ${formatSpread(spread(({ joinSeconds }) => joinSeconds), ' s')}`,
    ],
  }
}

/** kill -9 and a new start on the same port: how long until most are connected and reserved again. */
export async function restartRow(options: RowOptions): Promise<RowResult> {
  return withRelay(options, {}, async (relay, crowd) => {
    await joinAll(options, crowd, memberOf(options), relay)
    await sleep(REST_MS)
    const samples: { readonly backSeconds: number; readonly reservedSeconds: number; readonly listenSeconds: number; readonly before: number; readonly peak: number }[] = []
    for (let run = 0; run < options.repetitions; run++) {
      const before = relay.memory().resident
      const start = performance.now()
      await relay.restart()
      const listenSeconds = (performance.now() - start) / 1_000
      const since = async (of: 'connected' | 'reserved'): Promise<number> => {
        while (performance.now() - start < PATIENCE_MS && (await crowd.view())[of] < BACK * options.clients) await sleep(LOOK_MS)
        return (performance.now() - start) / 1_000
      }
      const [backSeconds, reservedSeconds] = [await since('connected'), await since('reserved')]
      // Those still on their way make the peak too.
      await sleep(REST_MS)
      samples.push({ backSeconds, reservedSeconds, listenSeconds, before, peak: relay.memory().peak })
      options.progress(JSON.stringify(samples.at(-1)))
    }
    const spread = (of: (sample: (typeof samples)[number]) => number): Spread => spreadOf(samples.map(of))
    return {
      json: { clients: options.clients, samples },
      lines: [
        `${options.clients} whole members, relay killed with SIGKILL and started again`,
        `  95 % connected again: ${formatSpread(spread(({ backSeconds }) => backSeconds), ' s')}; reserved again ${formatSpread(spread(({ reservedSeconds }) => reservedSeconds), ' s')}; `
          + `the relay listens after ${formatSpread(spread(({ listenSeconds }) => listenSeconds), ' s')}`,
        `  peak of memory / before: ${formatSpread(spread(({ peak, before }) => peak / before), '×')}, ${megabytes(samples.at(-1)!.peak)}`,
      ],
    }
  })
}

/** Clients leave and others join, ten at a time, as fast as `seconds` for `clients` joins allows. */
export async function churnRow(options: RowOptions): Promise<RowResult> {
  const standing = 100
  return withRelay(options, {}, async (relay, crowd) => {
    await joinAll({ ...options, clients: standing }, crowd, memberOf(options), relay)
    const batch = 10
    const batches = Math.ceil(options.clients / batch)
    const everyMs = (options.seconds * 1_000) / batches
    // What the first tenth brings about is warming up.
    const warm = Math.ceil(batches / 10)
    const memory: number[] = []
    const start = performance.now()
    for (let i = 0; i < batches; i++) {
      await sleep(start + i * everyMs - performance.now())
      await crowd.leave(batch)
      await crowd.join(memberOf(options), relay.place, batch)
      memory.push(relay.memory().resident)
      if (i % Math.ceil(batches / 20) === 0) options.progress(`${(i + 1) * batch} joins: ${megabytes(memory.at(-1)!)}`)
    }
    await sleep(REST_MS)
    memory.push(relay.memory().resident)
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    const tenth = Math.max(1, Math.floor(memory.length / 10))
    const growth = mean(memory.slice(-tenth)) - mean(memory.slice(warm, warm + tenth))
    const joins = (batches - warm) * batch
    return {
      json: { standing, joins: batches * batch, seconds: (performance.now() - start) / 1_000, memory, growth, growthPerTenThousand: (growth / joins) * 10_000, members: await relay.metric('mesh_members') },
      lines: [
        `${batches * batch} joins in ${((performance.now() - start) / 1_000).toFixed(0)} s beside ${standing - batch} that stay`,
        `  relay: ${megabytes(memory[warm] ?? memory[0]!)} after the first tenth, ${megabytes(memory.at(-1)!)} at the end; growth ${(growth / 1e6).toFixed(1)} MB, `
          + `${((growth / joins) * 1e10 / 1e6).toFixed(1)} MB per 10,000 joins`,
      ],
    }
  })
}

/** One processor core and 1 GB of memory, all members idle but for an announcement every second and a half. */
export async function smallServerRow(options: RowOptions): Promise<RowResult> {
  const limits = oneCoreOneGigabyte()
  const result = withRelay(options, { under: limits.under, memoryFlags: ['--max-old-space-size=700'] }, async (relay, crowd, realm) => {
    await joinAll(options, crowd, memberOf(options), relay)
    const [cpu, traffic, start] = [relay.cpuSeconds(), limits.traffic(relay.pid()), performance.now()]
    const count = Math.max(1, Math.floor((options.seconds * 1_000) / 1_500))
    const run = await deliver(crowd, options.clients, { messages: claimsAbout(realm, 0, count, 2_000), everyMs: 1_500, drainMs: 5_000 }, 'heard')
    const seconds = (performance.now() - start) / 1_000
    const cpuPercent = (100 * (relay.cpuSeconds() - cpu)) / seconds
    const bytes = limits.traffic(relay.pid()) - traffic
    const shed = await relay.metric('mesh_sockets_refused_total') + await relay.metric('mesh_requests_refused_total')
    const perMonth = (bytes / seconds) * 30 * 86_400
    const members = await relay.metric('mesh_members')
    return {
      json: { clients: options.clients, limits: limits.name, seconds, cpuPercent, memory: relay.memory(), members, shed, bytesPerSecond: bytes / seconds, bytesPerMonth: perMonth, delivery: run },
      lines: [
        `${options.clients} whole members for ${seconds.toFixed(0)} s, relay with ${limits.name}, a small genotype announced every 1,500 ms`,
        `  relay: ${cpuPercent.toFixed(0)} % of the core, ${megabytes(relay.memory().peak)} at most, ${members} members held, ${shed} requests or sockets refused`,
        `  ${(bytes / seconds / 1_000).toFixed(0)} kB/s written by the process, ${(perMonth / 1e9).toFixed(0)} GB a month`,
        ...deliveryLines('announcements', summaryOf([run])),
      ],
    }
  })
  return result.finally(() => limits.close())
}
