// Curves over evaluations: of one run, of the median run, of the share of runs that are not yet solved.

import type { GenerationRow } from '../evolve/generation-row.ts'
import type { RunReport } from '../evolve/run-report.ts'
import { medianOf } from '../evolve/statistics.ts'
import type { Point } from './chart.ts'

/** A run's report with its generations. */
export interface PlottedRun {
  readonly report: RunReport
  readonly rows: readonly GenerationRow[]
}

/** 1.96 standard errors hold 95 % of a normal distribution. */
const Z95 = 1.959964

/** One column of a run's generations. The last point lies at the evaluation that solved the task, where it was solved. */
export function runCurve({ report, rows }: PlottedRun, column: keyof GenerationRow): Point[] {
  const points = rows.map((row): Point => [row.evaluations, row[column]])
  const last = points.pop()
  return last === undefined ? [] : [...points, [Math.max(points.at(-1)?.[0] ?? 0, report.evaluations), last[1]]]
}

/** The median over all runs, at each of `count` abscissas up to `most`; a run that has ended keeps its last value. */
export function medianCurve(curves: readonly (readonly Point[])[], most: number, count = 240): Point[] {
  const drawn = curves.filter((curve) => curve.length > 0)
  if (drawn.length === 0) return []
  const start = Math.max(...drawn.map((curve) => curve[0]![0]))
  return Array.from({ length: count }, (_, i) => start + ((most - start) * i) / (count - 1)).map((x): Point => (
    [x, medianOf(drawn.map((curve) => valueAt(curve, x)))]
  ))
}

/** The value of the last point at or before `x`; of the first one for an earlier `x`. */
function valueAt(curve: readonly Point[], x: number): number {
  let low = 0
  let high = curve.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (curve[middle]![0] <= x) low = middle
    else high = middle - 1
  }
  return curve[low]![1]
}

export interface Survival {
  readonly share: readonly Point[]
  /** 95 % of the share at each step, by Wilson's interval for a proportion. */
  readonly lower: readonly Point[]
  readonly upper: readonly Point[]
}

/**
 * Share of runs not solved after so many evaluations, as steps from (0, 1) to `most`. Runs that end unsolved have all had
 * the same budget, so that no run leaves the count early.
 */
export function survivalOf(runs: readonly RunReport[], most: number): Survival {
  const solvedAt = runs.filter((run) => run.solved).map((run) => run.evaluations).sort((a, b) => a - b)
  const total = runs.length
  const share: Point[] = [[0, 1], ...solvedAt.map((at, i): Point => [at, (total - i - 1) / total])]
  share.push([most, share.at(-1)![1]])
  const stairs = share.flatMap(([x, y], i): Point[] => (i === 0 ? [[x, y]] : [[x, share[i - 1]![1]], [x, y]]))
  return {
    share,
    lower: stairs.map(([x, y]): Point => [x, wilson(y, total)[0]]),
    upper: stairs.map(([x, y]): Point => [x, wilson(y, total)[1]]),
  }
}

/** E. B. Wilson 1927: 95 % interval for a proportion `p` seen in `n` trials. */
function wilson(p: number, n: number): readonly [number, number] {
  const z2 = Z95 * Z95
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n)
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
