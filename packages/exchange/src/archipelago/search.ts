// The evolution that a simulated island does: a hill climber with the real mutation operators. It stands in for a whole
// population, so that a simulation spends its time on the exchange.

import {
  ask, cidOf, createPopulation, decodeGenotype, defaultSettings, encodeGenotype, mutate, type Genotype, type Random, type TaskInterface,
} from '@megabrain/evolve'
import type { Discovery, Measurement } from '../member/events.ts'
import type { Entry } from '../archive/entry.ts'

/** Pinned, so that the traffic that a simulation measures does not move with the defaults of `evolve`: those of NEAT 1.2.1. */
const CLIMB = {
  ...defaultSettings, perturbation: 'stanley', perturbPower: 2.5, addLink: 0.2, addNeuron: 0.03, removeLink: 0.01, removeNeuron: 0.005,
} as const

/** Measures a canonical genotype on a task: same bytes, same answer, everywhere. */
export type Measure = (task: string, body: Uint8Array) => Measurement

export interface Search {
  /** Tries one mutant. @returns a discovery when it beats what the island has */
  tryOne(): Discovery | undefined
  /** Goes on from a stranger's champion if it is better. @returns whether it did */
  adopt(entry: Entry): boolean
}

export function createSearch(task: { readonly id: string } & TaskInterface, measure: Measure, random: Random): Search {
  const seed = random.integer(4_294_967_296)
  const [founder] = ask(createPopulation({ task, settings: { size: 2 }, seed })).candidates
  let current: Genotype = founder!.genotype
  let cid = cidOf(encodeGenotype(current))
  let fitness = -1
  let generation = 0

  return {
    tryOne() {
      const { genotype, operators } = mutate(current, CLIMB, random)
      const body = encodeGenotype(genotype)
      const measurement = measure(task.id, body)
      generation++
      if (!measurement.ok || measurement.fitness <= fitness) return undefined
      const parents = [cid]
      current = genotype
      cid = cidOf(body)
      fitness = measurement.fitness
      return { task: task.id, body, fitness, fingerprint: measurement.fingerprint, generation, parents, operators }
    },
    adopt(entry) {
      if (entry.claim.fitness <= fitness) return false
      const decoded = decodeGenotype(entry.body)
      if (!decoded.ok) return false
      current = decoded.value
      cid = entry.claim.genotype
      fitness = entry.claim.fitness
      return true
    },
  }
}
