// The test of Mann and Whitney 1947 (Wilcoxon's rank sum) whether two samples come from the same distribution, and how far
// one lies above the other: both count pairs, so that a sample may hold Infinity for "never".

export interface RankSum {
  /** Pairs in which the first sample's value is greater; a tie counts one half. 0 to n₁·n₂. */
  readonly u: number
  /** Two-sided. */
  readonly p: number
  /** `exact` counts all ways to divide the values, ties included; `normal` is for large samples, corrected for ties and continuity. */
  readonly method: 'exact' | 'normal'
  /** Vargha and Delaney 2000: chance that a value of the first sample is greater, a tie counting one half. */
  readonly a12: number
  /** Cliff 1993: 2·A − 1, from −1 (the first is always less) to 1. */
  readonly delta: number
  /** Romano et al. 2006: |delta| < 0.147, 0.33, 0.474. */
  readonly magnitude: 'negligible' | 'small' | 'medium' | 'large'
}

/** Values in both samples up to which all divisions are counted. */
const EXACT_UP_TO = 60

/** @throws RangeError for an empty sample or NaN */
export function rankSum(first: readonly number[], second: readonly number[]): RankSum {
  const [n, m] = [first.length, second.length]
  if (n === 0 || m === 0 || [...first, ...second].some(Number.isNaN)) throw new RangeError('A rank sum needs two samples of numbers')
  const { doubledRanks, ties } = rank([...first, ...second])
  const doubledSum = doubledRanks.slice(0, n).reduce((sum, each) => sum + each, 0)
  const u = doubledSum / 2 - (n * (n + 1)) / 2
  const exact = n + m <= EXACT_UP_TO
  const a12 = u / (n * m)
  const delta = 2 * a12 - 1
  return {
    u, a12, delta,
    p: exact ? exactP(doubledRanks, n, doubledSum) : normalP(u, n, m, ties),
    method: exact ? 'exact' : 'normal',
    magnitude: magnitudeOf(Math.abs(delta)),
  }
}

/** Twice the mean ranks, which are whole numbers, and the sizes of the groups of equal values. */
function rank(values: readonly number[]): { readonly doubledRanks: readonly number[]; readonly ties: readonly number[] } {
  const order = values.map((_, i) => i).sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0))
  const doubledRanks = values.map(() => 0)
  const ties: number[] = []
  for (let start = 0; start < order.length;) {
    let end = start
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (const i of order.slice(start, end)) doubledRanks[i] = start + 1 + end
    ties.push(end - start)
    start = end
  }
  return { doubledRanks, ties }
}

/** Share of the divisions into `n` and the rest whose rank sum is at least as far from its expectation. */
function exactP(doubledRanks: readonly number[], n: number, doubledSum: number): number {
  const total = doubledRanks.reduce((sum, each) => sum + each, 0)
  // ways[k][s]: ways to choose k of the ranks so far with sum s.
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(total + 1))
  ways[0]![0] = 1
  doubledRanks.forEach((each, seen) => {
    for (let k = Math.min(n, seen + 1); k >= 1; k--) {
      const [to, from] = [ways[k]!, ways[k - 1]!]
      for (let s = total; s >= each; s--) to[s]! += from[s - each]!
    }
  })
  const expected = (total * n) / doubledRanks.length
  const distance = Math.abs(doubledSum - expected) - 1e-9
  let [far, all] = [0, 0]
  ways[n]!.forEach((count, sum) => {
    all += count
    if (Math.abs(sum - expected) >= distance) far += count
  })
  return far / all
}

function normalP(u: number, n: number, m: number, ties: readonly number[]): number {
  const size = n + m
  const tied = ties.reduce((sum, t) => sum + t * t * t - t, 0)
  const variance = ((n * m) / 12) * (size + 1 - tied / (size * (size - 1)))
  if (variance <= 0) return 1
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt(variance)
  return Math.min(1, 2 * upperTail(z))
}

/**
 * Share of the normal distribution above z ≥ 0, to about 1e-12 relative: the series of erf below 3, Laplace's continued
 * fraction above (Abramowitz and Stegun 7.1.6 and 26.2.14).
 */
export function upperTail(z: number): number {
  const density = Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z < 3) {
    let [term, sum] = [z, z]
    for (let k = 1; Math.abs(term) > 1e-17 * sum; k++) {
      term *= (z * z) / (2 * k + 1)
      sum += term
    }
    return 0.5 - density * sum
  }
  let fraction = z
  for (let k = 200; k >= 1; k--) fraction = z + k / fraction
  return density / fraction
}

function magnitudeOf(size: number): RankSum['magnitude'] {
  return size < 0.147 ? 'negligible' : size < 0.33 ? 'small' : size < 0.474 ? 'medium' : 'large'
}
