// What a population looks like from outside: numbers for charts and logs, never used to steer it.

import type { Population } from './population.ts'

export interface Census {
  readonly generation: number
  readonly evaluations: number
  readonly members: number
  readonly species: number
  /** Present distance threshold of a species. */
  readonly threshold: number
  /** Fitness of the champion; 0 before the first tell. */
  readonly best: number
  /** Mean fitness of the present members; 0 before the first tell. */
  readonly mean: number
  readonly meanHidden: number
  readonly meanLinks: number
  /** Members of each living species, oldest first. */
  readonly sizes: readonly number[]
}

export function census(population: Population): Census {
  const { members, species, outputs } = population
  const meanOf = (value: (member: (typeof members)[number]) => number): number =>
    members.length === 0 ? 0 : members.reduce((sum, member) => sum + value(member), 0) / members.length
  return {
    generation: population.generation,
    evaluations: population.evaluations,
    members: members.length,
    species: species.length,
    threshold: population.threshold,
    best: population.champion?.evaluation.fitness ?? 0,
    mean: meanOf((member) => member.fitness),
    meanHidden: meanOf((member) => member.genotype.neurons.length - outputs),
    meanLinks: meanOf((member) => member.genotype.links.weights.length),
    sizes: species.map(({ id }) => members.filter((member) => member.species === id).length),
  }
}
