// `megabrain simulate --model 4`: sharded runs on a virtual clock, one after the other with peers that leave, stall, talk nonsense
// or come late, each compared with one process to the bit; and what a call per neuron costs on the same links.

import { createHash } from 'node:crypto'
import { createRandom } from '@megabrain/evolve'
import { createShardWorld, generateLarge, openPart, partition, runInProcess, type Batch, type ShardReport, type Sharded } from '@megabrain/exchange/sharding'
import type { Answer, Surroundings } from '../command.ts'
import { readCount, readNumber, readOptions, required, UsageError } from '../usage.ts'
import { figure } from './watch.ts'

const text = { type: 'string' } as const
const options = { islands: text, minutes: text, seed: { ...text, default: '1' }, model: text, churn: { ...text, default: '0' } } as const

export const shardedUsage = 'simulate --model 4 --islands N --minutes M [--seed S] [--churn P]'

/** Small, so that many runs and faults fit into a minute; the vision's network has 200 neurons too. */
const NETWORK = { inputs: 12, outputs: 4, neurons: 200, links: 1_200, layers: 5, recurrentEvery: 20 } as const
const BATCH = { lanes: 16, steps: 3 } as const
const MAX_ISLANDS = 64
const MAX_MINUTES = 100_000
const PROGRESS_MS = 2_000

export async function simulateSharded(args: readonly string[], { progress, stop }: Surroundings): Promise<Answer> {
  const { values } = readOptions(args, options)
  const islands = readCount(required(values.islands, '--islands'), '--islands')
  if (islands > MAX_ISLANDS) throw new UsageError(`--islands must be at most ${MAX_ISLANDS} with --model 4, got ${islands}`)
  const minutes = readNumber(required(values.minutes, '--minutes'), '--minutes', 0, MAX_MINUTES)
  const seed = readCount(values.seed, '--seed', 0)
  const churn = readNumber(values.churn, '--churn', 0, 1)
  const started = performance.now()

  const network = generateLarge({ ...NETWORK, seed })
  const batch = batchOf(BATCH.lanes, BATCH.steps, seed)
  const scene = (sharded: Sharded, of: Batch) => {
    const expected = runInProcess(sharded, of, openPart).values
    return (at: number, chance: number): ShardReport => {
      const faults = { leave: chance, stall: chance / 4, garble: chance / 2, stale: chance }
      const world = createShardWorld({ seed: at, sharded, batch: of, peers: islands, expected, open: openPart, faults })
      world.finish()
      return world.report()
    }
  }
  const batched = scene(cut(network, { width: islands }), batch)
  // A call per neuron and sample: one sample, one step, and the same for every other sample after it.
  const naive = scene(cut(network, { naive: true }), { ...batch, lanes: 1, steps: 1, given: batch.given.slice(0, NETWORK.inputs) })(seed, 0)
  const calm = batched(seed, 0)

  const violations = new Set([...naive.violations, ...calm.violations])
  const trace = createHash('sha256')
  let [runs, virtualMs, messages, faults, roundTrips, replacements, bytes] = [0, 0, 0, 0, 0, 0, 0]
  let shown = started
  while (virtualMs < minutes * 60_000 && !stop.aborted) {
    const report = batched(seed + runs, churn)
    runs++
    virtualMs += report.virtualMs
    messages += report.messages
    faults += report.faults
    roundTrips += report.view.roundTrips
    replacements += report.view.replacements
    bytes += report.view.bytes.placing + report.view.bytes.out + report.view.bytes.in
    for (const violation of report.violations) violations.add(`seed ${seed + runs - 1}: ${violation}`)
    trace.update(report.traceHash)
    if (performance.now() - shown < PROGRESS_MS) continue
    shown = performance.now()
    progress(`${figure(virtualMs / 60_000)} of ${figure(minutes)} minutes: ${figure(runs)} runs, ${figure(faults)} faults, ${violations.size} violations`)
    await new Promise((resolve) => setImmediate(resolve))
  }

  const perSample = { naive: naive.virtualMs * BATCH.steps, batched: calm.virtualMs / BATCH.lanes }
  const json = {
    islands, virtualMinutes: virtualMs / 60_000, wallMs: performance.now() - started, messages,
    bytesPerIslandPerSecond: virtualMs === 0 ? 0 : bytes / islands / (virtualMs / 1_000),
    runs, faults, replacements, roundTrips, bytes, bitEqual: ![...violations].some((violation) => violation.includes('bits')),
    calm: { roundTrips: calm.view.roundTrips, virtualMs: calm.virtualMs, samples: BATCH.lanes, steps: BATCH.steps },
    naive: { roundTrips: naive.view.roundTrips, virtualMs: naive.virtualMs, samples: 1, steps: 1 },
    naiveOverBatched: perSample.naive / perSample.batched,
    violations: [...violations], traceHash: trace.digest('hex'),
  }
  const rows: readonly (readonly [string, string])[] = [
    ['runs', `${figure(runs)} of ${NETWORK.neurons} neurons over ${islands} peers, ${figure(json.virtualMinutes)} virtual minutes in ${(json.wallMs / 1_000).toFixed(1)} s`],
    ['faults', `${figure(faults)}, parts of a lost peer placed again ${figure(replacements)} times`],
    ['traffic', `${figure(messages)} messages, ${figure(bytes)} bytes, ${figure(roundTrips)} round trips`],
    ['a batch', `${json.calm.roundTrips} round trips and ${figure(calm.virtualMs)} ms for ${BATCH.lanes} samples of ${BATCH.steps} steps`],
    ['a call per neuron', `${json.naive.roundTrips} round trips and ${figure(naive.virtualMs)} ms for one step of one sample; ${figure(json.naiveOverBatched)}× as long per sample`],
    ['invariants', violations.size === 0 ? 'held: every run has the bits of one process' : `violated: ${json.violations.slice(0, 5).join('; ')}`],
    ['trace', json.traceHash],
  ]
  return { json, text: rows.map(([name, value]) => `${name.padEnd(20)}${value}`).join('\n'), exit: violations.size === 0 ? 0 : 1 }
}

function cut(network: ReturnType<typeof generateLarge>, how: NonNullable<Parameters<typeof partition>[1]>): Sharded {
  const result = partition(network, how)
  if (!result.ok) throw new RangeError(result.reason)
  return result.value
}

function batchOf(lanes: number, steps: number, seed: number): Batch {
  const random = createRandom(seed)
  return { lanes, steps, given: Float64Array.from({ length: NETWORK.inputs * lanes * steps }, () => random.normal()) }
}
