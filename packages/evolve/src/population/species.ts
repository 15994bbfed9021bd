// Species: groups of similar genotypes that compete within themselves first, so that a new structure has time to tune
// its weights (Stanley and Miikkulainen 2002).

import type { Genotype } from '../genotype/genotype.ts'
import { distanceBelow } from './distance.ts'
import type { Individual, Population } from './population.ts'

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
  readonly members: readonly Individual[]
  readonly nextSpecies: number
}

/** Puts each member into the first species within the threshold, oldest first, or into a new one. Empty species end. */
export function speciate(members: readonly Individual[], population: Population, generation: number): Placement {
  const { settings, threshold } = population
  const species: Species[] = [...population.species]
  const fittest: (Individual | undefined)[] = species.map(() => undefined)
  let nextSpecies = population.nextSpecies
  const placed = members.map((member): Individual => {
    const { genotype } = member
    let home = 0
    while (home < species.length && distanceBelow(genotype, species[home]!.representative, threshold, settings) >= threshold) home++
    if (home === species.length) {
      species.push({ id: nextSpecies++, born: generation, representative: member.genotype, best: -1, improvedAt: generation })
      fittest.push(undefined)
    }
    const { id } = species[home]!
    const { fitness, merit, behaviour } = member
    const resident = member.species === id ? member : { genotype, fitness, species: id, merit, behaviour }
    if (fittest[home] === undefined || isFitter(resident, fittest[home]!)) fittest[home] = resident
    return resident
  })
  return { species: livingOf(species, fittest, generation), members: placed, nextSpecies }
}

/**
 * Only `size` members: those go first who have least merit for the size of their species (rtNEAT's adjusted fitness), never
 * the one with most merit.
 */
export function withoutWorst(placement: Placement, size: number, generation: number): Placement {
  if (placement.members.length <= size) return placement
  const sizes = new Map<number, number>()
  for (const { species } of placement.members) sizes.set(species, (sizes.get(species) ?? 0) + 1)
  const members = [...placement.members]
  const best = members.reduce((a, b) => (isFitter(b, a) ? b : a))
  while (members.length > size) {
    let worst = -1
    let least = Infinity
    members.forEach((member, i) => {
      const adjusted = member.merit / sizes.get(member.species)!
      if (member === best || adjusted >= least) return
      worst = i
      least = adjusted
    })
    const [gone] = members.splice(worst, 1)
    sizes.set(gone!.species, sizes.get(gone!.species)! - 1)
  }
  const fittest = placement.species.map((): Individual | undefined => undefined)
  const places = new Map(placement.species.map(({ id }, i) => [id, i]))
  for (const member of members) {
    const home = places.get(member.species)!
    if (fittest[home] === undefined || isFitter(member, fittest[home]!)) fittest[home] = member
  }
  return { ...placement, species: livingOf(placement.species, fittest, generation), members }
}

function livingOf(species: readonly Species[], fittest: readonly (Individual | undefined)[], generation: number): readonly Species[] {
  const living: Species[] = []
  species.forEach((one, i) => {
    const first = fittest[i]
    if (first === undefined) return
    const improved = first.fitness > one.best
    living.push({
      id: one.id,
      born: one.born,
      representative: first.genotype,
      best: improved ? first.fitness : one.best,
      improvedAt: improved ? generation : one.improvedAt,
    })
  })
  return living
}

/** Members by species, in the order of `species`; each list is ranked. */
export function rankedBySpecies(population: Pick<Population, 'species' | 'members'>): readonly (readonly Individual[])[] {
  const lists = new Map<number, Individual[]>(population.species.map(({ id }) => [id, []]))
  for (const member of population.members) lists.get(member.species)!.push(member)
  return population.species.map(({ id }) => lists.get(id)!.sort(byMerit))
}

/** More merit first, then fewer links; what is equal keeps its order. */
export function byMerit(a: Individual, b: Individual): number {
  return b.merit - a.merit || a.genotype.links.weights.length - b.genotype.links.weights.length
}

export const isFitter = (a: Individual, b: Individual): boolean => byMerit(a, b) < 0
