// How far two genotypes are apart, for species: links that only one has, and how much common parameters differ
// (Stanley and Miikkulainen 2002, without the division by genome size, as in NEAT 1.2.1).

import type { Genotype } from '../genotype/genotype.ts'
import type { PopulationSettings } from './settings.ts'

export type DistanceSettings = Pick<PopulationSettings, 'disjointCoefficient' | 'weightCoefficient'>

/** ≥ 0, symmetric, 0 between a genotype and itself. */
export function distance(a: Genotype, b: Genotype, settings: DistanceSettings): number {
  return distanceBelow(a, b, Infinity, settings)
}

/**
 * The distance when it is below `limit`, else a number that is not. One walk along both that ends as soon as that is clear,
 * since it runs for every member and species.
 */
export function distanceBelow(
  a: Genotype, b: Genotype, limit: number, { disjointCoefficient, weightCoefficient }: DistanceSettings,
): number {
  const { sources: sourcesA, targets: targetsA, weights: weightsA } = a.links
  const { sources: sourcesB, targets: targetsB, weights: weightsB } = b.links
  const lengthA = weightsA.length
  const lengthB = weightsB.length
  const least = disjointCoefficient * Math.abs(lengthA - lengthB)
  if (least >= limit) return least
  let difference = 0
  let common = 0
  if (sourcesA === sourcesB && targetsA === targetsB) {
    // Relatives with the same structure share its columns.
    common = lengthA
    for (let i = 0; i < common; i++) difference += Math.abs(weightsA[i]! - weightsB[i]!)
  } else {
    for (let i = 0, j = 0; i < lengthA && j < lengthB;) {
      const order = targetsA[i]! - targetsB[j]! || sourcesA[i]! - sourcesB[j]!
      if (order === 0) {
        difference += Math.abs(weightsA[i++]! - weightsB[j++]!)
        common++
      } else if (order < 0) i++
      else j++
    }
  }
  const disjoint = disjointCoefficient * (lengthA + lengthB - 2 * common)
  if (disjoint >= limit) return disjoint
  const neuronsA = a.neurons
  const neuronsB = b.neurons
  if (neuronsA === neuronsB) {
    common += neuronsA.length
  } else {
    for (let i = 0, j = 0; i < neuronsA.length && j < neuronsB.length;) {
      const order = neuronsA[i]!.id - neuronsB[j]!.id
      if (order === 0) {
        difference += Math.abs(neuronsA[i++]!.bias - neuronsB[j++]!.bias)
        common++
      } else if (order < 0) i++
      else j++
    }
  }
  return disjoint + (common === 0 ? 0 : (weightCoefficient * difference) / common)
}
