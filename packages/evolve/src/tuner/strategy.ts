// What both evolution strategies share: the weights of recombination, the learning rates, how variants are ranked and
// when to stop. Hansen, The CMA Evolution Strategy: A Tutorial, 2016, https://arxiv.org/abs/1604.00772 (equations 49 to 58).

import type { Genotype } from '../genotype/genotype.ts'
import { log } from '../math.ts'
import { parameterCount } from './parameters.ts'
import type { TunerSettings } from './settings.ts'
import type { Tuned } from './tuner.ts'

/** What the strategy has besides its covariance. */
export interface Strategy {
  readonly best: Tuned | undefined
  /** Centre of the next variants, by parameter. */
  readonly mean: Float64Array
  /** Step size. */
  readonly sigma: number
  readonly pathSigma: Float64Array
  readonly pathC: Float64Array
  /** Generations since the last start. */
  readonly generation: number
  /** Generations without a better variant, since the last start. */
  readonly stale: number
  readonly restarts: number
}

/** Constants of n parameters and λ variants. */
export interface Rates {
  readonly mu: number
  /** Recombination weights, fittest first; the first `mu` sum to 1, the rest are negative. */
  readonly weights: Float64Array
  readonly muEffective: number
  readonly cSigma: number
  readonly damping: number
  readonly cC: number
  readonly c1: number
  readonly cMu: number
  /** Expected length of a standard normal vector. */
  readonly chi: number
}

/** A variance along one axis this much larger than along another is past what doubles can follow (Hansen 2016, B.3). */
const MAX_CONDITION = 1e14
/** Steps below this no f32 weight can show. */
const LEAST_STEP = 1e-12

export function lambdaOf(genotype: Genotype, settings: TunerSettings, restarts: number): number {
  const n = Math.max(1, parameterCount(genotype, settings))
  let lambda = settings.lambda > 0 ? Math.max(2, settings.lambda) : 4 + Math.floor(3 * log(n))
  for (let i = 0; i < restarts; i++) lambda *= 2
  return lambda
}

export function ratesOf(n: number, lambda: number): Rates {
  const mu = Math.floor(lambda / 2)
  const raw = Float64Array.from({ length: lambda }, (_, i) => log((lambda + 1) / 2) - log(i + 1))
  const sum = (from: number, to: number, of: (w: number) => number): number => raw.subarray(from, to).reduce((total, w) => total + of(w), 0)
  const good = sum(0, mu, (w) => w)
  const muEffective = (good * good) / sum(0, mu, (w) => w * w)
  const bad = sum(mu, lambda, (w) => w)
  const muBad = (bad * bad) / sum(mu, lambda, (w) => w * w)
  const c1 = 2 / ((n + 1.3) * (n + 1.3) + muEffective)
  const cMu = Math.min(1 - c1, (2 * (muEffective - 2 + 1 / muEffective)) / ((n + 2) * (n + 2) + muEffective))
  const most = Math.min(1 + c1 / (cMu > 0 ? cMu : 1), 1 + (2 * muBad) / (muEffective + 2), cMu > 0 ? (1 - c1 - cMu) / (n * cMu) : 0)
  const cSigma = (muEffective + 2) / (n + muEffective + 5)
  return {
    mu,
    weights: raw.map((w, i) => (i < mu ? w / good : bad === 0 ? 0 : (most * w) / Math.abs(bad))),
    muEffective,
    cSigma,
    damping: 1 + 2 * Math.max(0, Math.sqrt(Math.max(0, (muEffective - 1) / (n + 1))) - 1) + cSigma,
    cC: (4 + muEffective / n) / (n + 4 + (2 * muEffective) / n),
    c1,
    cMu,
    chi: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  }
}

/** Fittest first; equals in the order told. */
export function rankedOf(told: readonly Tuned[]): readonly Tuned[] {
  return told.map((one, i) => ({ one, i })).sort((a, b) => b.one.fitness - a.one.fitness || a.i - b.i).map(({ one }) => one)
}

/** The better of what was best and the fittest told. */
export function bestOf(best: Tuned | undefined, fittest: Tuned): Tuned {
  return best === undefined || fittest.fitness > best.fitness ? { genotype: fittest.genotype, fitness: fittest.fitness } : best
}

/** Whether the stop rules hold. @param spread least and greatest standard deviation along an axis, step size left out */
export function isExhausted(strategy: Strategy, lambda: number, settings: TunerSettings, spread: { least: number; most: number }): boolean {
  const { sigma, mean, stale } = strategy
  const patience = settings.patience > 0 ? settings.patience : 10 + Math.ceil((30 * mean.length) / lambda)
  return mean.length === 0 || stale >= patience || !(sigma * spread.most > LEAST_STEP)
    || spread.most * spread.most > MAX_CONDITION * spread.least * spread.least
}
