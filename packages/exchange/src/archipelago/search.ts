// The evolution that a simulated island does. By default a hill climber with the real mutation operators stands in for a
// whole population, so that a simulation spends its time on the exchange; `population-search.ts` breeds real ones.

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

export interface IslandSearch {
  /** Goes on for `ms` of the island's time. @returns what is better than anything before, in the order in which it was found */
  advance(ms: number): readonly Discovery[]
  /** Goes on from a verified stranger if it is better. @returns whether it did */
  adopt(entry: Entry): boolean
  /** The machine spent one evaluation on a stranger's claim. */
  verified(): void
}

/** What a search is made from; each island has a random stream of its own. */
export type CreateSearch = (random: Random) => IslandSearch

/** @param mutantsPerSecond of virtual time; below 1 it is a chance */
export function createClimber(
  task: { readonly id: string } & TaskInterface,
  measure: Measure,
  mutantsPerSecond: number,
): CreateSearch {
  return (random) => {
    const seed = random.integer(4_294_967_296)
    const [founder] = ask(createPopulation({ task, settings: { size: 2 }, seed })).candidates
    let current: Genotype = founder!.genotype
    let cid = cidOf(encodeGenotype(current))
    let fitness = -1
    let generation = 0

    function tryOne(): Discovery | undefined {
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
    }

    return {
      advance(ms) {
        const discoveries: Discovery[] = []
        for (let owed = (ms / 1_000) * mutantsPerSecond; owed > 0; owed--) {
          if (owed < 1 && random.uniform() >= owed) continue
          const discovery = tryOne()
          if (discovery !== undefined) discoveries.push(discovery)
        }
        return discoveries
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
      verified() {},
    }
  }
}
