// Species: groups of similar genotypes that compete within themselves first, so that a new structure has time to tune
// its weights (Stanley and Miikkulainen 2002).

import type { Genotype } from '../genotype/genotype.ts'
import { distance } from './distance.ts'
import type { Member, Population } from './population.ts'

export interface Species {
  /** Counts up from 1 within the population. */
  readonly id: number
  /** Generation in which it appeared. */
  readonly born: number
  /** What members are compared with: its fittest member of the generation before. */
  readonly representative: Genotype
  /** Highest fitness it ever had, and when it reached that. */
  readonly best: number
  readonly improvedAt: number
}

export interface Placement {
  readonly species: readonly Species[]
  readonly members: readonly Member[]
  readonly nextSpecies: number
}

/** Puts each member into the first species within the threshold, oldest first, or into a new one. Empty species end. */
export function speciate(members: readonly Member[], population: Population, generation: number): Placement {
  const { settings, threshold } = population
  const species: Species[] = [...population.species]
  let nextSpecies = population.nextSpecies
  const placed = members.map((member): Member => {
    let home = species.find(({ representative }) => distance(member.genotype, representative, settings) < threshold)
    if (home === undefined) {
      home = { id: nextSpecies++, born: generation, representative: member.genotype, best: -1, improvedAt: generation }
      species.push(home)
    }
    return { ...member, species: home.id }
  })
  const living: Species[] = []
  for (const one of species) {
    const fittest = fittestOf(placed.filter((member) => member.species === one.id))
    if (fittest === undefined) continue
    const improved = fittest.fitness > one.best
    living.push({
      ...one,
      representative: fittest.genotype,
      best: improved ? fittest.fitness : one.best,
      improvedAt: improved ? generation : one.improvedAt,
    })
  }
  return { species: living, members: placed, nextSpecies }
}

/** Fittest first, then fewer links, then the order given. */
export function ranked(members: readonly Member[]): readonly Member[] {
  return [...members].sort((a, b) => b.fitness - a.fitness || a.genotype.links.weights.length - b.genotype.links.weights.length)
}

export function fittestOf(members: readonly Member[]): Member | undefined {
  return ranked(members)[0]
}
