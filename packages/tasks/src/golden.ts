// One run whose outcome every engine must share: it fails when anything in the evolution of a network, from the random
// numbers to the last bit of an activation, depends on the machine.

import { ask, championOf, createPopulation, evaluate, tell } from '@megabrain/evolve'
import { xor } from './xor.ts'

const SEED = 1
const GENERATIONS = 50

/** CID of the champion of 50 generations of XOR from seed 1. */
export function goldenChampion(): string {
  let population = createPopulation({ task: xor, seed: SEED })
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const asked = ask(population)
    population = tell(asked.population, asked.candidates.map((candidate) => evaluate(xor, candidate.genotype)))
  }
  return championOf(population)!.cid
}
