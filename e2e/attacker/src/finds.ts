// What carol has to show: genotypes of an evolution of her own, so that her good claims are worth admitting and each lie is
// about a genotype that nobody has seen.

import { ask, createPopulation, encodeGenotype, evaluate, fingerprintOf, tell } from '@megabrain/evolve'
import type { Candidate, Evaluation, Task } from '@megabrain/evolve'
import type { Discovery } from '@megabrain/exchange'
import { settingsFor } from '@megabrain/tasks'

export interface Finds {
  /** The best, then good ones that behave differently: others may have one in the place of the best already. */
  readonly good: readonly Discovery[]
  /** A poor one, each only once. */
  another(): Discovery
}

const MAX_GOOD = 3
/** One that finds them for double pole within a second. */
const SEED = 57
const GOOD_FITNESS = 1_000_000
const MAX_MS = 15_000

/** Evolves until it has enough that reach the task's highest fitness, or for a while. */
export function breedFinds(task: Task): Finds {
  const until = performance.now() + MAX_MS
  let population = createPopulation({ task, settings: settingsFor(task), seed: SEED })
  const byBehaviour = new Map<number, Discovery>()
  const poor: Discovery[] = []
  const perfect = (): number => [...byBehaviour.values()].filter(({ fitness }) => fitness >= GOOD_FITNESS).length
  while (perfect() < MAX_GOOD && performance.now() < until) {
    const asked = ask(population)
    const evaluations = asked.candidates.map(({ genotype }) => evaluate(task, genotype))
    for (const [index, candidate] of asked.candidates.entries()) {
      const found = discovery(task, candidate, evaluations[index]!, population.generation)
      if (found.fitness > (byBehaviour.get(found.fingerprint)?.fitness ?? -1)) byBehaviour.set(found.fingerprint, found)
      else if (population.generation === 0) poor.push(found)
    }
    population = tell(asked.population, evaluations)
  }
  return {
    good: [...byBehaviour.values()].sort((a, b) => b.fitness - a.fitness).slice(0, MAX_GOOD),
    another() {
      const next = poor.pop()
      if (next === undefined) throw new Error('Carol has run out of genotypes')
      return next
    },
  }
}

function discovery(task: Task, { genotype, parents, operators }: Candidate, { fitness }: Evaluation, generation: number): Discovery {
  return { task: task.id, body: encodeGenotype(genotype), fitness, fingerprint: fingerprintOf(genotype), generation, parents, operators }
}
