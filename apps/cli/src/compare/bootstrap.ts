// A confidence interval for a mean that supposes nothing about the distribution: evaluations to a solution are skewed.

import { createRandom } from '@megabrain/evolve'
import { quantileSorted } from 'simple-statistics'
import { meanOf } from '../evolve/statistics.ts'

const RESAMPLES = 10_000
/** Any; one and the same, so that the same runs always have the same interval. */
const SEED = 1

/** 95 % interval of the mean by the percentile bootstrap (Efron 1979) with 10,000 resamples; null without values. */
export function meanInterval(values: readonly number[]): readonly [low: number, high: number] | null {
  if (values.length === 0) return null
  const random = createRandom(SEED)
  const means = Array.from({ length: RESAMPLES }, () => meanOf(values.map(() => values[random.integer(values.length)]!)))
  means.sort((a, b) => a - b)
  return [quantileSorted(means, 0.025), quantileSorted(means, 0.975)]
}
