// One run of XOR with our own `neat`, and when a run of anybody's is given up.

import { compile, createSearch, evaluate } from '@megabrain/evolve'
import { settingsFor, tasks } from '@megabrain/tasks'
import { processorSeconds } from './spread.ts'

export const SIZE = 150
/** Evaluations, and seconds of processor time, after which a run that has not solved the task is given up, on all sides. */
const MOST_EVALUATIONS = 30_000
const MOST_SECONDS = 2

export interface XorRun {
  readonly evaluations: number
  readonly solved: boolean
  /** Mean over its evaluations. */
  readonly links: number
}

/** Whether a run has spent what it may. @param begun processor seconds at its start */
export function isSpent(evaluations: number, begun: number): boolean {
  return evaluations >= MOST_EVALUATIONS || processorSeconds() - begun >= MOST_SECONDS
}

export function runOurs(seed: number): XorRun {
  const task = tasks['xor']!
  let search = createSearch({ algorithm: 'neat', task, seed, settings: { ...settingsFor(task, 'neat'), size: SIZE, mutateActivation: 0 } })
  let evaluations = 0
  let links = 0
  let best = -1
  const begun = processorSeconds()
  while (!isSpent(evaluations, begun)) {
    const { search: asked, candidates } = search.ask()
    search = asked.tell(candidates.map(({ genotype }) => evaluate(task, genotype)))
    evaluations += candidates.length
    for (const { genotype } of candidates) links += genotype.links.weights.length
    const champion = search.champion()!
    if (champion.evaluation.fitness <= best) continue
    best = champion.evaluation.fitness
    if (task.solved(compile(champion.genotype), champion.evaluation)) return { evaluations, solved: true, links: links / evaluations }
  }
  return { evaluations, solved: false, links: links / evaluations }
}
