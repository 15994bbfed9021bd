// `runs.json`, the report that `evolve` prints and keeps and that `plot` and `compare` read: the runs, their summary, and
// everything that somebody needs to get the same runs again.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cidOf, decodeGenotype } from '@megabrain/evolve'
import { UsageError } from '../usage.ts'
import type { Provenance } from './provenance.ts'
import type { FinishedRun } from './run-pool.ts'
import { sizeOf } from './run.ts'
import { statisticsOf } from './statistics.ts'
import type { Statistics } from './statistics.ts'

/** What two folders must have in common before their runs are runs of the same thing. */
export interface Protocol {
  readonly task: string
  readonly taskVersion: number
  /** Null for a task of the user's own. */
  readonly evaluator: string | null
  readonly algorithm: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly maxEvaluations: number
}

export interface Report extends Protocol, Provenance {
  /** Seed of the first run. */
  readonly seed: number
  /** True when runs were stopped or left out by Ctrl-C. */
  readonly stopped?: true
  /** Ascending by seed. */
  readonly runs: readonly RunReport[]
  readonly summary: Summary
}

export interface RunReport {
  readonly seed: number
  readonly solved: boolean
  /** Present on a run that was stopped and can go on from its checkpoint. */
  readonly stopped?: true
  readonly evaluations: number
  readonly generations: number
  readonly wallMs: number
  /** Of a solved run: double pole without velocities has it, see `measure` in `tasks`. */
  readonly generalisation625?: number
  /** Null for a run stopped before its first generation was done. */
  readonly champion: ReportedChampion | null
}

export interface ReportedChampion {
  readonly cid: string
  readonly fitness: number
  readonly hidden: number
  readonly links: number
  /** Null without `--out`. */
  readonly file: string | null
}

export interface Summary {
  readonly runs: number
  readonly solved: number
  /** Over the solved runs; null when there is none. */
  readonly evaluations: Statistics | null
  readonly generalisation625?: Statistics
}

/** @param file where the champion is kept */
export function reportOf({ champion, stopped, ...run }: FinishedRun, file: string | null): RunReport {
  const begun = { ...run, ...(stopped ? { stopped } : {}) }
  if (champion === undefined) return { ...begun, champion: null }
  const decoded = decodeGenotype(champion.bytes)
  if (!decoded.ok) throw new TypeError(`A champion does not decode: ${decoded.reason}`)
  const { fitness, measures } = champion
  return { ...begun, ...measures, champion: { cid: cidOf(champion.bytes), fitness, ...sizeOf(decoded.value), file } }
}

export function summaryOf(runs: readonly RunReport[]): Summary {
  const solved = runs.filter((run) => run.solved)
  const generalisation = statisticsOf(solved.flatMap((run) => run.generalisation625 ?? []))
  return {
    runs: runs.length,
    solved: solved.length,
    evaluations: statisticsOf(solved.map((run) => run.evaluations)),
    ...(generalisation === null ? {} : { generalisation625: generalisation }),
  }
}

export function describeRun({ seed, solved, stopped, evaluations, generations, wallMs, champion }: RunReport): string {
  const size = champion === null ? 'no champion' : `fitness ${champion.fitness}, ${champion.hidden} hidden, ${champion.links} links`
  const outcome = solved ? 'solved' : stopped === true ? 'stopped' : 'not solved'
  return `seed ${seed}: ${outcome} after ${evaluations} evaluations, ${generations} generations, ${wallMs} ms; ${size}`
}

export function describeReport({ runs, summary, stopped }: Report): string {
  const figures = (name: string, statistics: Statistics | null | undefined): string => {
    const list = Object.entries(statistics ?? {}).map(([key, x]) => `${key} ${x.toFixed(0)}`).join(', ')
    return list === '' ? '' : `, ${name} ${list}`
  }
  const { solved, evaluations, generalisation625 } = summary
  const measured = `${figures('evaluations', evaluations)}${figures('generalisation', generalisation625)}`
  const end = `${solved} of ${summary.runs} runs solved${measured}`
  return [...runs.map(describeRun), `${stopped === true ? 'stopped: ' : ''}${end}`].join('\n')
}

/**
 * The report that a folder holds; undefined when it holds none.
 * @throws UsageError when there is a `runs.json` that is no report
 */
export async function readReport(folder: string): Promise<Report | undefined> {
  const path = join(folder, 'runs.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new UsageError(`${path} cannot be read (${code ?? String(error)})`)
  }
  try {
    const report = JSON.parse(text) as Partial<Report>
    const isReport = typeof report.task === 'string' && typeof report.settings === 'object' && Array.isArray(report.runs)
    if (isReport) return report as Report
  } catch {
    // The same fault as JSON of another kind.
  }
  throw new UsageError(`${path} is no report of evolve`)
}
