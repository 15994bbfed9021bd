// One population being evolved one evaluation at a time: ask for a generation, evaluate its candidates singly so that the
// worker can rest between any two, tell the results. Separate from the compute loop, which knows only `stepBreeding`.

import { cidOf, compile, createSearch, decodeGenotype, decodeSearch, encodeGenotype, evaluate, fingerprintOf } from '@megabrain/evolve'
import { settingsFor } from '@megabrain/tasks'
import type { Candidate, Evaluation, Genotype, Search, Task } from '@megabrain/evolve'
import type { Assignment, Champion, Report } from './compute-messages.ts'

export interface Breeding {
  readonly task: Task
  readonly restored: boolean
  search: Search
  candidates: readonly Candidate[]
  evaluations: Evaluation[]
  /** Best so far, to tell an improvement: higher fitness, then fewer links. */
  best: { fitness: number; links: number } | undefined
}

/** Goes on from the assignment's checkpoint where it can be read and fits task and algorithm, else begins afresh. */
export function beginBreeding(task: Task, { algorithm, population, seed }: Assignment): Breeding {
  const decoded = population === undefined ? undefined : decodeSearch(population)
  const restored = decoded?.ok === true && decoded.value.algorithm === algorithm
    && isFitting(decoded.value.ask().candidates[0]!.genotype, task)
  const search = restored ? decoded.value : createSearch({ algorithm, task, settings: { ...settingsFor(task, algorithm) }, seed })
  const champion = search.champion()
  return {
    task,
    restored,
    search,
    candidates: [],
    evaluations: [],
    best: champion === undefined ? undefined : { fitness: champion.evaluation.fitness, links: linksOf(champion.genotype) },
  }
}

/** One evaluation, and the generation's turn when it was the last one. */
export function stepBreeding(breeding: Breeding, report: (report: Report) => void): void {
  const { task } = breeding
  if (breeding.candidates.length === 0) {
    const asked = breeding.search.ask()
    breeding.search = asked.search
    breeding.candidates = asked.candidates
    breeding.evaluations = []
  }
  const candidate = breeding.candidates[breeding.evaluations.length]!
  const evaluation = evaluate(task, candidate.genotype)
  breeding.evaluations.push(evaluation)
  if (isImprovement(breeding, candidate.genotype, evaluation.fitness)) {
    const champion = describe(task, candidate.genotype, evaluation, breeding.search.census().generation, candidate)
    report({ kind: 'champion', task: task.id, champion, immigrant: false })
  }
  if (breeding.evaluations.length < breeding.candidates.length) return
  breeding.search = breeding.search.tell(breeding.evaluations)
  breeding.candidates = []
  const { generation, species, best, mean } = breeding.search.census()
  report({ kind: 'generation', task: task.id, generation, species, best, mean })
}

/** Takes in a verified stranger. Measured once more, since a champion is shown with its score. */
export function admitStranger(breeding: Breeding, body: Uint8Array, report: (report: Report) => void): void {
  const genotype = fittingGenotype(breeding, body)
  if (genotype === undefined) return
  const evaluation = evaluate(breeding.task, genotype)
  breeding.search = breeding.search.immigrate(genotype, evaluation.fitness)
  if (isImprovement(breeding, genotype, evaluation.fitness)) report(immigrantReport(breeding, genotype, evaluation))
}

/** Brings back the best genotype known where the checkpoint does not have it. */
export function admitChampion(breeding: Breeding, body: Uint8Array, report: (report: Report) => void): void {
  const genotype = fittingGenotype(breeding, body)
  if (genotype === undefined) return
  const evaluation = evaluate(breeding.task, genotype)
  if (!isImprovement(breeding, genotype, evaluation.fitness)) return
  breeding.search = breeding.search.immigrate(genotype, evaluation.fitness)
  report(immigrantReport(breeding, genotype, evaluation))
}

/** The population between two generations; a generation half evaluated is evaluated again after a restore. */
export function checkpointOf(breeding: Breeding): Report & { readonly kind: 'population' } {
  const { search, task } = breeding
  return { kind: 'population', task: task.id, generation: search.census().generation, bytes: search.encode() }
}

/** The champion of a restored population, as if it had just been found. */
export function championReport({ search, task }: Breeding): Report | undefined {
  const champion = search.champion()
  if (champion === undefined) return undefined
  const described = describe(task, champion.genotype, champion.evaluation, champion.generation, champion)
  return { kind: 'champion', task: task.id, champion: described, immigrant: false }
}

function immigrantReport({ task, search }: Breeding, genotype: Genotype, evaluation: Evaluation): Report {
  const champion = describe(task, genotype, evaluation, search.census().generation, { parents: [], operators: [] })
  return { kind: 'champion', task: task.id, champion, immigrant: true }
}

/** A verified claim may be about any update rule; a population breeds one. */
function fittingGenotype({ task }: Breeding, body: Uint8Array): Genotype | undefined {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) return undefined
  return isFitting(decoded.value, task) ? decoded.value : undefined
}

function isFitting({ inputs, outputs, rule }: Genotype, task: Task): boolean {
  const stepsOf = (one: Genotype['rule']): number => one.kind === 'synchronous' ? one.steps : 0
  const sameRule = rule.kind === task.updateRule.kind && stepsOf(rule) === stepsOf(task.updateRule)
  return sameRule && inputs === task.inputs && outputs === task.outputs
}

function isImprovement(breeding: Breeding, genotype: Genotype, fitness: number): boolean {
  const links = linksOf(genotype)
  const { best } = breeding
  if (best !== undefined && (fitness < best.fitness || (fitness === best.fitness && links >= best.links))) return false
  breeding.best = { fitness, links }
  return true
}

function describe(
  task: Task,
  genotype: Genotype,
  evaluation: Evaluation,
  generation: number,
  origin: Pick<Candidate, 'parents' | 'operators'>,
): Champion {
  const body = encodeGenotype(genotype)
  return {
    cid: cidOf(body),
    body,
    fitness: evaluation.fitness,
    score: evaluation.score,
    solved: task.solved(compile(genotype), evaluation),
    hidden: genotype.neurons.length - genotype.outputs,
    links: linksOf(genotype),
    fingerprint: fingerprintOf(genotype),
    generation,
    parents: origin.parents,
    operators: origin.operators,
  }
}

function linksOf(genotype: Genotype): number {
  return genotype.links.sources.length
}
