// How a population looks beyond its census: how its fitness is spread, how large its species are, how far apart its genotypes are.
// For pictures and never to steer; the same population has the same portrait.

import { distance, type Search } from '@megabrain/evolve'
import type { Portrait } from '../snapshot.ts'

/** Neighbours in a list sorted by fitness are often kin, so pairs are drawn across the list. */
const PAIRS = 24
/** The coefficients of NEAT 1.2.1, whatever the search uses: lines of several runs can be held against each other. */
const UNITS = { disjointCoefficient: 1, weightCoefficient: 0.4 }
const MAX_SPECIES = 24

export function portraitOf(search: Search): Portrait {
  const members = search.members()
  const { meanHidden, meanLinks } = search.census()
  const fitnesses = Float64Array.from(members, ({ fitness }) => fitness).sort()
  const mean = fitnesses.reduce((sum, fitness) => sum + fitness, 0) / Math.max(1, fitnesses.length)
  const variance = fitnesses.reduce((sum, fitness) => sum + (fitness - mean) ** 2, 0) / Math.max(1, fitnesses.length)
  const sizes = new Map<number, number>()
  for (const { species } of members) sizes.set(species, (sizes.get(species) ?? 0) + 1)
  const largest = [...sizes].sort(([idA, a], [idB, b]) => b - a || idA - idB).slice(0, MAX_SPECIES)
  return {
    median: fitnesses[fitnesses.length >> 1] ?? 0,
    spread: Math.sqrt(variance),
    hidden: meanHidden,
    links: meanLinks,
    distance: meanDistance(members),
    entropy: entropyOf([...sizes.values()], members.length),
    species: largest.sort(([a], [b]) => a - b).flat(),
  }
}

function meanDistance(members: ReturnType<Search['members']>): number {
  const half = members.length >> 1
  const pairs = Math.min(PAIRS, half)
  let sum = 0
  for (let pair = 0; pair < pairs; pair++) {
    const at = Math.floor((pair * half) / pairs)
    sum += distance(members[at]!.genotype, members[at + half]!.genotype, UNITS)
  }
  return pairs === 0 ? 0 : sum / pairs
}

/** Shannon's, in bits: 0 for one species, log2(n) for n of equal size. */
function entropyOf(sizes: readonly number[], together: number): number {
  return sizes.reduce((sum, size) => sum - (size / together) * Math.log2(size / together), 0)
}
