// Double pole balancing without velocities, with Gruau's damping fitness and Stanley's champion test, as NEAT 1.2.1
// runs it: an episode of 1,000 steps scores, 100,000 steps and 625 other starts decide whether it is solved.
// Gruau, Whitley & Pyeatt 1996; Stanley & Miikkulainen 2002, Evol. Comp. 10(2).

import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { doublePoleEnvironment } from './double-pole-environment.ts'
import { countStarts, INPUTS_WITHOUT_VELOCITIES, observePositions, runEpisode } from './double-pole-episode.ts'
import { START } from './double-pole-physics.ts'

const EPISODE_STEPS = 1_000
const LONG_STEPS = 100_000
const DAMPING_STEPS = 100
/** A start counts as balanced one step before the end of its episode. */
const START_BALANCED = 999
const STARTS_TO_SOLVE = 200
const GRID = [0.05, 0.25, 0.5, 0.75, 0.95] as const

function run(network: Network, start: readonly number[], maxSteps: number, jiggle?: Float64Array) {
  return runEpisode(network, { start, maxSteps, velocities: false, ...(jiggle === undefined ? {} : { jiggle }) })
}

/** 0.1 · t/1000 + 0.9 · 0.75/Σ jiggle of the last 100 balanced steps; unbounded above for a perfectly still cart. */
function dampingFitness(balanced: number, jiggle: Float64Array): number {
  const staying = 0.1 * (balanced / EPISODE_STEPS)
  if (balanced <= DAMPING_STEPS) return staying
  let total = 0
  for (let step = balanced - DAMPING_STEPS; step < balanced; step++) total += jiggle[step]!
  return staying + 0.9 * (0.75 / total)
}

function evaluate(network: Network): Evaluation {
  const jiggle = new Float64Array(EPISODE_STEPS)
  const episode = run(network, START, EPISODE_STEPS, jiggle)
  const steps = episode.balanced + (episode.fell ? 1 : 0)
  if (!episode.finite) return { fitness: 0, score: 0, steps }
  const score = dampingFitness(episode.balanced, jiggle)
  // r / (1 + r) keeps the order and folds an unbounded score into the range.
  return { fitness: Math.floor((score / (1 + score)) * 1_000_000), score, steps }
}

/** Steps survived of 100,000, the failing one included. */
export function longRun(network: Network): number {
  const episode = run(network, START, LONG_STEPS)
  return episode.balanced + (episode.fell ? 1 : 0)
}

/** The 625 starts of the generalisation test: five values each of x, ẋ, θ₁, θ̇₁, the short pole at rest. */
export const generalisationStarts: readonly (readonly number[])[] = GRID.flatMap((a) => GRID.flatMap((b) => GRID.flatMap((c) =>
  GRID.map((d) => [a * 4.32 - 2.16, b * 2.7 - 1.35, c * 0.12566304 - 0.06283152, d * 0.30019504 - 0.15009752, 0, 0]))))

/**
 * Of the 625 starts, from how many the network balances for 1,000 steps.
 * @param enough stop counting there
 */
export function generalisation(network: Network, enough: number = generalisationStarts.length): number {
  return countStarts(network, { starts: generalisationStarts, maxSteps: EPISODE_STEPS, least: START_BALANCED, enough })
}

export const doublePoleNoVelocity: Task = {
  id: 'double-pole-no-velocity',
  version: 1,
  inputs: INPUTS_WITHOUT_VELOCITIES,
  outputs: 1,
  inputLabels: ['x', 'θ₁', 'θ₂', 'bias'],
  outputLabels: ['force'],
  goal: 'Keep two poles of different length upright on one cart without knowing velocities: 100,000 steps, and 200 of 625 starts.',
  deterministic: true,
  updateRule: { kind: 'synchronous', steps: 1 },
  maxActivations: EPISODE_STEPS,
  evaluate,
  solved: (network, evaluation) =>
    evaluation.steps === EPISODE_STEPS && longRun(network) >= LONG_STEPS - 1 && generalisation(network, STARTS_TO_SOLVE) >= STARTS_TO_SOLVE,
  environment: doublePoleEnvironment(observePositions, INPUTS_WITHOUT_VELOCITIES),
}
