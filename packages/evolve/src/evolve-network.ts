// The whole of evolution as one call, for somebody who has a fitness function and wants a network: no task to describe, no
// loop to write. Who needs more takes `createSearch`.

import { compile } from './network/compile.ts'
import type { Network } from './network/network.ts'
import { evaluate } from './evaluate.ts'
import type { UpdateRule } from './genotype/genotype.ts'
import type { Census } from './population/census.ts'
import type { Champion } from './population/population.ts'
import type { AlgorithmName } from './algorithm-names.ts'
import { createSearch, defaultSettingsOf } from './search.ts'
import type { Task } from './task.ts'

export interface EvolveOptions {
  readonly inputs: number
  readonly outputs: number
  /**
   * How good a network is, from 0 to 1. It gets the network as new; call `network.reset()` between episodes. A network
   * that computes NaN or infinity ends its evaluation and has 0.
   */
  readonly fitness: (network: Network) => number
  /** Integer from 0 to 2^53 − 1. The same seed and a fitness that only depends on the network give the same champion. */
  readonly seed: number
  /** Fitness at which evolution ends. @default 1 */
  readonly goal?: number
  /** No generation starts at or past this many evaluations. @default 100,000 */
  readonly maxEvaluations?: number
  /** `ordered` answers from the inputs alone; `stanley` keeps activity from step to step. @default `{ kind: 'ordered' }` */
  readonly rule?: UpdateRule
  /** @default 'neat' */
  readonly algorithm?: AlgorithmName
  /** Overrides of the algorithm's settings. Neurons have biases here unless `biasPower` is set to 0. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Called after each generation; false ends evolution. */
  readonly generation?: (census: Census) => boolean | void
}

export interface Evolved {
  /** Runs the champion; as new. */
  readonly network: Network
  readonly champion: Champion
  /** The champion's, from 0 to 1. */
  readonly fitness: number
  /** Whether it reached the goal. */
  readonly solved: boolean
  readonly evaluations: number
  readonly generations: number
}

const SCALE = 1_000_000
/** As the weights'. A task of the registry has a bias among its inputs instead. */
const BIAS_POWER = 2.5

/** @throws RangeError for an option out of range or a fitness that is no number from 0 to 1 */
export function evolveNetwork(options: EvolveOptions): Evolved {
  const { algorithm = 'neat', seed, goal = 1, maxEvaluations = 100_000, generation } = options
  if (!(goal > 0 && goal <= 1)) throw new RangeError(`The goal is a fitness above 0, at most 1, got ${goal}`)
  if (!(maxEvaluations >= 1)) throw new RangeError(`Evolution takes at least 1 evaluation, got ${maxEvaluations}`)
  const task = taskOf(options)
  const bias = Object.hasOwn(defaultSettingsOf(algorithm), 'biasPower') ? { biasPower: BIAS_POWER } : {}
  let search = createSearch({ algorithm, task, seed, settings: { ...bias, ...options.settings } })
  let champion: Champion | undefined
  let solved = false
  do {
    const { search: asked, candidates } = search.ask()
    search = asked.tell(candidates.map(({ genotype }) => evaluate(task, genotype)))
    champion = search.champion()
    solved = champion !== undefined && champion.evaluation.score >= goal
  } while (!solved && generation?.(search.census()) !== false && search.census().evaluations < maxEvaluations)
  if (champion === undefined) throw new TypeError(`Algorithm ${algorithm} told a generation and has no champion`)
  const { evaluations, generation: generations } = search.census()
  return { network: compile(champion.genotype), champion, fitness: champion.evaluation.score, solved, evaluations, generations }
}

function taskOf({ inputs, outputs, fitness, rule = { kind: 'ordered' } }: EvolveOptions): Task {
  for (const [name, value] of [['inputs', inputs], ['outputs', outputs]] as const) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number from 1, got ${value}`)
  }
  return {
    id: 'own', version: 1, inputs, outputs, goal: 'A fitness of 1.', deterministic: true, updateRule: rule, maxActivations: 1,
    inputLabels: Array.from({ length: inputs }, (_, i) => `input ${i}`),
    outputLabels: Array.from({ length: outputs }, (_, i) => `output ${i}`),
    evaluate(network) {
      const score = fitness(network)
      if (!(score >= 0 && score <= 1)) throw new RangeError(`Fitness must be a number from 0 to 1, got ${score}`)
      return { fitness: Math.floor(score * SCALE), score, steps: 1 }
    },
    solved: (_network, evaluation) => evaluation.score >= 1,
  }
}
