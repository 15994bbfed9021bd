// How far two genotypes are apart, for species: links that only one has, and how much common parameters differ
// (Stanley and Miikkulainen 2002, without the division by genome size, as in NEAT 1.2.1).

import type { Genotype } from '../genotype/genotype.ts'
import { eachCommonLink, eachCommonNeuron } from './crossover.ts'
import type { PopulationSettings } from './settings.ts'

export type DistanceSettings = Pick<PopulationSettings, 'disjointCoefficient' | 'weightCoefficient'>

/** ≥ 0, symmetric, 0 between a genotype and itself. */
export function distance(a: Genotype, b: Genotype, settings: DistanceSettings): number {
  let difference = 0
  const common = eachCommonLink(a, b, (inA, inB) => {
    difference += Math.abs(a.links.weights[inA]! - b.links.weights[inB]!)
  })
  const disjoint = a.links.weights.length + b.links.weights.length - 2 * common
  let compared = common
  eachCommonNeuron(a, b, (inA, inB) => {
    difference += Math.abs(a.neurons[inA]!.bias - b.neurons[inB]!.bias)
    compared++
  })
  return settings.disjointCoefficient * disjoint + (compared === 0 ? 0 : (settings.weightCoefficient * difference) / compared)
}
