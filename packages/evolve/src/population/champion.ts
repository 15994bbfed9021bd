// What every algorithm asks of what it is told and of strangers, and which candidate it honours. Apart from the algorithms,
// so that they cannot differ in it.

import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { assertGenotype, interfaceFault, type Genotype } from '../genotype/genotype.ts'
import type { Evaluation } from '../task.ts'
import type { Candidate, Champion } from './population.ts'

/** The candidate with its parents named, to be kept or to be part of another record. */
export function recordOf({ genotype, parents, operators, edits }: Candidate): Candidate {
  return edits === undefined ? { genotype, parents, operators } : { genotype, parents, operators, edits }
}

/** The better of both: highest fitness, then fewer links, then lower CID. */
export function better(champion: Champion | undefined, candidate: Candidate, evaluation: Evaluation, generation: number): Champion {
  if (champion !== undefined) {
    const order = evaluation.fitness - champion.evaluation.fitness
      || champion.genotype.links.weights.length - candidate.genotype.links.weights.length
    if (order < 0) return champion
    if (order === 0 && cidOf(encodeGenotype(candidate.genotype)) >= champion.cid) return champion
  }
  return { ...recordOf(candidate), cid: cidOf(encodeGenotype(candidate.genotype)), evaluation, generation }
}

/** @throws RangeError when the genotype is not valid or has another interface or update rule */
export function assertFits(genotype: Genotype, expected: Pick<Genotype, 'inputs' | 'outputs' | 'rule'>): void {
  assertGenotype(genotype)
  const fault = interfaceFault(genotype, expected)
  if (fault !== undefined) throw new RangeError(fault)
}

/** @throws RangeError for anything but an integer from 0 to 1,000,000 */
export function assertFitness(fitness: number): void {
  if (!Number.isInteger(fitness) || fitness < 0 || fitness > 1_000_000) {
    throw new RangeError(`Fitness is an integer from 0 to 1000000, got ${fitness}`)
  }
}
