// What regions do to diversity: 16 islands, all of one region, of four, and not migrating at all. Run by hand:
// `node packages/exchange/bench/regions.ts [task] [seeds] [minutes]`.

import { fingerprintOf, type Genotype } from '@megabrain/evolve'
import { tasks } from '../../tasks/src/tasks.ts'
import { createArchipelago } from '../src/archipelago/archipelago.ts'
import { DEFAULT_IMMIGRATION, type ImmigrationPolicy } from '../src/member/immigration.ts'
import { createBreeder, measureWith, type Spent } from './breeder.ts'

const [taskId = 'retina', seedCount = '10', minutes = '3', perSecond = '5'] = process.argv.slice(2)
const task = tasks[taskId]
if (task === undefined) throw new RangeError(`A task must be one of ${Object.keys(tasks).join(', ')}, got ${taskId}`)
const ISLANDS = 16

interface Outcome {
  readonly best: number
  /** Different behaviours over all populations. */
  readonly fingerprints: number
  /** Mean share of the links (by what they join) that two members of different islands do not have in common. */
  readonly distance: number
  readonly niches: number
  readonly immigrants: number
}

interface Scene {
  readonly regions: number
  readonly immigration: ImmigrationPolicy
}

const scenes: Readonly<Record<string, Scene>> = {
  'no regions': { regions: 0, immigration: DEFAULT_IMMIGRATION },
  'four regions, one stranger in four': { regions: 4, immigration: DEFAULT_IMMIGRATION },
  'four regions, one stranger in sixteen': { regions: 4, immigration: { ...DEFAULT_IMMIGRATION, foreignOneIn: 16 } },
  'sixteen regions, one stranger in four': { regions: 16, immigration: DEFAULT_IMMIGRATION },
}

function linksOf({ links }: Genotype): ReadonlySet<string> {
  return new Set(Array.from(links.sources, (source, i) => `${source}>${links.targets[i]}`))
}

function distanceBetween(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const link of a) if (b.has(link)) shared++
  return 1 - shared / (a.size + b.size - shared)
}

function run({ regions, immigration }: Scene, seed: number): Outcome {
  const spent: Spent = { own: 0, verifying: 0 }
  const populations: (() => readonly Genotype[])[] = []
  const search = createBreeder({ task: task!, evaluationsPerSecond: Number(perSecond), populationSize: 40, spent, populations })
  const world = createArchipelago({
    islands: ISLANDS, minutes: Number(minutes), seed, task: task!, evaluator: 'e'.repeat(64), evaluate: measureWith(task!), search, immigration, quietMs: 0,
    ...(regions === 0 ? {} : { regionOf: (index: number) => `region-${index % regions}` }),
  })
  while (world.advance(60_000));
  const report = world.report()
  const members = populations.map((population) => population())
  const structures = members.map((population) => population.slice(0, 10).map(linksOf))
  let pairs = 0
  let sum = 0
  structures.forEach((here, i) => structures.slice(i + 1).forEach((there) => here.forEach((a) => there.forEach((b) => {
    pairs++
    sum += distanceBetween(a, b)
  }))))
  return {
    best: report.bestFitness,
    fingerprints: new Set(members.flat().map((genotype) => fingerprintOf(genotype))).size,
    distance: sum / pairs,
    niches: report.archive.entries,
    immigrants: report.adoptions / ISLANDS,
  }
}

const seeds = Array.from({ length: Number(seedCount) }, (_, i) => i + 1)
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const halfWidth = (values: readonly number[]): number =>
  1.96 * Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / Math.max(1, values.length - 1) / values.length)
console.log(`${taskId}: ${ISLANDS} islands, ${Number(perSecond) * Number(minutes) * 60} evaluations each, NEAT of 40, ${seeds.length} seeds\n`)
console.log('| | best fitness | structural distance between islands | different behaviours | niches in the archive | immigrants each |\n|---|---|---|---|---|---|')
for (const [name, scene] of Object.entries(scenes)) {
  const outcomes = seeds.map((seed) => run(scene, seed))
  const cell = (of: (outcome: Outcome) => number, digits: number): string => `${mean(outcomes.map(of)).toFixed(digits)} ± ${halfWidth(outcomes.map(of)).toFixed(digits)}`
  console.log(`| ${name} | ${cell(({ best }) => best, 0)} | ${cell(({ distance }) => distance, 3)} | ${cell(({ fingerprints }) => fingerprints, 1)} | ${cell(({ niches }) => niches, 1)} | ${cell(({ immigrants }) => immigrants, 1)} |`)
}
