// Best verified fitness among liars against honest-only, at equal evaluations of each honest island, for admission and for the
// two anchors. Run by hand: `node packages/exchange/bench/liars.ts TASK SEEDS FIRST_SEED EVALUATIONS_PER_SECOND EVALUATIONS_PER_LIE
// verify,believe,quorum`, minutes for each task.

import { createArchipelago } from '../src/archipelago/archipelago.ts'
import type { Attacker } from '../src/archipelago/attacker.ts'
import { tasks } from '../../tasks/src/tasks.ts'
import { createAttacker } from '../zoo/being.ts'
import { createBrain } from '../zoo/brain.ts'
import { liar } from '../zoo/liar.ts'
import { runAnchor } from '../zoo/anchors/anchor-world.ts'
import { settle } from '../zoo/settle.ts'
import { createBreeder, measureWith, type Spent } from './breeder.ts'

const [taskId = 'xor', seedCount = '30', firstSeed = '1', perSecond = '10', lieEvery = '100', trusts = 'verify,believe,quorum'] = process.argv.slice(2)
const task = tasks[taskId]
if (task === undefined) throw new RangeError(`A task must be one of ${Object.keys(tasks).join(', ')}, got ${taskId}`)

const ISLANDS = 8
const MINUTES = 1.5
const POPULATION = 40
const EVALUATOR = 'e'.repeat(64)
/** Evaluations of each honest island in each second, verification included. */
const EVALUATIONS_PER_SECOND = Number(perSecond)
/** One lie of each liar for so many evaluations of an honest island: half of them under ever new keys. */
const EVALUATIONS_PER_LIE = Number(lieEvery)

function group(liars: number): { readonly attackers: readonly Attacker[]; lies(): number } {
  const brain = createBrain()
  const everyMs = (EVALUATIONS_PER_LIE / EVALUATIONS_PER_SECOND) * 1_000
  const attackers = Array.from({ length: liars }, (_, i) =>
    createAttacker(`liar-${i}`, [settle(4), liar({ everyMs, identities: i % 2 === 0 ? 1 : Infinity })], brain))
  return { attackers, lies: () => brain.deeds.get('lied') ?? 0 }
}

interface Row {
  readonly best: number
  /** What the honest hold to be the best, in truth. */
  readonly held: number
  readonly falseEntries: number
  readonly lies: number
  readonly overhead: number
}

function run(trust: 'verify' | 'believe' | 'quorum', liars: number, seed: number): Row {
  const spent: Spent = { own: 0, verifying: 0 }
  const search = createBreeder({ task: task!, evaluationsPerSecond: EVALUATIONS_PER_SECOND, populationSize: POPULATION, spent })
  const { attackers, lies } = group(liars)
  const measure = measureWith(task!, 1_000 / EVALUATIONS_PER_SECOND)
  const common = { islands: ISLANDS, minutes: MINUTES, seed, task: task!, evaluator: EVALUATOR, search, attackers }
  if (trust !== 'verify') {
    const { bestTrue, meanTrueOfBelieved, falseEntries } = runAnchor({ ...common, trust, measure, hostileShare: liars / (liars + ISLANDS) })
    return { best: bestTrue, held: meanTrueOfBelieved, falseEntries, lies: lies(), overhead: spent.verifying / (spent.own + spent.verifying) }
  }
  const world = createArchipelago({ ...common, evaluate: measure, quietMs: 0 })
  while (world.advance(60_000));
  const { bestFitness, falseEntries } = world.report()
  return { best: bestFitness, held: bestFitness, falseEntries, lies: lies(), overhead: spent.verifying / (spent.own + spent.verifying) }
}

const seeds = Array.from({ length: Number(seedCount) }, (_, i) => Number(firstSeed) + i)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
function spread(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1))
}

console.log(`${taskId}: ${ISLANDS} honest islands, ${EVALUATIONS_PER_SECOND * MINUTES * 60} evaluations each, NEAT of ${POPULATION}; ${seeds.length} seeds from ${firstSeed}; a lie of each liar per ${EVALUATIONS_PER_LIE} evaluations\n`)
console.log('| trust | liars | best, mean ± sd | ratio to honest-only, mean ± 95 % | best that honest hold, mean | ratio | false entries | lies | verifying, % of CPU |\n|---|---|---|---|---|---|---|---|---|')
const honestOnly = seeds.map((seed) => run('verify', 0, seed))
for (const trust of ['verify', 'believe', 'quorum'] as const) {
  if (!trusts.includes(trust)) continue
  for (const [share, liars] of [['0 %', 0], ['33 %', ISLANDS / 2], ['50 %', ISLANDS]] as const) {
    if (trust !== 'verify' && liars === 0 && taskId !== 'xor') continue
    const rows = trust === 'verify' && liars === 0 ? honestOnly : seeds.map((seed) => run(trust, liars, seed))
    const base = mean(honestOnly.map(({ best }) => best))
    const ratios = rows.map(({ best }) => best / base)
    console.log(`| ${[
      trust, share,
      `${mean(rows.map(({ best }) => best)).toFixed(0)} ± ${spread(rows.map(({ best }) => best)).toFixed(0)}`,
      `${mean(ratios).toFixed(4)} ± ${((1.96 * spread(rows.map(({ best }, i) => (best - honestOnly[i]!.best) / base))) / Math.sqrt(seeds.length)).toFixed(4)}`,
      mean(rows.map(({ held }) => held)).toFixed(0),
      (mean(rows.map(({ held }) => held)) / base).toFixed(4),
      rows.reduce((sum, { falseEntries }) => sum + falseEntries, 0),
      rows.reduce((sum, { lies }) => sum + lies, 0),
      (mean(rows.map(({ overhead }) => overhead)) * 100).toFixed(2),
    ].join(' | ')} |`)
  }
}
