// Which neurons a hill climber perturbs, and how many failures in a row it bears: the choices of DXNN2
// (`tuning_selection.erl`, `tuning_duration.erl`; Sher, Handbook of Neuroevolution Through Erlang, 2013).

import { exp, log } from '../math.ts'
import type { Random } from '../random.ts'
import type { TunerSettings, TuningSelection } from './settings.ts'

/** A neuron counts as active for this many structural generations after its last change. */
const ACTIVE_GENERATIONS = 3

/** Positions of the neurons to perturb, ascending; never none. @param ages one per neuron, at least one */
export function selectNeurons(selection: TuningSelection, ages: readonly number[], random: Random): readonly number[] {
  const limit = ageLimit(selection, random)
  const pool = ages.flatMap((age, neuron) => (age <= limit ? [neuron] : []))
  if (pool.length === 0) return [random.integer(ages.length)]
  if (!selection.endsWith('-random')) return pool
  const chance = 1 / Math.sqrt(pool.length)
  const kept = pool.filter(() => random.uniform() < chance)
  return kept.length > 0 ? kept : [pool[random.integer(pool.length)]!]
}

function ageLimit(selection: TuningSelection, random: Random): number {
  switch (selection) {
    // Half of the attempts reach no neuron older than one generation, a quarter none older than two to three, …
    case 'dynamic': case 'dynamic-random': return Math.sqrt(1 / random.uniform())
    case 'active': case 'active-random': return ACTIVE_GENERATIONS
    case 'current': case 'current-random': return 0
    case 'all': case 'all-random': return Infinity
  }
}

/** Failures in a row after which hill climbing stops. @param counts parameters that enter each neuron, in the order of `ages` */
export function attemptsAllowed(settings: TunerSettings, ages: readonly number[], counts: readonly number[]): number {
  const { tuningDuration, durationParameter } = settings
  if (tuningDuration === 'const') return Math.max(1, Math.floor(durationParameter + 0.5))
  let neurons = 0
  let weights = 0
  ages.forEach((age, neuron) => {
    if (age > ACTIVE_GENERATIONS) return
    neurons++
    weights += counts[neuron]!
  })
  return tuningDuration === 'wsize-proportional'
    ? 10 + Math.min(100, Math.floor(power(weights, durationParameter) + 0.5))
    : 20 + Math.min(100, Math.floor(power(neurons, durationParameter) + 0.5))
}

/** size^exponent for sizes 0, 1, 2, … */
export function power(size: number, exponent: number): number {
  return size === 0 ? 0 : exp(exponent * log(size))
}
