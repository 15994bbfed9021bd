// CMA-ES with a diagonal covariance: linear in the number of weights and learns faster for it, blind to how weights depend
// on each other. Ros and Hansen 2008, https://doi.org/10.1007/978-3-540-87700-4_30

import { exp } from '../math.ts'
import { parametersOf, withParameters } from './parameters.ts'
import type { TunerSettings } from './settings.ts'
import { bestOf, isExhausted, lambdaOf, rankedOf, ratesOf, type Strategy } from './strategy.ts'
import { readStrategy, writeStrategy } from './strategy-bytes.ts'
import type { Tuned, Tuner } from './tuner.ts'

export interface SeparableStrategy extends Strategy {
  /** Variance of each parameter, step size left out. */
  readonly variances: Float64Array
}

/** Keeps a variance positive, whatever rounding does. */
const LEAST_VARIANCE = 1e-300

export const sepCmaEs: Tuner<SeparableStrategy> = {
  operator: 'tune-sep-cma-es',

  create: ({ genotype }, settings) => begin(parametersOf(genotype, settings), undefined, 0, settings),

  ask({ mean, sigma, variances, restarts }, { genotype }, settings, random) {
    return Array.from({ length: lambdaOf(genotype, settings, restarts) }, () =>
      withParameters(genotype, mean.map((centre, i) => centre + sigma * Math.sqrt(variances[i]!) * random.normal()), settings))
  },

  tell(strategy, _, settings, told) {
    const updated = update(strategy, settings, told)
    if (!isExhausted(updated, told.length, settings, spreadOf(updated.variances)) || updated.restarts >= settings.restarts) return updated
    return begin(parametersOf(updated.best!.genotype, settings), updated.best, updated.restarts + 1, settings)
  },

  best: ({ best }) => best,

  done(strategy, { genotype }, settings) {
    return isExhausted(strategy, lambdaOf(genotype, settings, strategy.restarts), settings, spreadOf(strategy.variances))
  },

  write(strategy, writer) {
    writeStrategy(strategy, writer)
    for (const x of strategy.variances) writer.f64(x)
  },

  read(reader, { genotype }, settings, best) {
    const strategy = readStrategy(reader, parametersOf(genotype, settings).length, best)
    if (strategy === undefined) return undefined
    const variances = Float64Array.from(strategy.mean, () => reader.f64())
    return variances.every((x) => x > 0 && x - x === 0) ? { ...strategy, variances } : undefined
  },
}

function begin(mean: Float64Array, best: Tuned | undefined, restarts: number, settings: TunerSettings): SeparableStrategy {
  const n = mean.length
  return {
    best, mean, sigma: settings.sigma, pathSigma: new Float64Array(n), pathC: new Float64Array(n), generation: 0, stale: 0, restarts,
    variances: new Float64Array(n).fill(1),
  }
}

function update(strategy: SeparableStrategy, settings: TunerSettings, told: readonly Tuned[]): SeparableStrategy {
  const { sigma, variances } = strategy
  const n = strategy.mean.length
  const rates = ratesOf(n, told.length)
  const ranked = rankedOf(told)
  const steps = ranked.slice(0, rates.mu).map(({ genotype }) =>
    parametersOf(genotype, settings).map((x, i) => (x - strategy.mean[i]!) / sigma))
  const shift = new Float64Array(n)
  steps.forEach((step, k) => { for (let i = 0; i < n; i++) shift[i]! += rates.weights[k]! * step[i]! })
  const mean = strategy.mean.map((x, i) => x + sigma * shift[i]!)
  const generation = strategy.generation + 1

  const { cSigma, cC } = rates
  const pull = Math.sqrt(cSigma * (2 - cSigma) * rates.muEffective)
  const pathSigma = strategy.pathSigma.map((p, i) => (1 - cSigma) * p + (pull * shift[i]!) / Math.sqrt(variances[i]!))
  const length = Math.sqrt(pathSigma.reduce((sum, p) => sum + p * p, 0))
  let fading = 1
  for (let i = 0; i < 2 * generation && fading > 1e-20; i++) fading *= 1 - cSigma
  const steady = length / Math.sqrt(1 - fading) < (1.4 + 2 / (n + 1)) * rates.chi
  const draw = steady ? Math.sqrt(cC * (2 - cC) * rates.muEffective) : 0
  const pathC = strategy.pathC.map((p, i) => (1 - cC) * p + draw * shift[i]!)
  // Fewer numbers to learn, so each may be learnt faster (Ros and Hansen 2008, equation 5).
  const faster = (n + 2) / 3
  const c1 = Math.min(1, rates.c1 * faster)
  const cMu = Math.min(1 - c1, rates.cMu * faster)
  const keep = 1 - c1 - cMu + (steady ? 0 : c1 * cC * (2 - cC))
  const learned = variances.map((variance, i) => {
    let spread = 0
    steps.forEach((step, k) => { spread += rates.weights[k]! * step[i]! * step[i]! })
    return Math.max(LEAST_VARIANCE, keep * variance + c1 * pathC[i]! * pathC[i]! + cMu * spread)
  })
  const grown = sigma * exp(Math.min(1, (cSigma / rates.damping) * (length / rates.chi - 1)))
  const best = bestOf(strategy.best, ranked[0]!)
  return {
    ...strategy, best, mean, sigma: Math.max(settings.sigmaFloor, grown), pathSigma, pathC, generation, variances: learned,
    stale: best === strategy.best ? strategy.stale + 1 : 0,
  }
}

function spreadOf(variances: Float64Array): { readonly least: number; readonly most: number } {
  let least = Infinity
  let most = 0
  for (const variance of variances) {
    least = Math.min(least, variance)
    most = Math.max(most, variance)
  }
  return { least: Math.sqrt(least), most: Math.sqrt(most) }
}
