// The figures under a table of runs, as the literature reports them: over the runs that solved the task.

export interface Statistics {
  readonly mean: number
  readonly median: number
  /** Sample standard deviation; 0 for one run. */
  readonly sd: number
  readonly max: number
}

/** Null without values. */
export function statisticsOf(values: readonly number[]): Statistics | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length
  const squares = sorted.reduce((sum, x) => sum + (x - mean) * (x - mean), 0)
  const middle = Math.floor(sorted.length / 2)
  return {
    mean,
    median: sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
    sd: sorted.length === 1 ? 0 : Math.sqrt(squares / (sorted.length - 1)),
    max: sorted.at(-1)!,
  }
}
