// How far two genotypes are apart, for species: links that only one has, and how much common parameters differ
// (Stanley and Miikkulainen 2002, without the division by genome size, as in NEAT 1.2.1).

import type { Genotype } from '../genotype/genotype.ts'
import type { PopulationSettings } from './settings.ts'

export type DistanceSettings = Pick<PopulationSettings, 'disjointCoefficient' | 'weightCoefficient'>

/** ≥ 0, symmetric, 0 between a genotype and itself. One walk along both, since it runs for every member and species. */
export function distance(a: Genotype, b: Genotype, settings: DistanceSettings): number {
  const { sources: sourcesA, targets: targetsA, weights: weightsA } = a.links
  const { sources: sourcesB, targets: targetsB, weights: weightsB } = b.links
  let difference = 0
  let common = 0
  for (let i = 0, j = 0; i < weightsA.length && j < weightsB.length;) {
    const order = targetsA[i]! - targetsB[j]! || sourcesA[i]! - sourcesB[j]!
    if (order === 0) {
      difference += Math.abs(weightsA[i++]! - weightsB[j++]!)
      common++
    } else if (order < 0) i++
    else j++
  }
  const disjoint = weightsA.length + weightsB.length - 2 * common
  const neuronsA = a.neurons
  const neuronsB = b.neurons
  for (let i = 0, j = 0; i < neuronsA.length && j < neuronsB.length;) {
    const order = neuronsA[i]!.id - neuronsB[j]!.id
    if (order === 0) {
      difference += Math.abs(neuronsA[i++]!.bias - neuronsB[j++]!.bias)
      common++
    } else if (order < 0) i++
    else j++
  }
  return settings.disjointCoefficient * disjoint + (common === 0 ? 0 : (settings.weightCoefficient * difference) / common)
}
