// Rich get richer: a company of 10,000 nodes against one small board. Do archives keep what the board found, and does any
// population take it in? Run by hand: `node packages/exchange/bench/rich.ts [seeds] [company islands] [minutes]`.
//
// The model: a node does one evaluation a second. The company is some very fast islands that share 10,000 nodes evenly, each
// with an author of its own, as one owner with many keys would look. The board and 20 neutral islands have ten nodes each; after a
// minute the board publishes a champion that it bred alone.

import { createSearch, decodeGenotype, encodeGenotype, evaluate, fingerprintOf, type Task } from '@megabrain/evolve'
import { tasks } from '../../tasks/src/tasks.ts'
import { settingsFor } from '../../tasks/src/task-settings.ts'
import { createArchipelago } from '../src/archipelago/archipelago.ts'
import type { CreateSearch } from '../src/archipelago/search.ts'
import { hexText } from '../src/bytes/text.ts'
import { DEFAULT_IMMIGRATION, FITTEST_FIRST, type ImmigrationPolicy } from '../src/member/immigration.ts'
import { createMemoryKeys } from '../src/memory/memory-keys.ts'
import type { Discovery } from '../src/member/events.ts'
import { createAttacker } from '../zoo/being.ts'
import { createBreeder, measureWith, type Spent } from './breeder.ts'

const [seedCount = '5', companyIslands = '10', minutes = '3'] = process.argv.slice(2)
const task: Task = tasks['function-regression']!
const COMPANY = Number(companyIslands)
const MINUTES = Number(minutes)
const NEUTRAL = 20
const COMPANY_NODES = 10_000
const BOARD_EVALUATIONS = 3_600
const PUBLISHED_AT_MS = 60_000
/** The company is that much slower here, and the rest with it: only the ratio counts. */
const SLOWER = 50
const NODES_OF_OTHERS = 10

interface Outcome {
  /** Fitness of the board's champion over the company's best at the end. */
  readonly rank: number
  /** Share of neutral islands whose archive has it at the end. */
  readonly inArchives: number
  /** Share of neutral islands whose population took it in, and the mean number of strangers that they took in. */
  readonly inPopulations: number
  readonly immigrants: number
  /** Share of those that are the company's. */
  readonly companyShare: number
}

/** What the board bred before it came. */
function boardChampion(seed: number): Discovery {
  let search = createSearch({ algorithm: 'neat', task, seed: 1_000_000 + seed, settings: { ...settingsFor(task, 'neat'), size: 50 } })
  for (let evaluations = 0; evaluations < BOARD_EVALUATIONS;) {
    const asked = search.ask()
    evaluations += asked.candidates.length
    search = asked.search.tell(asked.candidates.map(({ genotype }) => evaluate(task, genotype)))
  }
  const { genotype, evaluation, generation } = search.champion()!
  return { task: task.id, body: encodeGenotype(genotype), fitness: evaluation.fitness, fingerprint: fingerprintOf(genotype), generation, parents: [], operators: [] }
}

const policies: Readonly<Record<string, ImmigrationPolicy>> = {
  'the fittest first': FITTEST_FIRST,
  'species, authors and lines limited, novelty has its places': DEFAULT_IMMIGRATION,
}

function run(seed: number, immigration: ImmigrationPolicy): Outcome {
  const find = boardChampion(seed)
  const spent: Spent = { own: 0, verifying: 0 }
  const breeder = (evaluationsPerSecond: number): CreateSearch => createBreeder({ task, evaluationsPerSecond, populationSize: 50, spent })
  const fast = breeder(COMPANY_NODES / COMPANY / SLOWER)
  const slow = breeder(NODES_OF_OTHERS / SLOWER)
  /** Island number → authors of what its population took in. */
  const taken = new Map<number, string[]>()
  let started = 0
  const search: CreateSearch = (random) => {
    const index = started++
    const inner = (index < COMPANY ? fast : slow)(random)
    let waitedMs = 0
    return {
      ...inner,
      advance(ms) {
        const before = waitedMs
        waitedMs += ms
        const found = inner.advance(ms)
        return index === COMPANY && before < PUBLISHED_AT_MS && waitedMs >= PUBLISHED_AT_MS ? [...found, find] : found
      },
      adopt(entry) {
        const authors = taken.get(index) ?? []
        taken.set(index, authors)
        authors.push(entry.claim.author)
        return inner.adopt(entry)
      },
    }
  }
  // Sees everything and does nothing.
  let stateOf: ((name: string) => { readonly niches: ReadonlyMap<string, { readonly claim: { readonly author: string; readonly fitness: number } }> } | undefined) | undefined
  const witness = createAttacker('witness', [({ world }) => void (stateOf = world.stateOf)])
  const world = createArchipelago({
    islands: COMPANY + 1 + NEUTRAL, minutes: MINUTES, seed, task, evaluator: 'e'.repeat(64), evaluate: measureWith(task), search, quietMs: 10_000, attackers: [witness], immigration,
  })
  while (world.advance(60_000));
  const authorOf = (index: number): string => hexText(createMemoryKeys(`island-${index}`).owner)
  const board = authorOf(COMPANY)
  const company = new Set(Array.from({ length: COMPANY }, (_, i) => authorOf(i)))
  const neutral = Array.from({ length: NEUTRAL }, (_, i) => COMPANY + 1 + i)
  const share = (holds: (index: number) => boolean): number => neutral.filter(holds).length / NEUTRAL
  const all = neutral.flatMap((index) => taken.get(index) ?? [])
  return {
    rank: find.fitness / world.report().bestFitness,
    inArchives: share((index) => [...(stateOf!(`island-${index}`)?.niches.values() ?? [])].some(({ claim }) => claim.author === board && claim.fitness === find.fitness)),
    inPopulations: share((index) => taken.get(index)?.includes(board) === true),
    immigrants: all.length / NEUTRAL,
    companyShare: all.filter((author) => company.has(author)).length / Math.max(1, all.length),
  }
}

if (!decodeGenotype(boardChampion(1).body).ok) throw new RangeError('The board must find a genotype')
console.log(`${COMPANY_NODES} nodes in ${COMPANY} islands against one board of ten; ${NEUTRAL} neutral islands, ${MINUTES} min, function-regression\n`)
console.log('| rules | seed | board / best | in archives | in populations | immigrants each | of the company |\n|---|---|---|---|---|---|---|')
for (const [rules, immigration] of Object.entries(policies)) {
  const row = (name: string, { rank, inArchives, inPopulations, immigrants, companyShare }: Outcome): void =>
    console.log(`| ${rules} | ${name} | ${rank.toFixed(4)} | ${(inArchives * 100).toFixed(0)} % | ${(inPopulations * 100).toFixed(0)} % | ${immigrants.toFixed(1)} | ${(companyShare * 100).toFixed(0)} % |`)
  const outcomes = Array.from({ length: Number(seedCount) }, (_, i) => {
    const outcome = run(i + 1, immigration)
    row(String(i + 1), outcome)
    return outcome
  })
  const mean = (of: (outcome: Outcome) => number): number => outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length
  row('mean', {
    rank: mean(({ rank }) => rank), inArchives: mean(({ inArchives }) => inArchives), inPopulations: mean(({ inPopulations }) => inPopulations),
    immigrants: mean(({ immigrants }) => immigrants), companyShare: mean(({ companyShare }) => companyShare),
  })
}
