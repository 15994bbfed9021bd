// What the islands of an experiment search with: the real NEAT of `evolve`, one evaluation at a time out of a budget that
// verification is paid from as well, so that runs with and without liars cost an honest island the same.

import { createSearch, decodeGenotype, encodeGenotype, evaluate, fingerprintOf, type Candidate, type Evaluation, type Genotype, type Search, type Task } from '@megabrain/evolve'
import type { CreateSearch, IslandSearch } from '../src/archipelago/search.ts'
import type { Discovery, Measurement } from '../src/member/events.ts'
import { settingsFor } from '../../tasks/src/task-settings.ts'

/** Evaluations of all islands of a run. */
export interface Spent {
  own: number
  verifying: number
}

export interface BreederOptions {
  readonly task: Task
  /** Of virtual time; verification included. */
  readonly evaluationsPerSecond: number
  readonly populationSize: number
  readonly spent: Spent
  /** How many of each generation an island tells its member of besides its records, the fittest first: what Model 2 selects from. @default 0 */
  readonly agents?: number
  /** One is added for each island, in their order: its population as it is. */
  readonly populations?: (() => readonly Genotype[])[]
  /** Sees each island's search after each of its generations. */
  readonly afterGeneration?: (search: Search, island: number) => void
}

export function createBreeder(options: BreederOptions): CreateSearch {
  const { task, evaluationsPerSecond, populationSize, spent, populations, afterGeneration, agents = 0 } = options
  let islands = 0
  return (random): IslandSearch => {
    const settings = { ...settingsFor(task, 'neat'), size: populationSize }
    let search = createSearch({ algorithm: 'neat', task, seed: random.integer(4_294_967_296), settings })
    let candidates: readonly Candidate[] = []
    let evaluations: Evaluation[] = []
    let immigrants: { readonly genotype: Genotype; readonly fitness: number }[] = []
    let budget = 0
    let elite: Discovery[] = []
    const island = islands++
    let best = -1
    populations?.push(() => search.members().map(({ genotype }) => genotype))

    function turnGeneration(): void {
      if (candidates.length > 0) {
        if (agents > 0) elite = eliteOf(candidates, evaluations)
        search = search.tell(evaluations)
        afterGeneration?.(search, island)
      }
      for (const { genotype, fitness } of immigrants) search = search.immigrate(genotype, fitness)
      immigrants = []
      const asked = search.ask()
      search = asked.search
      candidates = asked.candidates
      evaluations = []
    }

    function eliteOf(tried: readonly Candidate[], measured: readonly Evaluation[]): Discovery[] {
      const { generation } = search.census()
      const order = measured.map((_, i) => i).sort((a, b) => measured[b]!.fitness - measured[a]!.fitness).slice(0, agents)
      return order.map((i) => {
        const { genotype, parents, operators } = tried[i]!
        return { task: task.id, body: encodeGenotype(genotype), fitness: measured[i]!.fitness, fingerprint: fingerprintOf(genotype), generation, parents, operators }
      })
    }

    function tryOne(): Discovery | undefined {
      if (evaluations.length === candidates.length) turnGeneration()
      const { genotype, parents, operators } = candidates[evaluations.length]!
      const evaluation = evaluate(task, genotype)
      evaluations.push(evaluation)
      spent.own++
      if (evaluation.fitness <= best) return undefined
      best = evaluation.fitness
      return {
        task: task.id, body: encodeGenotype(genotype), fitness: best, fingerprint: fingerprintOf(genotype),
        generation: search.census().generation, parents, operators,
      }
    }

    return {
      advance(ms) {
        budget += (ms / 1_000) * evaluationsPerSecond
        const discoveries: Discovery[] = []
        for (; budget >= 1; budget--) {
          const discovery = tryOne()
          if (discovery !== undefined) discoveries.push(discovery)
        }
        discoveries.push(...elite)
        elite = []
        return discoveries
      },
      adopt({ body, claim: { fitness } }) {
        const decoded = decodeGenotype(body)
        if (!decoded.ok) return false
        if (immigrants.length < MAX_IMMIGRANTS) immigrants.push({ genotype: decoded.value, fitness })
        best = Math.max(best, fitness)
        return true
      },
      verified() {
        budget--
        spent.verifying++
      },
    }
  }
}

const MAX_IMMIGRANTS = 16

/** What every honest island measures. @param tookMs what an evaluation takes of an island's time */
export function measureWith(task: Task, tookMs = 0): (id: string, body: Uint8Array) => Measurement {
  return (_, body) => {
    const decoded = decodeGenotype(body)
    if (!decoded.ok) return { ok: false, reason: 'malformed' }
    const genotype = decoded.value
    if (genotype.inputs !== task.inputs || genotype.outputs !== task.outputs) return { ok: false, reason: 'wrong-interface' }
    return { ok: true, fitness: evaluate(task, genotype).fitness, fingerprint: fingerprintOf(genotype), links: genotype.links.weights.length, tookMs }
  }
}
