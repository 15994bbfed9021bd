// How a neuron joins its weighted inputs into one number. The position in this list is the code in the canonical form:
// append only.

export const aggregationNames = ['sum', 'product', 'max', 'min', 'mean', 'max-abs'] as const

export type AggregationName = (typeof aggregationNames)[number]

const codes: ReadonlyMap<string, number> = new Map(aggregationNames.map((name, code) => [name, code]))

export const SUM = 0

export const isAggregation = (name: unknown): name is AggregationName => typeof name === 'string' && codes.has(name)
export const aggregationCode = (name: AggregationName): number => codes.get(name)!

/**
 * Joins weight × value over the links `from` to `end`, in that order. Without links: 0, whatever the aggregation.
 * `max-abs` is the input of largest magnitude with its sign; the first of equals.
 */
export function aggregate(
  code: number, weights: Float64Array, sources: Int32Array, values: Float64Array, from: number, end: number,
): number {
  if (from === end) return 0
  let result = weights[from]! * values[sources[from]!]!
  for (let i = from + 1; i < end; i++) {
    const x = weights[i]! * values[sources[i]!]!
    if (code === 1) result *= x
    else if (code === 2) result = x > result || x !== x ? x : result
    else if (code === 3) result = x < result || x !== x ? x : result
    else if (code === 5) result = Math.abs(x) > Math.abs(result) || x !== x ? x : result
    else result += x
  }
  return code === 4 ? result / (end - from) : result
}
