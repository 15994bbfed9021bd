// One population being evolved one evaluation at a time: ask for a generation, evaluate its candidates singly so that the
// worker can rest between any two, tell the results. Separate from the compute loop, which knows only `stepBreeding`.

import {
  cidOf, compile, completeSettings, createSearch, decodeGenotype, decodeSearch, encodeGenotype, evaluate, fingerprintOf,
  testChampion,
} from '@megabrain/evolve'
import { beginStretch, canAdmit, endStretch, stateRoot, withAdmitted, withTold } from '@megabrain/exchange'
import type { OpenStretch } from '@megabrain/exchange'
import { settingsFor } from '@megabrain/tasks'
import type { Candidate, Evaluation, Genotype, Search, Task } from '@megabrain/evolve'
import type { Assignment, Champion, Report } from './compute-messages.ts'
import { portraitOf } from './portrait.ts'

export interface Breeding {
  readonly task: Task
  readonly restored: boolean
  /** Of an experiment until it is solved: fitness at each species' last champion test. */
  records: Map<number, number> | undefined
  search: Search
  candidates: readonly Candidate[]
  evaluations: Evaluation[]
  /** Account of what is being done, for the receipt. */
  stretch: OpenStretch
  /** The state that `stretch` began with. */
  before: Uint8Array
  /** Whether the host has been given `before`. */
  isBeforeTold: boolean
  /** Bodies of those let in since then. */
  bodies: Uint8Array[]
  /** Strangers that come in when the next stretch begins. */
  waiting: { readonly genotype: Genotype; readonly fitness: number; readonly body: Uint8Array }[]
  /** Best so far, to tell an improvement: higher fitness, then fewer links. */
  best: { fitness: number; links: number } | undefined
}

/**
 * A receipt is made when so much was evaluated, if it was not due before. The smallest networks make 100,000 evaluations a
 * second: with fewer in a receipt, a chain would run through all that is kept between two visits of an auditor.
 */
const MAX_STRETCH_EVALUATIONS = 500_000
/** Strangers beyond these are let go: they stay in the archive. */
const MAX_WAITING = 16

/**
 * Goes on from the assignment's checkpoint where it can be read and fits task and algorithm, else begins afresh.
 * @throws RangeError naming the setting of an experiment that is wrong
 */
export function beginBreeding(task: Task, assignment: Assignment): Breeding {
  const { algorithm, population, seed, experiment } = assignment
  const decoded = population === undefined || experiment !== undefined ? undefined : decodeSearch(population)
  const restored = decoded?.ok === true && decoded.value.algorithm === algorithm
    && isFitting(decoded.value.ask().candidates[0]!.genotype, task)
  const search = restored ? decoded.value
    : experiment === undefined ? newSearch(task, algorithm, seed) : experimentalSearch(task, algorithm, seed, experiment.settings)
  const champion = search.champion()
  return {
    task,
    restored,
    records: experiment === undefined ? undefined : new Map(),
    search,
    candidates: [],
    evaluations: [],
    ...stretchOf(search, assignment, restored),
    bodies: [],
    waiting: [],
    best: champion === undefined ? undefined : { fitness: champion.evaluation.fitness, links: linksOf(champion.genotype) },
  }
}

/** @throws RangeError naming the setting that is wrong */
function experimentalSearch(task: Task, algorithm: Search['algorithm'], seed: number, overrides: Readonly<Record<string, unknown>>): Search {
  const settings = completeSettings(algorithm, settingsFor(task, algorithm), overrides)
  if (!settings.ok) throw new RangeError(settings.fault)
  return createSearch({ algorithm, task, settings: settings.value, seed })
}

/** The population that a task begins with: the one that a receipt of a new search is checked against. */
export function newSearch(task: Task, algorithm: Search['algorithm'], seed: number): Search {
  return createSearch({ algorithm, task, settings: { ...settingsFor(task, algorithm) }, seed })
}

/** The stretch that the checkpoint is part of, where its beginning is at hand; else one that begins here. */
function stretchOf(search: Search, { origin, stretch, before }: Assignment, restored: boolean): Pick<Breeding, 'stretch' | 'before' | 'isBeforeTold'> {
  if (restored && stretch !== undefined && before !== undefined && stateRoot(before) === stretch.before) return { stretch, before, isBeforeTold: true }
  return { stretch: beginStretch(search, restored ? undefined : origin), before: search.encode(), isBeforeTold: false }
}

/**
 * One evaluation, and the generation's turn when it was the last one.
 * @param isDue whether a receipt should be made as soon as a generation ends
 */
export function stepBreeding(breeding: Breeding, report: (report: Report) => void, isDue = false): void {
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
  breeding.stretch = withTold(breeding.stretch, breeding.candidates, breeding.evaluations)
  const solution = breeding.records === undefined ? undefined : testChampion(task, breeding.search.members(), breeding.records)
  if (solution !== undefined) {
    const before = breeding.search.census().evaluations - breeding.candidates.length
    const index = breeding.candidates.findIndex(({ genotype }) => genotype === solution.genotype)
    report({ kind: 'solved', task: task.id, cid: cidOf(encodeGenotype(solution.genotype)), evaluations: before + index + 1 })
    breeding.records = undefined
  }
  breeding.candidates = []
  const { generation, species, best, mean } = breeding.search.census()
  report({ kind: 'generation', task: task.id, generation, species, best, mean, portrait: portraitOf(breeding.search) })
  if (isDue || breeding.waiting.length > 0 || breeding.stretch.evaluations >= MAX_STRETCH_EVALUATIONS) turnOver(breeding, report)
}

/** Ends the stretch and lets in who waits: strangers come in where a stretch begins, so that it can be run again. */
function turnOver(breeding: Breeding, report: (report: Report) => void): void {
  const { task, search, stretch, before, bodies } = breeding
  const after = search.encode()
  report({
    kind: 'stretch', task: task.id, generation: search.census().generation, stretch: endStretch(task.id, stretch, after), before, bodies, after,
  })
  breeding.stretch = beginStretch(search, undefined)
  breeding.before = after
  breeding.isBeforeTold = true
  breeding.bodies = []
  for (const { genotype, fitness, body } of breeding.waiting) letIn(breeding, genotype, fitness, body)
  breeding.waiting = []
}

function letIn(breeding: Breeding, genotype: Genotype, fitness: number, body: Uint8Array): void {
  breeding.search = breeding.search.immigrate(genotype, fitness)
  const stretch = withAdmitted(breeding.stretch, cidOf(body), breeding.search)
  if (stretch !== breeding.stretch) breeding.bodies.push(body)
  breeding.stretch = stretch
}

/** At once between two stretches, else when the present one ends, which is when the next generation would have it as a parent. */
function welcome(breeding: Breeding, genotype: Genotype, fitness: number, body: Uint8Array): void {
  if (breeding.candidates.length === 0 && canAdmit(breeding.stretch)) letIn(breeding, genotype, fitness, body)
  else if (breeding.waiting.length < MAX_WAITING) breeding.waiting.push({ genotype, fitness, body })
}

/** Takes in a verified stranger. Measured once more, since a champion is shown with its score. */
export function admitStranger(breeding: Breeding, body: Uint8Array, report: (report: Report) => void): void {
  const genotype = breeding.records === undefined ? fittingGenotype(breeding, body) : undefined
  if (genotype === undefined) return
  const evaluation = evaluate(breeding.task, genotype)
  welcome(breeding, genotype, evaluation.fitness, body)
  if (isImprovement(breeding, genotype, evaluation.fitness)) report(immigrantReport(breeding, genotype, evaluation))
}

/** Brings back the best genotype known where the checkpoint does not have it. */
export function admitChampion(breeding: Breeding, body: Uint8Array, report: (report: Report) => void): void {
  const genotype = breeding.records === undefined ? fittingGenotype(breeding, body) : undefined
  if (genotype === undefined) return
  const evaluation = evaluate(breeding.task, genotype)
  if (!isImprovement(breeding, genotype, evaluation.fitness)) return
  welcome(breeding, genotype, evaluation.fitness, body)
  report(immigrantReport(breeding, genotype, evaluation))
}

/** The population between two generations; a generation half evaluated is evaluated again after a restore. */
export function checkpointOf(breeding: Breeding): Report & { readonly kind: 'population' } {
  const { search, task, stretch, before, isBeforeTold } = breeding
  breeding.isBeforeTold = true
  const generation = search.census().generation
  return { kind: 'population', task: task.id, generation, bytes: search.encode(), stretch, ...(isBeforeTold ? {} : { before }) }
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
