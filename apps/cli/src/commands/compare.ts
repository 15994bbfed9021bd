// `megabrain compare`: whether the runs of one folder are better than those of another, and by how much.

import type { Command } from '../command.ts'
import { meanInterval } from '../compare/bootstrap.ts'
import { rankSum } from '../compare/rank-sum.ts'
import type { RankSum } from '../compare/rank-sum.ts'
import { readReport } from '../evolve/run-report.ts'
import type { Report, RunReport } from '../evolve/run-report.ts'
import { statisticsOf } from '../evolve/statistics.ts'
import type { Statistics } from '../evolve/statistics.ts'
import { readOptions, UsageError } from '../usage.ts'

/** Figures of one folder for one measure. */
interface Side extends Statistics {
  readonly n: number
  /** 95 % bootstrap interval of the mean. */
  readonly meanInterval: readonly [low: number, high: number]
}

interface Measure {
  readonly name: string
  readonly of: string
  /** The figures of a folder's table: over these. */
  readonly values: (run: RunReport) => number | undefined
  /** What the test ranks. */
  readonly ranked: (run: RunReport) => number | undefined
}

const measures: readonly Measure[] = [
  {
    name: 'evaluations',
    of: 'solved runs; the test ranks unsolved runs above all others',
    values: (run) => (run.solved ? run.evaluations : undefined),
    ranked: (run) => (run.solved ? run.evaluations : Infinity),
  },
  { name: 'generalisation625', of: 'solved runs', values: (run) => run.generalisation625, ranked: (run) => run.generalisation625 },
  { name: 'hidden', of: 'champions of solved runs', values: hiddenOf, ranked: hiddenOf },
  { name: 'links', of: 'champions of solved runs', values: linksOf, ranked: linksOf },
]

export const compareCommand: Command = {
  usage: 'compare DIR DIR',
  async run(args) {
    const { positionals } = readOptions(args, {}, ['DIR', 'DIR'])
    const [a, b] = await Promise.all(positionals.map(readFolder)) as [Folder, Folder]
    if (a.report.task !== b.report.task) throw new UsageError(`${a.folder} is about ${a.report.task}, ${b.folder} about ${b.report.task}`)
    const compared = measures.flatMap((measure) => compare(measure, a.report, b.report))
    const json = {
      task: a.report.task,
      folders: [describeFolder(a), describeFolder(b)],
      differences: differencesOf(a.report, b.report),
      measures: compared,
    }
    return { json, text: textOf(json) }
  },
}

interface Folder {
  readonly folder: string
  readonly report: Report
}

async function readFolder(folder: string): Promise<Folder> {
  const report = await readReport(folder)
  if (report === undefined) throw new UsageError(`${folder} holds no runs.json of evolve --out`)
  const runs = report.runs.filter((run) => run.stopped !== true)
  if (runs.length === 0) throw new UsageError(`${folder} holds no run that has ended`)
  return { folder, report: { ...report, runs } }
}

function describeFolder({ folder, report }: Folder) {
  const { algorithm, runs, maxEvaluations } = report
  return { folder, algorithm, n: runs.length, solved: runs.filter((run) => run.solved).length, maxEvaluations }
}

/** What was set differently, by name. */
function differencesOf(a: Report, b: Report): Readonly<Record<string, readonly [unknown, unknown]>> {
  const names = new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])
  const pairs = [...names].map((name) => [name, [a.settings[name] ?? null, b.settings[name] ?? null]] as const)
  const others = (['taskVersion', 'evaluator', 'algorithm', 'maxEvaluations', 'commit'] as const)
    .map((name) => [name, [a[name], b[name]]] as const)
  return Object.fromEntries([...others, ...pairs].filter(([, [first, second]]) => JSON.stringify(first) !== JSON.stringify(second)))
}

interface Compared {
  readonly measure: string
  readonly of: string
  readonly sides: readonly [Side | null, Side | null]
  readonly test: RankSum
}

/** Nothing for a measure that one of the folders does not have. */
function compare({ name, of, values, ranked }: Measure, a: Report, b: Report): Compared[] {
  const [first, second] = [a, b].map(({ runs }) => runs.flatMap((run) => ranked(run) ?? [])) as [number[], number[]]
  if (first.length === 0 || second.length === 0) return []
  const [left, right] = [a, b].map(({ runs }) => sideOf(runs.flatMap((run) => values(run) ?? []))) as [Side | null, Side | null]
  return [{ measure: name, of, sides: [left, right], test: rankSum(first, second) }]
}

function sideOf(values: readonly number[]): Side | null {
  const statistics = statisticsOf(values)
  return statistics && { n: values.length, ...statistics, meanInterval: meanInterval(values)! }
}

function textOf({ task, folders, differences, measures: compared }: {
  readonly task: string
  readonly folders: readonly ReturnType<typeof describeFolder>[]
  readonly differences: ReturnType<typeof differencesOf>
  readonly measures: readonly Compared[]
}): string {
  const names = ['A', 'B']
  const lines = [
    `task ${task}`,
    ...folders.map(({ folder, algorithm, n, solved }, i) => `${names[i]}  ${folder}: ${algorithm}, ${solved} of ${n} solved`),
    // The settings of two algorithms have little in common, and a page of them hides the figures.
    ...Object.entries(differences)
      .filter(([name]) => differences['algorithm'] === undefined || name === 'algorithm' || name === 'maxEvaluations')
      .map(([name, [a, b]]) => `differs  ${name}: A ${JSON.stringify(a)}, B ${JSON.stringify(b)}`),
  ]
  for (const { measure, of, sides, test } of compared) {
    lines.push('', `${measure} (${of})`)
    sides.forEach((side, i) => lines.push(`${names[i]}  ${side === null ? 'none' : figuresOf(side)}`))
    const { u, p, method, a12, delta, magnitude } = test
    const measures = `A12 ${a12.toFixed(3)}, Cliff's delta ${delta.toFixed(3)}, ${magnitude}`
    const size = `A greater than B in ${(a12 * 100).toFixed(1)} % of pairs (${measures})`
    lines.push(`Mann-Whitney U ${u}, p ${formatP(p)} (two-sided, ${method}); ${size}`)
  }
  return lines.join('\n')
}

function figuresOf({ n, mean, median, sd, max, meanInterval: [low, high] }: Side): string {
  const written = (x: number): string => (x >= 100 ? x.toFixed(0) : x.toFixed(2))
  const interval = `[95 % ${written(low)} to ${written(high)}]`
  return `n ${n}, mean ${written(mean)} ${interval}, median ${written(median)}, sd ${written(sd)}, max ${written(max)}`
}

function hiddenOf({ solved, champion }: RunReport): number | undefined {
  return solved ? champion?.hidden : undefined
}

function linksOf({ solved, champion }: RunReport): number | undefined {
  return solved ? champion?.links : undefined
}

const formatP = (p: number): string => (p < 0.001 ? p.toExponential(1) : p.toFixed(3))
