// Double pole balancing with velocities, the protocol of Stanley & Miikkulainen 2002 as NEAT 1.2.1 runs it: one
// episode of at most 100,000 steps from a long pole at 0.07 rad.

import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { doublePoleEnvironment } from './double-pole-environment.ts'
import { balance, START } from './double-pole-physics.ts'

const MAX_STEPS = 100_000
const INPUTS = 7
/** The original stops one step short of its cap. */
const SOLVED_STEPS = 99_999
const FITNESS_PER_STEP = 10

function observe(state: Float64Array | readonly number[], inputs: Float64Array): void {
  inputs[0] = state[0]! / 4.8
  inputs[1] = state[1]! / 2
  inputs[2] = state[2]! / 0.52
  inputs[3] = state[3]! / 2
  inputs[4] = state[4]! / 0.52
  inputs[5] = state[5]! / 2
  inputs[6] = 0.5
}

function evaluate(network: Network): Evaluation {
  const episode = balance(network, { start: START, maxSteps: MAX_STEPS, observe, inputs: INPUTS })
  if (!episode.finite) return { fitness: 0, score: 0, steps: episode.balanced }
  // The step that fails counts too, as in the original.
  const steps = episode.balanced + (episode.fell ? 1 : 0)
  return { fitness: steps * FITNESS_PER_STEP, score: steps, steps }
}

export const doublePole: Task = {
  id: 'double-pole',
  version: 1,
  inputs: INPUTS,
  outputs: 1,
  inputLabels: ['x', 'ẋ', 'θ₁', 'θ̇₁', 'θ₂', 'θ̇₂', 'bias'],
  outputLabels: ['force'],
  goal: 'Keep two poles of different length upright on one cart for 100,000 steps, velocities known.',
  deterministic: true,
  updateRule: { kind: 'synchronous', steps: 1 },
  maxActivations: MAX_STEPS,
  evaluate,
  solved: (_network, evaluation) => evaluation.score >= SOLVED_STEPS,
  environment: doublePoleEnvironment(observe, INPUTS),
}
