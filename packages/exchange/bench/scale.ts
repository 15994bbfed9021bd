// What an archipelago of each size costs, measured beside what `docs/scale.md` predicts. Run by hand, minutes:
// `node packages/exchange/bench/scale.ts [SIZES] [MINUTES] [MUTANTS-PER-SECOND-OF-ALL] [SEED]`, such as `10,100,1000 4 40 1`.

import { createRandom } from '@megabrain/evolve'
import { runArchipelago } from '../src/archipelago/archipelago.ts'
import { createTopology } from '../src/archipelago/topology.ts'
import { createMemoryNetwork } from '../src/memory/memory-network.ts'
import { evaluatorVersion, findTask } from '../../tasks/src/index.ts'
import { measureWith } from './breeder.ts'

const [sizes = '10,100,1000', minutes = '4', mutants = '40', seed = '1'] = process.argv.slice(2)
const task = findTask('function-regression')!
const LATENCY_MS = 25
const DEGREE = 3
/** Of the simulated island: a signature, and an evaluation. */
const CHECK_MS = 1
const MEASURE_MS = 40
/** A request for a body and the frame of its answer, bytes; comparing equal archives every 12 s, both ways. */
const PULL_BYTES = 160
const IDLE_COMPARE_S = 12
const SOURCES = 20

interface Reach {
  readonly links: number
  readonly mean: number
  readonly most: number
}

/** How many links apart islands are, over breadth-first searches from some of them. */
function reachOf(count: number): Reach {
  const network = createMemoryNetwork({ seed: 1 })
  const names = Array.from({ length: count }, (_, i) => `island-${i}`)
  for (const name of names) network.join(name)
  const topology = createTopology(network, names, DEGREE, createRandom(Number(seed)))
  topology.connect()
  let sum = 0
  let pairs = 0
  let most = 0
  for (let source = 0; source < Math.min(SOURCES, count); source++) {
    const depths = new Map([[names[source]!, 0]])
    for (const [name, depth] of depths) {
      for (const { peer } of network.neighboursOf(name)) if (!depths.has(peer)) depths.set(peer, depth + 1)
    }
    for (const depth of depths.values()) {
      sum += depth
      most = Math.max(most, depth)
    }
    pairs += depths.size - 1
  }
  return { links: (2 * topology.links.length) / count, mean: sum / pairs, most }
}

const figure = (value: number | null): string => (value === null ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 }))
console.log(`function-regression, ${minutes} virtual minutes, ${mutants} mutants a second among all, links of ${LATENCY_MS} ms, seed ${seed}; measured (predicted)\n`)
console.log('| islands | links each | hops, mean | hops, most | claims | messages per claim and island | bytes per claim and island | half decided, ms | 99 %, ms | idle, B/s | archive |')
console.log('|---|---|---|---|---|---|---|---|---|---|---|')
for (const size of sizes.split(',').map(Number)) {
  const reach = reachOf(size)
  const base = {
    islands: size, minutes: Number(minutes), seed: Number(seed), task, evaluator: evaluatorVersion(task), evaluate: measureWith(task),
    degree: DEGREE, latencyMs: [LATENCY_MS, LATENCY_MS] as const, mutantsPerSecond: Number(mutants) / size,
  }
  const report = runArchipelago(base)
  const idle = runArchipelago({ ...base, mutantsPerSecond: 0 })
  const claims = report.published
  const perClaim = (all: number, still: number): number => (all - still) / claims / size
  const bytes = (rate: number): number => rate * size * Number(minutes) * 60
  const { claimBytes, bodyBytes } = report.archive
  const byFlood = reach.links - 1
  const hops = Math.log(size) / Math.log(Math.max(2, reach.links - 1))
  const decided = (depth: number): number => (depth + 2) * LATENCY_MS + depth * CHECK_MS + MEASURE_MS
  const idleRate = (2 * 38) / IDLE_COMPARE_S
  console.log(`| ${[
    figure(size), figure(reach.links), `${figure(reach.mean)} (${figure(hops)})`, figure(reach.most), figure(claims),
    `${figure(perClaim(report.messages, idle.messages))} (${figure(byFlood + 2)})`,
    `${figure(perClaim(bytes(report.bytesPerIslandPerSecond), bytes(idle.bytesPerIslandPerSecond)))} (${figure(byFlood * (claimBytes ?? 0) + PULL_BYTES + (bodyBytes ?? 0))})`,
    `${figure(report.delivery.p50Ms)} (${figure(decided(Math.round(reach.mean)))})`, `${figure(report.delivery.p99Ms)} (${figure(decided(reach.most))})`,
    `${figure(idle.bytesPerIslandPerSecond)} (${figure(idleRate)})`, figure(report.archive.entries),
  ].join(' | ')} |`)
}
