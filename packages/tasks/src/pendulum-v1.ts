// Gymnasium's Pendulum-v1: swing a rod up with a motor too weak to lift it, and hold it there. Torque ±2, 200 steps
// of 0.05 s, speed before angle. https://gymnasium.farama.org/environments/classic_control/pendulum/

import { cos, sin } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { drawStart, environmentOf, meanReturn, signedUnit, within } from './world.ts'
import type { Starts, World } from './world.ts'

const PI = 3.141592653589793
const MAX_TORQUE = 2
const MAX_SPEED = 8
const TAU = 0.05
/** 3g/(2l) with g = 10 m/s² and l = 1 m; 3/(ml²) with m = 1 kg. */
const PULL = 15
const LEVER = 3

const ID = 'pendulum-v1'
const VERSION = 1
const INPUTS = 4
const MAX_STEPS = 200
const EPISODES = 8
const CHAMPION_EPISODES = 100
/** Gymnasium names none; −200 needs a swing up from nearly everywhere and a quiet hold. */
const CHAMPION_MEAN = -200
/** Below any return: 200 steps at the largest cost, π² + 0.1 · 8² + 0.001 · 2² = 16.2736. */
const LEAST_RETURN = -3_260

/** Angle from upright within ±π. */
function fromUpright(angle: number): number {
  const turned = angle + PI
  return turned - Math.floor(turned / (2 * PI)) * (2 * PI) - PI
}

const world: World = {
  variables: ['θ (rad)', 'θ̇ (rad/s)'],
  stepSeconds: TAU,
  inputs: INPUTS,
  observe(state, inputs) {
    inputs[0] = 1
    inputs[1] = cos(state[0]!)
    inputs[2] = sin(state[0]!)
    inputs[3] = state[1]! / MAX_SPEED
  },
  /** A torque of −2 to 2. */
  decide: (outputs) => MAX_TORQUE * signedUnit(outputs[0]!),
  advance(state, action, outcome) {
    const angle = state[0]!
    const speed = state[1]!
    const torque = within(-MAX_TORQUE, MAX_TORQUE, action)
    const off = fromUpright(angle)
    outcome.reward = -(off * off + 0.1 * (speed * speed) + 0.001 * (torque * torque))
    state[1] = within(-MAX_SPEED, MAX_SPEED, speed + (PULL * sin(angle) + LEVER * torque) * TAU)
    state[0] = angle + state[1] * TAU
    outcome.terminated = false
  },
}

const startOf = (starts: Starts, episode: number): readonly number[] =>
  drawStart(`${ID}/${VERSION}`, starts, episode, [[-PI, PI], [-1, 1]])

const meanOver = (network: Network, starts: Starts, episodes: number): number =>
  meanReturn(network, world, (episode) => startOf(starts, episode), episodes, MAX_STEPS)

function evaluateOn(network: Network, starts: Starts): Evaluation {
  const score = meanOver(network, starts, EPISODES)
  const steps = EPISODES * MAX_STEPS
  if (score !== score) return { fitness: 0, score: LEAST_RETURN, steps }
  return { fitness: Math.floor((1 - score / LEAST_RETURN) * 1_000_000), score, steps }
}

export const pendulumV1: Task = {
  id: ID,
  version: VERSION,
  inputs: INPUTS,
  outputs: 1,
  inputLabels: ['bias', 'cos θ', 'sin θ', 'θ̇'],
  outputLabels: ['torque'],
  goal: 'Swing a rod up with a weak motor and hold it upright: a mean return of −200 over 100 starts.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: EPISODES * MAX_STEPS,
  evaluate: (network) => evaluateOn(network, 'public'),
  audit: (network, key) => evaluateOn(network, `audit/${key}`),
  solved: (network, evaluation) =>
    evaluation.score >= CHAMPION_MEAN - 50 && meanOver(network, 'champion', CHAMPION_EPISODES) >= CHAMPION_MEAN,
  environment: environmentOf(world, (episode) => startOf('public', episode)),
}
