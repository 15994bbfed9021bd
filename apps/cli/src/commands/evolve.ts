// `megabrain evolve`: runs from consecutive seeds on this machine, and a report of what they took.

import { cidOf, decodeGenotype } from '@megabrain/evolve'
import type { Command, Surroundings } from '../command.ts'
import { readSettings } from '../evolve/settings.ts'
import { runAll } from '../evolve/run-pool.ts'
import type { FinishedRun } from '../evolve/run-pool.ts'
import { openRunOutput } from '../evolve/run-output.ts'
import type { RunOutput } from '../evolve/run-output.ts'
import { sizeOf } from '../evolve/run.ts'
import { statisticsOf } from '../evolve/statistics.ts'
import { findTaskByReference } from '../task-reference.ts'
import { readCount, readOptions, required, UsageError } from '../usage.ts'

const DEFAULT_MAX_EVALUATIONS = '100000'

const options = {
  task: { type: 'string' },
  algorithm: { type: 'string', default: 'neat' },
  runs: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  'max-evaluations': { type: 'string', default: DEFAULT_MAX_EVALUATIONS },
  workers: { type: 'string', default: '1' },
  out: { type: 'string' },
  config: { type: 'string' },
  set: { type: 'string', multiple: true, default: [] as string[] },
  keys: { type: 'string' },
} as const

export const evolveCommand: Command = {
  usage: 'evolve --task ID|./file.mjs [--algorithm neat] [--runs N] [--seed S] [--max-evaluations M] [--workers W]\n' +
    '         [--out DIR] [--keys DIR] [--config FILE] [--set key=value]',
  async run(args, surroundings) {
    const { values } = readOptions(args, options)
    assertAlgorithm(values.algorithm)
    const reference = required(values.task, '--task')
    const task = await findTaskByReference(reference)
    const seed = readCount(values.seed, '--seed', 0)
    const count = readCount(values.runs, '--runs')
    if (!Number.isSafeInteger(seed + count)) throw new UsageError(`--seed plus --runs must stay below 2^53, got ${seed} and ${count}`)
    const folder = values.out
    if (folder === undefined && values.keys !== undefined) throw new UsageError('--keys signs what --out writes, and --out is missing')
    const output = folder === undefined ? undefined : await openRunOutput(folder, { task, keys: values.keys })
    const reports: RunReport[] = []
    const runs = await runAll({
      task: reference,
      settings: await readSettings(task, values.config, values.set),
      maxEvaluations: readCount(values['max-evaluations'], '--max-evaluations'),
      seeds: Array.from({ length: count }, (_, i) => seed + i),
      workers: readCount(values.workers, '--workers'),
      signal: surroundings.stop,
      progress: surroundings.progress,
      async finished(run) {
        const report = await reportOf(run, output)
        reports.push(report)
        surroundings.progress(describe(report))
      },
    })
    const ordered = runs.map((run) => reports.find((report) => report.seed === run.seed)!)
    const stopped = surroundings.stop.aborted ? { stopped: true } : {}
    const json = { task: task.id, algorithm: values.algorithm, seed, ...stopped, runs: ordered, summary: summaryOf(ordered) }
    await output?.writeReport(json)
    return { json, text: textOf(json, surroundings) }
  },
}

interface RunReport extends Omit<FinishedRun, 'champion'> {
  /** Null for a run stopped before its first generation was done. */
  readonly champion: ReportedChampion | null
}

interface ReportedChampion {
  readonly cid: string
  readonly fitness: number
  readonly hidden: number
  readonly links: number
  /** Null without `--out`. */
  readonly file: string | null
}

function assertAlgorithm(algorithm: string): void {
  if (algorithm === 'memetic') throw new UsageError('--algorithm memetic comes later; there is neat')
  if (algorithm !== 'neat') throw new UsageError(`unknown algorithm ${algorithm}; there is neat`)
}

async function reportOf({ champion, ...run }: FinishedRun, output: RunOutput | undefined): Promise<RunReport> {
  if (champion === undefined) return { ...run, champion: null }
  const decoded = decodeGenotype(champion.bytes)
  if (!decoded.ok) throw new TypeError(`A champion does not decode: ${decoded.reason}`)
  const file = await output?.writeChampion(run.seed, champion) ?? null
  return { ...run, champion: { cid: cidOf(champion.bytes), fitness: champion.fitness, ...sizeOf(decoded.value), file } }
}

function summaryOf(runs: readonly RunReport[]) {
  const solved = runs.filter((run) => run.solved)
  return { runs: runs.length, solved: solved.length, evaluations: statisticsOf(solved.map((run) => run.evaluations)) }
}

function describe({ seed, solved, evaluations, generations, wallMs, champion }: RunReport): string {
  const size = champion === null ? 'no champion' : `fitness ${champion.fitness}, ${champion.hidden} hidden, ${champion.links} links`
  const outcome = solved ? 'solved' : 'not solved'
  return `seed ${seed}: ${outcome} after ${evaluations} evaluations, ${generations} generations, ${wallMs} ms; ${size}`
}

function textOf(json: { runs: readonly RunReport[]; summary: ReturnType<typeof summaryOf> }, { stop }: Surroundings): string {
  const { runs, solved, evaluations } = json.summary
  const list = Object.entries(evaluations ?? {}).map(([name, x]) => `${name} ${x.toFixed(0)}`).join(', ')
  const figures = evaluations === null ? '' : `, evaluations ${list}`
  return [...json.runs.map(describe), `${stop.aborted ? 'stopped: ' : ''}${solved} of ${runs} runs solved${figures}`].join('\n')
}
