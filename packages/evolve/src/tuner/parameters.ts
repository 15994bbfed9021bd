// The numbers of a genotype that a tuner may move, as one column: the weights in canonical order, then the biases.

import { withWeights } from '../genotype/edit.ts'
import type { Genotype } from '../genotype/genotype.ts'
import type { TunerSettings } from './settings.ts'

type ParameterSettings = Pick<TunerSettings, 'weightLimit' | 'biases'>

export function parameterCount({ links, neurons }: Genotype, settings: ParameterSettings): number {
  return links.weights.length + (settings.biases ? neurons.length : 0)
}

export function parametersOf(genotype: Genotype, settings: ParameterSettings): Float64Array {
  const { links, neurons } = genotype
  if (!settings.biases) return links.weights.slice()
  const column = new Float64Array(links.weights.length + neurons.length)
  column.set(links.weights)
  for (let i = 0; i < neurons.length; i++) column[links.weights.length + i] = neurons[i]!.bias
  return column
}

/** The genotype with other parameters: each the nearest f32 within ± `weightLimit`, never −0. */
export function withParameters(genotype: Genotype, column: Float64Array, settings: ParameterSettings): Genotype {
  const limit = settings.weightLimit
  const exact = column.map((x) => Math.fround(x > limit ? limit : x < -limit ? -limit : x) + 0)
  const count = genotype.links.weights.length
  const tuned = withWeights(genotype, exact.slice(0, count))
  if (!settings.biases) return tuned
  return { ...tuned, neurons: genotype.neurons.map((neuron, i) => ({ ...neuron, bias: exact[count + i]! })) }
}
