// Sixteen islands that exchange champions against one island like each of them, one with as many members as all together, and
// sixteen that never meet: evaluations of all until the first passes the task's champion test. Run by hand, minutes to an hour:
// `node packages/exchange/bench/distributed-search.ts [SEEDS] [FIRST] [SIZE] [PER-SECOND] [TASK] [LATENCY-MS] [MODES]`.

import { compile, createRandom, evaluate, type Member, type Search, type Task } from '@megabrain/evolve'
import { createArchipelago } from '../src/archipelago/archipelago.ts'
import { DEFAULT_FEDERATED } from '../src/realm/model-policy.ts'
import { evaluatorVersion, findTask } from '../../tasks/src/index.ts'
import { createBreeder, measureWith, type Spent } from './breeder.ts'

const ISLANDS = 16
const MAX_EVALUATIONS = 400_000
const [seeds = '20', first = '1', size = '50', perSecond = '20', id = 'double-pole-no-velocity', latency = '25', chosen] = process.argv.slice(2)
const task = findTask(id)
if (task === undefined) throw new RangeError(`Unknown task ${id}`)

/** What a generation takes at the settings above. */
const A_ROUND_FOR_EACH_GENERATION = { ...DEFAULT_FEDERATED, roundMs: Math.max(1_000, (1_000 * Number(size)) / Number(perSecond)), deadlineMs: 10_000 }
const modes = { linked: '16 islands, linked', federated: '16 islands, Model 2', isolated: '16 islands, never linked', one: 'one island', large: 'one island, 16 times the members' } as const

interface Run {
  readonly seed: number
  readonly mode: keyof typeof modes
  readonly solved: boolean
  /** Of all islands, verification left out and alone. */
  readonly own: number
  readonly verifying: number
  /** Virtual time until then, s, at `perSecond` evaluations of each of `processors`. */
  readonly seconds: number
  readonly bytesPerIslandPerSecond: number
}

/** As in Stanley's protocol: once a generation, the best of the fittest species whose record has risen since its last test. */
function createChampionTest(of: Task): (search: Search, island: number) => boolean {
  const records = new Map<string, number>()
  return (search, island) => {
    const champions = new Map<number, Member>()
    for (const member of search.members()) {
      if (member.fitness > (champions.get(member.species)?.fitness ?? -1)) champions.set(member.species, member)
    }
    const risen = [...champions.values()].filter(({ species, fitness }) => fitness > (records.get(`${island}/${species}`) ?? -1))
    const [champion] = risen.sort((a, b) => b.fitness - a.fitness || a.species - b.species)
    if (champion === undefined) return false
    records.set(`${island}/${champion.species}`, champion.fitness)
    return of.solved(compile(champion.genotype), evaluate(of, champion.genotype))
  }
}

function run(of: Task, mode: Run['mode'], seed: number): Run {
  const spent: Spent = { own: 0, verifying: 0 }
  const test = createChampionTest(of)
  let solvedAt: Spent | undefined
  const search = createBreeder({
    task: of, spent, agents: mode === 'federated' ? DEFAULT_FEDERATED.agents : 0, evaluationsPerSecond: Number(perSecond), populationSize: mode === 'large' ? ISLANDS * Number(size) : Number(size),
    afterGeneration(generation, island) {
      if (solvedAt === undefined && test(generation, island)) solvedAt = { ...spent }
    },
  })
  let seconds = 0
  let bytes = 0
  if (mode === 'linked' || mode === 'federated') {
    const archipelago = createArchipelago({
      islands: ISLANDS, minutes: 10_000, seed, task: of, evaluator: evaluatorVersion(of), evaluate: measureWith(of), search,
      ...(mode === 'federated' ? { model: A_ROUND_FOR_EACH_GENERATION } : {}),
      latencyMs: [Number(latency) * 0.9, Number(latency) * 1.1],
    })
    for (; solvedAt === undefined && spent.own < MAX_EVALUATIONS; seconds++) archipelago.advance(1_000)
    const report = archipelago.report()
    if (report.violations.length > 0) throw new RangeError(report.violations.join('; '))
    bytes = report.bytesPerIslandPerSecond
  } else {
    const random = createRandom(seed)
    const islands = Array.from({ length: mode === 'isolated' ? ISLANDS : 1 }, () => search(createRandom(random.integer(4_294_967_296))))
    for (; solvedAt === undefined && spent.own < MAX_EVALUATIONS; seconds++) for (const island of islands) island.advance(1_000)
  }
  const { own, verifying } = solvedAt ?? spent
  return { seed, mode, solved: solvedAt !== undefined, own, verifying, seconds, bytesPerIslandPerSecond: bytes }
}

const played = (Object.keys(modes) as Run['mode'][]).filter((mode) => (chosen ?? 'linked,isolated,one').split(',').includes(mode))
const runs: Run[] = []
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
  for (const mode of played) {
    const result = run(task, mode, seed)
    runs.push(result)
    console.error(JSON.stringify(result))
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const figure = (value: number): string => Math.round(value).toLocaleString('en-US')
console.log(`${id}, ${ISLANDS} × ${size} members, ${perSecond} evaluations per second and island, seeds ${first} to ${Number(first) + Number(seeds) - 1}\n`)
console.log('| | n | solved | evaluations, mean | median | verification | virtual seconds, mean |\n|---|---|---|---|---|---|---|')
for (const mode of played) {
  const words = modes[mode]
  const of = runs.filter((each) => each.mode === mode)
  const own = of.map((each) => each.own)
  const verifying = mean(of.map((each) => each.verifying)) / Math.max(1, mean(own))
  const seconds = figure(mean(of.map((each) => each.seconds)))
  console.log(`| ${words} | ${of.length} | ${of.filter(({ solved }) => solved).length} | ${figure(mean(own))} | ${figure(median(own))} | ${(100 * verifying).toFixed(1)} % | ${seconds} |`)
}
const linked = runs.filter(({ mode }) => mode === 'linked')
const one = runs.filter(({ mode }) => mode === 'one')
// Orthodox (Alba 2002): the same program on one processor against sixteen; one would do all that these evaluated, nothing to verify.
const speedup = mean(linked.map(({ own, seconds }) => own / Number(perSecond) / seconds))
console.log(`\nevaluations, linked / one: ${(mean(linked.map(({ own }) => own)) / mean(one.map(({ own }) => own))).toFixed(3)} of means, `
  + `${(median(linked.map(({ own }) => own)) / median(one.map(({ own }) => own))).toFixed(3)} of medians`)
console.log(`orthodox speed-up on ${ISLANDS}: ${speedup.toFixed(2)} (${(speedup / ISLANDS).toFixed(3)} of ${ISLANDS})`)
console.log(`traffic per island: ${figure(mean(linked.map(({ bytesPerIslandPerSecond }) => bytesPerIslandPerSecond)))} B/s`)
