// One population being evolved one evaluation at a time: ask for a generation, evaluate its candidates singly so that the
// worker can rest between any two, tell the results. Separate from the compute loop, which knows only `stepBreeding`.

import {
  ask, census, championOf, cidOf, compile, createPopulation, decodeGenotype, decodePopulation, encodeGenotype, encodePopulation,
  evaluate, fingerprintOf, immigrate, tell,
} from '@megabrain/evolve'
import { settingsFor } from '@megabrain/tasks'
import type { Candidate, Evaluation, Genotype, Population, Task } from '@megabrain/evolve'
import type { Assignment, Champion, Report } from './compute-messages.ts'

export interface Breeding {
  readonly task: Task
  readonly restored: boolean
  population: Population
  candidates: readonly Candidate[]
  evaluations: Evaluation[]
  /** Best so far, to tell an improvement: higher fitness, then fewer links. */
  best: { fitness: number; links: number } | undefined
}

/** Goes on from the assignment's checkpoint where it can be read and fits the task, else begins afresh. */
export function beginBreeding(task: Task, assignment: Assignment): Breeding {
  const decoded = assignment.population === undefined ? undefined : decodePopulation(assignment.population)
  const restored = decoded?.ok === true && isFitting(decoded.value, { ...task, rule: task.updateRule })
  const population = restored ? decoded.value : createPopulation({ task, settings: settingsFor(task), seed: assignment.seed })
  const champion = championOf(population)
  return {
    task,
    restored,
    population,
    candidates: [],
    evaluations: [],
    best: champion === undefined ? undefined : { fitness: champion.evaluation.fitness, links: linksOf(champion.genotype) },
  }
}

/** One evaluation, and the generation's turn when it was the last one. */
export function stepBreeding(breeding: Breeding, report: (report: Report) => void): void {
  const { task } = breeding
  if (breeding.candidates.length === 0) {
    const asked = ask(breeding.population)
    breeding.population = asked.population
    breeding.candidates = asked.candidates
    breeding.evaluations = []
  }
  const candidate = breeding.candidates[breeding.evaluations.length]!
  const evaluation = evaluate(task, candidate.genotype)
  breeding.evaluations.push(evaluation)
  if (isImprovement(breeding, candidate.genotype, evaluation.fitness)) {
    const champion = describe(task, candidate.genotype, evaluation, breeding.population.generation, candidate)
    report({ kind: 'champion', task: task.id, champion, immigrant: false })
  }
  if (breeding.evaluations.length < breeding.candidates.length) return
  breeding.population = tell(breeding.population, breeding.evaluations)
  breeding.candidates = []
  const { generation, species, best, mean } = census(breeding.population)
  report({ kind: 'generation', task: task.id, generation, species, best, mean })
}

/** Takes in a verified stranger. Measured once more, since a champion is shown with its score. */
export function admitStranger(breeding: Breeding, body: Uint8Array, report: (report: Report) => void): void {
  const genotype = fittingGenotype(breeding, body)
  if (genotype === undefined) return
  const evaluation = evaluate(breeding.task, genotype)
  breeding.population = immigrate(breeding.population, genotype, evaluation.fitness)
  if (isImprovement(breeding, genotype, evaluation.fitness)) report(immigrantReport(breeding, genotype, evaluation))
}

/** Brings back the best genotype known where the checkpoint does not have it. */
export function admitChampion(breeding: Breeding, body: Uint8Array, report: (report: Report) => void): void {
  const genotype = fittingGenotype(breeding, body)
  if (genotype === undefined) return
  const evaluation = evaluate(breeding.task, genotype)
  if (!isImprovement(breeding, genotype, evaluation.fitness)) return
  breeding.population = immigrate(breeding.population, genotype, evaluation.fitness)
  report(immigrantReport(breeding, genotype, evaluation))
}

/** The population between two generations; a generation half evaluated is evaluated again after a restore. */
export function checkpointOf(breeding: Breeding): Report & { readonly kind: 'population' } {
  const { population, task } = breeding
  return { kind: 'population', task: task.id, generation: population.generation, bytes: encodePopulation(population) }
}

/** The champion of a restored population, as if it had just been found. */
export function championReport({ population, task }: Breeding): Report | undefined {
  const champion = championOf(population)
  if (champion === undefined) return undefined
  const described = describe(task, champion.genotype, champion.evaluation, champion.generation, champion)
  return { kind: 'champion', task: task.id, champion: described, immigrant: false }
}

function immigrantReport({ task, population }: Breeding, genotype: Genotype, evaluation: Evaluation): Report {
  const champion = describe(task, genotype, evaluation, population.generation, { parents: [], operators: [] })
  return { kind: 'champion', task: task.id, champion, immigrant: true }
}

/** A verified claim may be about any update rule; a population breeds one. */
function fittingGenotype({ population }: Breeding, body: Uint8Array): Genotype | undefined {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) return undefined
  return isFitting(decoded.value, population) ? decoded.value : undefined
}

function isFitting(has: Pick<Genotype, 'inputs' | 'outputs' | 'rule'>, wanted: Pick<Genotype, 'inputs' | 'outputs' | 'rule'>): boolean {
  const stepsOf = ({ rule }: Pick<Genotype, 'rule'>): number => rule.kind === 'synchronous' ? rule.steps : 0
  const sameRule = has.rule.kind === wanted.rule.kind && stepsOf(has) === stepsOf(wanted)
  return sameRule && has.inputs === wanted.inputs && has.outputs === wanted.outputs
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
