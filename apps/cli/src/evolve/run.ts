// One run of evolution from a seed until the task is solved or the budget is spent: pure, so that the same seed gives the
// same run in any worker.

import { ask, census, championOf, compile, createPopulation, evaluate, tell } from '@megabrain/evolve'
import type { Candidate, Evaluation, Genotype, Member, Population, PopulationSettings, Task } from '@megabrain/evolve'

export interface RunOptions {
  readonly task: Task
  readonly settings: Partial<PopulationSettings>
  readonly seed: number
  /** No generation starts at or past this many evaluations. */
  readonly maxEvaluations: number
  /** Asked before every evaluation; true ends the run with what it has. */
  readonly stopped: () => boolean
  readonly progress: (generation: number, evaluations: number, best: number) => void
}

export interface RunResult {
  readonly seed: number
  readonly solved: boolean
  /** Evaluations up to and including the solving genotype's; champion tests count as none. */
  readonly evaluations: number
  readonly generations: number
  /** The genotype that solved the task, else the fittest; undefined when stopped before the first generation was done. */
  readonly champion: RunChampion | undefined
}

export interface RunChampion extends Candidate {
  readonly fitness: number
  /** 1 is the generation of founders. */
  readonly generation: number
}

export function runEvolution(options: RunOptions): RunResult {
  const { task, seed, maxEvaluations, stopped, progress } = options
  const records = new Map<number, number>()
  let population = createPopulation({ task, settings: options.settings, seed })
  while (population.evaluations < maxEvaluations) {
    const asked = ask(population)
    const evaluations = evaluateAll(task, asked.candidates, stopped)
    if (evaluations === undefined) break
    const before = population.evaluations
    population = tell(asked.population, evaluations)
    const { generation, best } = census(population)
    progress(generation, population.evaluations, best)
    const winner = testChampion(task, population, records)
    if (winner !== undefined) {
      const index = asked.candidates.findIndex((candidate) => candidate.genotype === winner.genotype)
      const origin = asked.candidates[index] ?? { genotype: winner.genotype, parents: [], operators: [] }
      const champion = { ...origin, fitness: winner.fitness, generation }
      return { seed, solved: true, evaluations: before + index + 1, generations: generation, champion }
    }
  }
  return { seed, solved: false, evaluations: population.evaluations, generations: population.generation, champion: fittest(population) }
}

function evaluateAll(task: Task, candidates: readonly Candidate[], stopped: () => boolean): Evaluation[] | undefined {
  const evaluations: Evaluation[] = []
  for (const { genotype } of candidates) {
    if (stopped()) return undefined
    evaluations.push(evaluate(task, genotype))
  }
  return evaluations
}

/**
 * Once a generation one champion meets the task's predicate, as in Stanley's protocol, because a champion test can cost a
 * thousand evaluations: the best of the fittest species whose record rose since its last test.
 * @param records fitness at each species' last test; written here
 */
function testChampion(task: Task, population: Population, records: Map<number, number>): Member | undefined {
  const champions = new Map<number, Member>()
  for (const member of population.members) {
    if (member.fitness > (champions.get(member.species)?.fitness ?? -1)) champions.set(member.species, member)
  }
  const risen = [...champions.values()].filter(({ species, fitness }) => fitness > (records.get(species) ?? -1))
  const [champion] = risen.sort((a, b) => b.fitness - a.fitness || a.species - b.species)
  if (champion === undefined) return undefined
  records.set(champion.species, champion.fitness)
  return task.solved(compile(champion.genotype), evaluate(task, champion.genotype)) ? champion : undefined
}

function fittest(population: Population): RunChampion | undefined {
  const champion = championOf(population)
  if (champion === undefined) return undefined
  const { genotype, parents, operators, evaluation, generation } = champion
  return { genotype, parents, operators, fitness: evaluation.fitness, generation }
}

/** Hidden neurons and links of a genotype. */
export function sizeOf(genotype: Genotype): { readonly hidden: number; readonly links: number } {
  return { hidden: genotype.neurons.length - genotype.outputs, links: genotype.links.weights.length }
}
