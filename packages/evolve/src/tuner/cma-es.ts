// Evolution strategy with covariance matrix adaptation as a tuner: a cloud of weight vectors that learns which directions
// pay. Full covariance, weighted recombination and, if asked for, negative weights.
// Hansen and Ostermeier 2001, https://doi.org/10.1162/106365601750190398; Hansen 2016, https://arxiv.org/abs/1604.00772

import { exp } from '../math.ts'
import { eigenOf } from './eigen.ts'
import { parametersOf, withParameters } from './parameters.ts'
import { MAX_COVARIANCE, type TunerSettings } from './settings.ts'
import { bestOf, isExhausted, lambdaOf, rankedOf, ratesOf, type Rates, type Strategy } from './strategy.ts'
import { readStrategy, writeStrategy } from './strategy-bytes.ts'
import type { Tuned, Tuner } from './tuner.ts'

export interface CovarianceStrategy extends Strategy {
  /** n × n, row by row, symmetric to the bit. */
  readonly covariance: Float64Array
  /** Eigenvectors of `covariance` as of the last decomposition, in columns. */
  readonly basis: Float64Array
  /** Square roots of its eigenvalues. */
  readonly scales: Float64Array
  /** Generation of the last decomposition. */
  readonly decomposedAt: number
}

export const cmaEs: Tuner<CovarianceStrategy> = {
  operator: 'tune-cma-es',

  create: ({ genotype }, settings) => begin(parametersOf(genotype, settings), undefined, 0, settings),

  ask({ mean, sigma, basis, scales, restarts }, { genotype }, settings, random) {
    const n = mean.length
    const stretched = new Float64Array(n)
    return Array.from({ length: lambdaOf(genotype, settings, restarts) }, () => {
      for (let k = 0; k < n; k++) stretched[k] = scales[k]! * random.normal()
      const x = mean.map((centre, i) => {
        let y = 0
        for (let k = 0; k < n; k++) y += basis[i * n + k]! * stretched[k]!
        return centre + sigma * y
      })
      return withParameters(genotype, x, settings)
    })
  },

  tell(strategy, _, settings, told) {
    const updated = update(strategy, ratesOf(strategy.mean.length, told.length), settings, told)
    const spent = isExhausted(updated, told.length, settings, spreadOf(updated.scales))
    if (!spent || updated.restarts >= settings.restarts) return updated
    return begin(parametersOf(updated.best!.genotype, settings), updated.best, updated.restarts + 1, settings)
  },

  best: ({ best }) => best,

  done(strategy, { genotype }, settings) {
    return isExhausted(strategy, lambdaOf(genotype, settings, strategy.restarts), settings, spreadOf(strategy.scales))
  },

  write(strategy, writer) {
    writeStrategy(strategy, writer)
    for (const column of [strategy.covariance, strategy.basis, strategy.scales]) for (const x of column) writer.f64(x)
    writer.f64(strategy.decomposedAt)
  },

  read(reader, { genotype }, settings, best) {
    const strategy = readStrategy(reader, parametersOf(genotype, settings).length, best)
    const n = strategy?.mean.length ?? 0
    if (strategy === undefined || n > MAX_COVARIANCE) return undefined
    const column = (length: number): Float64Array => Float64Array.from({ length }, () => reader.f64())
    const covariance = column(n * n)
    const basis = column(n * n)
    const scales = column(n)
    const decomposedAt = reader.f64()
    const finite = [covariance, basis, scales].every((each) => each.every((x) => x - x === 0))
    const symmetric = covariance.every((x, at) => x === covariance[(at % n) * n + Math.floor(at / n)])
    const fits = finite && symmetric && scales.every((x) => x > 0) && Number.isSafeInteger(decomposedAt)
      && decomposedAt >= 0 && decomposedAt <= strategy.generation && !Object.is(decomposedAt, -0)
    return fits ? { ...strategy, covariance, basis, scales, decomposedAt } : undefined
  },
}

function begin(mean: Float64Array, best: Tuned | undefined, restarts: number, settings: TunerSettings): CovarianceStrategy {
  const n = mean.length
  const identity = new Float64Array(n * n)
  for (let i = 0; i < n; i++) identity[i * n + i] = 1
  return {
    best, mean, sigma: settings.sigma, pathSigma: new Float64Array(n), pathC: new Float64Array(n), generation: 0, stale: 0, restarts,
    covariance: identity, basis: identity, scales: new Float64Array(n).fill(1), decomposedAt: 0,
  }
}

/** One generation: Hansen 2016, figure 6. Variants count as what was evaluated, after rounding and saturation. */
function update(strategy: CovarianceStrategy, rates: Rates, settings: TunerSettings, told: readonly Tuned[]): CovarianceStrategy {
  const { sigma, basis, scales } = strategy
  const n = strategy.mean.length
  const ranked = rankedOf(told)
  const steps = ranked.map(({ genotype }) => parametersOf(genotype, settings).map((x, i) => (x - strategy.mean[i]!) / sigma))
  const shift = new Float64Array(n)
  for (let k = 0; k < rates.mu; k++) for (let i = 0; i < n; i++) shift[i]! += rates.weights[k]! * steps[k]![i]!
  const mean = strategy.mean.map((x, i) => x + sigma * shift[i]!)
  const generation = strategy.generation + 1

  const { cSigma, cC } = rates
  const white = whitened(shift, basis, scales)
  const pull = Math.sqrt(cSigma * (2 - cSigma) * rates.muEffective)
  const pathSigma = strategy.pathSigma.map((p, i) => (1 - cSigma) * p + pull * white[i]!)
  const length = Math.sqrt(squareOf(pathSigma))
  let fading = 1
  for (let i = 0; i < 2 * generation && fading > 1e-20; i++) fading *= 1 - cSigma
  const steady = length / Math.sqrt(1 - fading) < (1.4 + 2 / (n + 1)) * rates.chi
  const draw = steady ? Math.sqrt(cC * (2 - cC) * rates.muEffective) : 0
  const pathC = strategy.pathC.map((p, i) => (1 - cC) * p + draw * shift[i]!)
  const covariance = learned(strategy, rates, settings, { steps, pathC, steady })
  const grown = sigma * exp(Math.min(1, (cSigma / rates.damping) * (length / rates.chi - 1)))
  const best = bestOf(strategy.best, ranked[0]!)
  const next = {
    ...strategy, best, mean, sigma: Math.max(settings.sigmaFloor, grown), pathSigma, pathC, generation, covariance,
    stale: best === strategy.best ? strategy.stale + 1 : 0,
  }
  // The decomposition costs n³ and the matrix changes by c1 + cMu at a time.
  const due = 1 / (10 * n * (rates.c1 + rates.cMu))
  if (generation - strategy.decomposedAt < due) return next
  const eigen = eigenOf(covariance, n)
  // Rounding can leave an eigenvalue at 0 or below; the least scale then ends the search by its condition.
  return { ...next, basis: eigen.vectors, scales: eigen.values.map((x) => Math.sqrt(Math.max(x, 1e-300))), decomposedAt: generation }
}

/** Rank-one and rank-µ update of the covariance. */
function learned(
  { covariance, basis, scales }: CovarianceStrategy, rates: Rates, settings: TunerSettings,
  { steps, pathC, steady }: { readonly steps: readonly Float64Array[]; readonly pathC: Float64Array; readonly steady: boolean },
): Float64Array {
  const n = pathC.length
  const { c1, cMu, cC, mu } = rates
  const used = settings.activeCovariance ? steps.length : mu
  let total = 0
  const weights = new Float64Array(used)
  for (let k = 0; k < used; k++) {
    const weight = rates.weights[k]!
    total += weight
    // A bad step is shortened to the expected length, so that the matrix stays positive.
    weights[k] = weight >= 0 ? weight : (weight * n) / Math.max(squareOf(whitened(steps[k]!, basis, scales)), 1e-12)
  }
  const keep = 1 - c1 - cMu * total + (steady ? 0 : c1 * cC * (2 - cC))
  const result = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let spread = 0
      for (let k = 0; k < used; k++) spread += weights[k]! * steps[k]![i]! * steps[k]![j]!
      const x = keep * covariance[i * n + j]! + c1 * pathC[i]! * pathC[j]! + cMu * spread
      result[i * n + j] = x
      result[j * n + i] = x
    }
  }
  return result
}

/** C^(−1/2) · x. */
function whitened(x: Float64Array, basis: Float64Array, scales: Float64Array): Float64Array {
  const n = x.length
  const along = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let k = 0; k < n; k++) along[k]! += basis[i * n + k]! * x[i]!
  for (let k = 0; k < n; k++) along[k]! /= scales[k]!
  return x.map((_, i) => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += basis[i * n + k]! * along[k]!
    return sum
  })
}

function squareOf(x: Float64Array): number {
  let sum = 0
  for (const each of x) sum += each * each
  return sum
}

function spreadOf(scales: Float64Array): { readonly least: number; readonly most: number } {
  let least = Infinity
  let most = 0
  for (const scale of scales) {
    least = Math.min(least, scale)
    most = Math.max(most, scale)
  }
  return { least, most }
}
