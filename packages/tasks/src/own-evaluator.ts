// The evaluator version of a task that is not in the registry, found out by running it. Apart from `evaluator-version.ts`, whose
// golden results are files that somebody has read: nobody has read these.

import { asciiBytes, ask, createPopulation, encodeGenotype, evaluate, tell } from '@megabrain/evolve'
import type { Task } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { settingsFor } from './task-settings.ts'

const SEED = 1
const SIZE = 16
const GENERATIONS = 8

/**
 * Who has the same version has the same file and gets the same results, to the bit, for 128 genotypes of a short evolution: 64
 * lower-case hex characters. An engine on which the task computes something else gets another version, and so do releases of Megabrain
 * that breed otherwise; they do not understand each other's claims then, and blame nobody.
 * @param source sha256 of the task's file, 64 hex characters
 * @returns undefined when the same network was not always given the same evaluation
 */
export function ownEvaluatorVersion(task: Task, source: string): string | undefined {
  const hash = sha256.create()
  hash.update(asciiBytes(`megabrain/own-evaluator/1\0${task.id}\0${task.version}\0${source}\0`))
  let population = createPopulation({ task, settings: { ...settingsFor(task), size: SIZE }, seed: SEED })
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const asked = ask(population)
    const evaluations = asked.candidates.map(({ genotype }) => evaluate(task, genotype))
    for (const [i, { genotype }] of asked.candidates.entries()) {
      const { fitness, score, steps } = evaluations[i]!
      const again = evaluate(task, genotype)
      if (again.fitness !== fitness || again.score !== score || again.steps !== steps) return undefined
      hash.update(encodeGenotype(genotype))
      hash.update(new Uint8Array(Float64Array.of(fitness, score, steps).buffer))
    }
    population = tell(asked.population, evaluations)
  }
  return bytesToHex(hash.digest())
}
