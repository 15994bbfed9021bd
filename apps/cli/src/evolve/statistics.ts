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
  const mean = meanOf(values)
  const squares = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0)
  return {
    mean,
    median: medianOf(values),
    sd: values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1)),
    max: values.reduce((most, x) => Math.max(most, x)),
  }
}

/** NaN without values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length
}

/** The middle value, or the mean of the two in the middle; 0 without values. */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
