// One run of evolution from a seed until the task is solved or the budget is spent: pure, so that the same seed gives the
// same run in any worker, and the same again when it was stopped on the way and goes on from its checkpoint.

import { createSearch, evaluate, recordOf, testChampion } from '@megabrain/evolve'
import type { AlgorithmName, Candidate, Evaluation, Genotype, Search, Task } from '@megabrain/evolve'
import { generationRow } from './generation-row.ts'
import type { GenerationRow } from './generation-row.ts'
import type { Settings } from './plan.ts'

/** A run between two generations. */
export interface RunState {
  readonly search: Search
  /** Fitness at each species' last champion test, by species. */
  readonly records: ReadonlyMap<number, number>
}

export interface RunOptions {
  readonly task: Task
  readonly algorithm: AlgorithmName
  readonly settings: Settings
  readonly seed: number
  /** No generation starts at or past this many evaluations. */
  readonly maxEvaluations: number
  /** Where an earlier run with the same options stopped. */
  readonly from?: RunState | undefined
  /** Asked before every evaluation; true ends the run with what it has. */
  readonly stopped: () => boolean
  /** After each generation; `state` is where the run could go on. */
  readonly progress: (row: GenerationRow, state: RunState) => void
}

export interface RunResult {
  readonly seed: number
  readonly solved: boolean
  /** Whether it ended by `stopped`, neither solved nor at its budget. */
  readonly stopped: boolean
  /** Evaluations up to and including the solving genotype's; champion tests count as none. */
  readonly evaluations: number
  readonly generations: number
  /** The genotype that solved the task, else the fittest; undefined when stopped before the first generation was done. */
  readonly champion: RunChampion | undefined
  /** The state at the end. */
  readonly state: RunState
}

export interface RunChampion extends Candidate {
  readonly fitness: number
  /** 1 is the generation of founders. */
  readonly generation: number
}

export function runEvolution(options: RunOptions): RunResult {
  const { task, algorithm, settings, seed, maxEvaluations, stopped } = options
  const records = new Map(options.from?.records)
  let search = options.from?.search ?? createSearch({ algorithm, task, settings, seed })
  while (search.census().evaluations < maxEvaluations) {
    const asked = search.ask()
    const evaluations = evaluateAll(task, asked.candidates, stopped)
    if (evaluations === undefined) return ending({ seed, solved: false, stopped: true, state: { search, records } })
    const before = search.census().evaluations
    search = asked.search.tell(evaluations)
    const winner = testChampion(task, search.members(), records)
    const state = { search, records: new Map(records) }
    options.progress(generationRow(search), state)
    if (winner !== undefined) {
      const index = asked.candidates.findIndex((candidate) => candidate.genotype === winner.genotype)
      const origin = asked.candidates[index] ?? { genotype: winner.genotype, parents: [], operators: [] }
      const champion = { ...recordOf(origin), fitness: winner.fitness, generation: search.census().generation }
      return { ...ending({ seed, solved: true, stopped: false, state }), evaluations: before + index + 1, champion }
    }
  }
  return ending({ seed, solved: false, stopped: false, state: { search, records } })
}

function ending(end: Pick<RunResult, 'seed' | 'solved' | 'stopped' | 'state'>): RunResult {
  const { search } = end.state
  const { evaluations, generation } = search.census()
  return { ...end, evaluations, generations: generation, champion: fittest(search) }
}

function evaluateAll(task: Task, candidates: readonly Candidate[], stopped: () => boolean): Evaluation[] | undefined {
  const evaluations: Evaluation[] = []
  for (const { genotype } of candidates) {
    if (stopped()) return undefined
    evaluations.push(evaluate(task, genotype))
  }
  return evaluations
}

function fittest(search: Search): RunChampion | undefined {
  const champion = search.champion()
  if (champion === undefined) return undefined
  const { genotype, parents, operators, evaluation, generation } = champion
  return { genotype, parents, operators, fitness: evaluation.fitness, generation }
}

/** Hidden neurons and links of a genotype. */
export function sizeOf(genotype: Genotype): { readonly hidden: number; readonly links: number } {
  return { hidden: genotype.neurons.length - genotype.outputs, links: genotype.links.weights.length }
}
