// The pole that Sutton and Anderson balanced: pushes of ±10 N, Euler steps of 0.02 s, everything in float32 as their C
// program and NEAT 1.2.1 after it compute it. An episode of 100,000 steps shows every rounding, hence `fround` after each.
// Barto, Sutton & Anderson 1983, IEEE Trans. SMC 13(5); protocol of Stanley's single-pole experiment (`pole1`).

import { cos, sin } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { drawStart, environmentOf, play } from './world.ts'
import type { Starts, World } from './world.ts'

const f = Math.fround
const GRAVITY = f(9.8)
const POLE_MASS = f(0.1)
const TOTAL_MASS = f(POLE_MASS + 1)
/** Half the pole's length, in metres. */
const POLE_LENGTH = f(0.5)
const POLE_MASS_LENGTH = f(POLE_MASS * POLE_LENGTH)
const FORCE = 10
const TAU = f(0.02)
const FOUR_THIRDS = f(1.3333333333333)
const TRACK_HALF = f(2.4)
const TWELVE_DEGREES = f(0.2094384)

const ID = 'cart-pole-sutton'
const VERSION = 1
const INPUTS = 5
const MAX_STEPS = 100_000
const FITNESS_PER_STEP = 1_000_000 / MAX_STEPS
/** The original's ranges, whose corners nobody could save, halved: start of the one public episode. */
const START_RANGES = [[-1.2, 1.2], [-0.5, 0.5], [-0.1, 0.1], [-0.75, 0.75]] as const

const world: World = {
  variables: ['x (m)', 'ẋ (m/s)', 'θ (rad)', 'θ̇ (rad/s)'],
  stepSeconds: 0.02,
  inputs: INPUTS,
  observe(state, inputs) {
    inputs[0] = 1
    inputs[1] = (state[0]! + 2.4) / 4.8
    inputs[2] = (state[1]! + 0.75) / 1.5
    inputs[3] = (state[2]! + TWELVE_DEGREES) / 0.41
    inputs[4] = (state[3]! + 1) / 2
  },
  /** 0 pushes left, 1 right; equal outputs push right. */
  decide: (outputs) => (outputs[0]! > outputs[1]! ? 0 : 1),
  advance(state, action, outcome) {
    const x = f(state[0]!), v = f(state[1]!), angle = f(state[2]!), spin = f(state[3]!)
    const force = action > 0 ? FORCE : -FORCE
    const c = f(cos(angle))
    const s = f(sin(angle))
    const push = f(f(force + f(f(f(POLE_MASS_LENGTH * spin) * spin) * s)) / TOTAL_MASS)
    const inertia = f(POLE_LENGTH * f(FOUR_THIRDS - f(f(f(POLE_MASS * c) * c) / TOTAL_MASS)))
    const spinChange = f(f(f(GRAVITY * s) - f(c * push)) / inertia)
    const speedChange = f(push - f(f(f(POLE_MASS_LENGTH * spinChange) * c) / TOTAL_MASS))
    state[0] = f(x + f(TAU * v))
    state[1] = f(v + f(TAU * speedChange))
    state[2] = f(angle + f(TAU * spin))
    state[3] = f(spin + f(TAU * spinChange))
    outcome.terminated = Math.abs(state[0]) > TRACK_HALF || Math.abs(state[2]) > TWELVE_DEGREES
    outcome.reward = 1
  },
}

const startOf = (starts: Starts, episode: number): readonly number[] => drawStart(`${ID}/${VERSION}`, starts, episode, START_RANGES).map(f)

function evaluateOn(network: Network, starts: Starts): Evaluation {
  const { steps, total } = play(network, world, startOf(starts, 0), MAX_STEPS)
  return total === total ? { fitness: steps * FITNESS_PER_STEP, score: steps, steps } : { fitness: 0, score: 0, steps }
}

export const cartPoleSutton: Task = {
  id: ID,
  version: VERSION,
  inputs: INPUTS,
  outputs: 2,
  inputLabels: ['bias', 'x', 'ẋ', 'θ', 'θ̇'],
  outputLabels: ['push left', 'push right'],
  goal: 'Keep one pole within 12 degrees by full pushes to the left and right for 100,000 steps.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: MAX_STEPS,
  evaluate: (network) => evaluateOn(network, 'public'),
  audit: (network, key) => evaluateOn(network, `audit/${key}`),
  solved: (_network, evaluation) => evaluation.score >= MAX_STEPS,
  environment: environmentOf(world, (episode) => startOf('public', episode)),
}
