// Double pole balancing with velocities, the protocol of Stanley & Miikkulainen 2002 as NEAT 1.2.1 runs it: one
// episode of at most 100,000 steps from a long pole at 0.07 rad.

import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { doublePoleEnvironment } from './double-pole-environment.ts'
import { ALL_INPUTS, observeAll, runEpisode } from './double-pole-episode.ts'
import { START } from './double-pole-physics.ts'

const MAX_STEPS = 100_000
/** The original stops one step short of its cap. */
const SOLVED_STEPS = 99_999
const FITNESS_PER_STEP = 10

function evaluate(network: Network): Evaluation {
  const episode = runEpisode(network, { start: START, maxSteps: MAX_STEPS, velocities: true })
  if (!episode.finite) return { fitness: 0, score: 0, steps: episode.balanced }
  // The step that fails counts too, as in the original.
  const steps = episode.balanced + (episode.fell ? 1 : 0)
  return { fitness: steps * FITNESS_PER_STEP, score: steps, steps }
}

export const doublePole: Task = {
  id: 'double-pole',
  version: 1,
  inputs: ALL_INPUTS,
  outputs: 1,
  inputLabels: ['x', 'ẋ', 'θ₁', 'θ̇₁', 'θ₂', 'θ̇₂', 'bias'],
  outputLabels: ['force'],
  goal: 'Keep two poles of different length upright on one cart for 100,000 steps, velocities known.',
  deterministic: true,
  updateRule: { kind: 'synchronous', steps: 1 },
  maxActivations: MAX_STEPS,
  evaluate,
  solved: (_network, evaluation) => evaluation.score >= SOLVED_STEPS,
  environment: doublePoleEnvironment(observeAll, ALL_INPUTS),
}
