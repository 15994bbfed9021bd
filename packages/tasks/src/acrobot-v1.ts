// Gymnasium's Acrobot-v1: two hanging links with a motor in the elbow have to swing their tip above the bar. Torque −1,
// 0 or 1, at most 500 steps of 0.2 s, one Runge-Kutta integration each, "book" equations.
// Sutton 1996, NIPS 8; Sutton & Barto 1998; https://gymnasium.farama.org/environments/classic_control/acrobot/

import { cos, sin } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { drawStart, environmentOf, largestOf, meanReturn, play, within } from './world.ts'
import type { Starts, World } from './world.ts'

const PI = 3.141592653589793
const GRAVITY = 9.8
/** Both links: 1 kg, 1 m, centre of mass in the middle, moment of inertia 1 kg·m². */
const CENTRE = 0.5
const INERTIA = 1
const TAU = 0.2
const MAX_SHOULDER_SPEED = 4 * PI
const MAX_ELBOW_SPEED = 9 * PI

const ID = 'acrobot-v1'
const VERSION = 1
const INPUTS = 7
const MAX_STEPS = 500
const EPISODES = 3
const CHAMPION_EPISODES = 100
const CHAMPION_MEAN = -100

/** Accelerations of shoulder and elbow in state [θ₁, θ₂, θ̇₁, θ̇₂] under a torque, into the last two places of `into`. */
function derive(state: Float64Array, torque: number, into: Float64Array): void {
  const a = state[0]!, b = state[1]!, da = state[2]!, db = state[3]!
  const c = cos(b)
  const s = sin(b)
  const d1 = CENTRE * CENTRE + (1 + CENTRE * CENTRE + 2 * CENTRE * c) + INERTIA + INERTIA
  const d2 = CENTRE * CENTRE + CENTRE * c + INERTIA
  const phi2 = CENTRE * GRAVITY * cos(a + b - PI / 2)
  const phi1 = -CENTRE * (db * db) * s - 2 * CENTRE * db * da * s + (CENTRE + 1) * GRAVITY * cos(a - PI / 2) + phi2
  const elbow = (torque + (d2 / d1) * phi1 - CENTRE * (da * da) * s - phi2) / (CENTRE * CENTRE + INERTIA - (d2 * d2) / d1)
  into[0] = da
  into[1] = db
  into[2] = -(d2 * elbow + phi1) / d1
  into[3] = elbow
}

const k = [new Float64Array(4), new Float64Array(4), new Float64Array(4), new Float64Array(4)] as const
const between = new Float64Array(4)

function integrate(state: Float64Array, torque: number): void {
  derive(state, torque, k[0])
  for (let stage = 1; stage < 4; stage++) {
    const reach = stage === 3 ? TAU : TAU / 2
    for (let i = 0; i < 4; i++) between[i] = state[i]! + reach * k[stage - 1]![i]!
    derive(between, torque, k[stage]!)
  }
  for (let i = 0; i < 4; i++) state[i]! += (TAU / 6) * (k[0][i]! + 2 * k[1][i]! + 2 * k[2][i]! + k[3][i]!)
}

function wrapped(angle: number): number {
  let x = angle
  while (x > PI) x -= 2 * PI
  while (x < -PI) x += 2 * PI
  return x
}

/** Height of the tip over the bar, −2 to 2 m. */
const heightOf = (state: Float64Array): number => -cos(state[0]!) - cos(state[1]! + state[0]!)

const world: World = {
  variables: ['θ₁ (rad)', 'θ₂ (rad)', 'θ̇₁ (rad/s)', 'θ̇₂ (rad/s)'],
  stepSeconds: TAU,
  inputs: INPUTS,
  observe(state, inputs) {
    inputs[0] = 1
    inputs[1] = cos(state[0]!)
    inputs[2] = sin(state[0]!)
    inputs[3] = cos(state[1]!)
    inputs[4] = sin(state[1]!)
    inputs[5] = state[2]! / MAX_SHOULDER_SPEED
    inputs[6] = state[3]! / MAX_ELBOW_SPEED
  },
  /** 0 is a torque of −1, 1 none, 2 a torque of 1. */
  decide: largestOf,
  advance(state, action, outcome) {
    integrate(state, action - 1)
    state[0] = wrapped(state[0]!)
    state[1] = wrapped(state[1]!)
    state[2] = within(-MAX_SHOULDER_SPEED, MAX_SHOULDER_SPEED, state[2]!)
    state[3] = within(-MAX_ELBOW_SPEED, MAX_ELBOW_SPEED, state[3]!)
    outcome.terminated = heightOf(state) > 1
    outcome.reward = outcome.terminated ? 0 : -1
  },
}

const startOf = (starts: Starts, episode: number): readonly number[] =>
  drawStart(`${ID}/${VERSION}`, starts, episode, [[-0.1, 0.1], [-0.1, 0.1], [-0.1, 0.1], [-0.1, 0.1]])

function evaluateOn(network: Network, starts: Starts): Evaluation {
  let score = 0
  let steps = 0
  for (let episode = 0; episode < EPISODES; episode++) {
    let highest = -2
    const played = play(network, world, startOf(starts, episode), MAX_STEPS, (state) => { highest = Math.max(highest, heightOf(state)) })
    steps += played.steps
    score += (played.total + (played.terminated ? 1 : within(0, 1, (highest + 2) / 3))) / EPISODES
  }
  if (score !== score) return { fitness: 0, score: -MAX_STEPS, steps }
  return { fitness: Math.floor(((score + MAX_STEPS) / (MAX_STEPS + 1)) * 1_000_000), score, steps }
}

const championMean = (network: Network): number =>
  meanReturn(network, world, (episode) => startOf('champion', episode), CHAMPION_EPISODES, MAX_STEPS)

export const acrobotV1: Task = {
  id: ID,
  version: VERSION,
  inputs: INPUTS,
  outputs: 3,
  inputLabels: ['bias', 'cos θ₁', 'sin θ₁', 'cos θ₂', 'sin θ₂', 'θ̇₁', 'θ̇₂'],
  outputLabels: ['torque −1', 'no torque', 'torque 1'],
  goal: 'Swing the tip of two hanging links above the bar by the elbow alone: a mean return of −100 over 100 starts.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: EPISODES * MAX_STEPS,
  evaluate: (network) => evaluateOn(network, 'public'),
  audit: (network, key) => evaluateOn(network, `audit/${key}`),
  solved: (network, evaluation) => evaluation.score >= CHAMPION_MEAN - 20 && championMean(network) >= CHAMPION_MEAN,
  environment: environmentOf(world, (episode) => startOf('public', episode)),
}
