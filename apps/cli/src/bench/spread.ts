// A measured figure: never one number, always how many and how far they lie apart.

import { medianOf } from '../evolve/statistics.ts'

export interface Spread {
  readonly n: number
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @throws RangeError without values */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('A spread needs values')
  return { n: values.length, median: medianOf(values), min: Math.min(...values), max: Math.max(...values) }
}

/** What of each repetition stands side by side is divided first, so that a busy moment strikes both alike. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  return spreadOf(ours.map((value, i) => value / theirs[i]!))
}

/** Processor time of the whole process in seconds, which another program on the same core does not lengthen. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

export function formatSpread({ n, median, min, max }: Spread, unit = ''): string {
  return `${formatFigure(median)}${unit} [${formatFigure(min)} to ${formatFigure(max)}], n ${n}`
}

export function formatFigure(x: number): string {
  if (x >= 1e9) return `${(x / 1e9).toPrecision(3)} G`
  if (x >= 1e6) return `${(x / 1e6).toPrecision(3)} M`
  return x >= 1_000 ? Math.round(x).toLocaleString('en') : String(Number(x.toPrecision(3)))
}
