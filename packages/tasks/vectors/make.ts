// Makes `vectors/<id>.json` again: `pnpm --filter @megabrain/tasks run vectors`. It keeps the golden genotypes of a task
// that has some and refuses to change a result unless the task's version went up; a new task gets genotypes from a short
// evolution, and its solution from `solutions.ts` where evolution would take long.
// The golden champion of `golden.ts` is simply made anew: it changes with every default of `evolve`.

import { readFileSync, writeFileSync } from 'node:fs'
import { ask, cidOf, compile, createPopulation, decodeGenotype, encodeGenotype, evaluate, tell } from '@megabrain/evolve'
import type { Genotype, Task } from '@megabrain/evolve'
import type { GoldenCase, GoldenResults } from '../src/golden-results.ts'
import { goldenChampion } from '../src/golden.ts'
import { settingsFor } from '../src/task-settings.ts'
import { tasks } from '../src/tasks.ts'
import { solutions } from './solutions.ts'

/** Generations whose first candidates become golden, beside the champion that solves the task. */
const SAMPLED_GENERATIONS = [0, 1, 2, 4, 8, 16, 32]
const MAX_GENERATIONS = 400
/** Enough for every sample, where the solution is known beforehand. */
const FEW_GENERATIONS = 33

let refused = false
for (const task of Object.values(tasks)) {
  const file = new URL(`${task.id}.json`, import.meta.url)
  const before = read(file)
  const genotypes = before === undefined || before.cases.length === 0 ? evolveSamples(task) : before.cases.map(genotypeOf)
  const cases = genotypes.map((genotype): GoldenCase => (
    { genotype: Buffer.from(encodeGenotype(genotype)).toString('hex'), ...evaluate(task, genotype) }
  ))
  const isOut = before !== undefined && before.cases.length > 0 && before.version === task.version
  if (isOut && JSON.stringify(before.cases) !== JSON.stringify(cases)) {
    console.error(`${task.id}: results changed but version is still ${task.version}; raise it`)
    refused = true
    continue
  }
  writeFileSync(file, `${JSON.stringify({ task: task.id, version: task.version, cases }, undefined, 2)}\n`)
  console.log(`${task.id}: ${cases.length} cases, fitness ${cases.map((each) => each.fitness).join(' ')}`)
}
// Loaded only now, so that it sees the results just written.
const { evaluatorVersion } = await import('../src/evaluator-version.ts')
const versions = Object.values(tasks).filter(({ deterministic }) => deterministic).map((task) => [task.id, evaluatorVersion(task)])
writeFileSync(new URL('versions.json', import.meta.url), `${JSON.stringify(Object.fromEntries(versions), undefined, 2)}\n`)
writeFileSync(new URL('golden-champion.json', import.meta.url), `${JSON.stringify({ champion: goldenChampion() }, undefined, 2)}\n`)
process.exitCode = refused ? 1 : 0

function read(file: URL): GoldenResults | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as GoldenResults
  } catch {
    return undefined
  }
}

function genotypeOf(golden: GoldenCase): Genotype {
  const decoded = decodeGenotype(Buffer.from(golden.genotype, 'hex'))
  if (!decoded.ok) throw new TypeError(`A golden genotype does not decode: ${decoded.reason}`)
  return decoded.value
}

function evolveSamples(task: Task): Genotype[] {
  const samples: Genotype[] = []
  const tested = new Set<string>()
  const solution = solutions[task.id]
  let population = createPopulation({ task, settings: settingsFor(task), seed: 1 })
  let best: { readonly genotype: Genotype; readonly fitness: number } | undefined
  const isShort = solution !== undefined || task.openEnded === true
  for (let generation = 0; generation < (isShort ? FEW_GENERATIONS : MAX_GENERATIONS); generation++) {
    const asked = ask(population)
    const genotypes = asked.candidates.map((candidate) => candidate.genotype)
    const evaluations = genotypes.map((genotype) => evaluate(task, genotype))
    // The founders alone must be enough for a task that is solved at once.
    if (generation === 0) samples.push(...[0, 1, 2].map((i) => genotypes[i]!))
    if (SAMPLED_GENERATIONS.includes(generation)) samples.push(genotypes.at(-1)!)
    population = tell(asked.population, evaluations)
    const byFitness = evaluations.map((_, i) => i).sort((a, b) => evaluations[b]!.fitness - evaluations[a]!.fitness)
    const fittest = byFitness[0]!
    const { fitness } = evaluations[fittest]!
    if (fitness > (best?.fitness ?? -1)) best = { genotype: genotypes[fittest]!, fitness }
    const next = isShort ? undefined : byFitness.find((i) => !tested.has(cidOf(encodeGenotype(genotypes[i]!))))
    if (next === undefined) continue
    tested.add(cidOf(encodeGenotype(genotypes[next]!)))
    if (task.solved(compile(genotypes[next]!), evaluations[next]!)) return [...samples, genotypes[next]!]
  }
  if (solution !== undefined) return [...samples, solution()]
  // A task that is never solved has the best of a short run.
  if (task.openEnded === true) return [...samples, best!.genotype]
  throw new Error(`No genotype solved ${task.id} within ${MAX_GENERATIONS} generations`)
}
