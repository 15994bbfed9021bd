// Gymnasium's CartPole-v1: one pole, a push to the left or to the right in every step, at most 500 steps. Equations
// and constants of Barto, Sutton & Anderson 1983 as Gymnasium integrates them (explicit Euler, f64).
// https://gymnasium.farama.org/environments/classic_control/cart_pole/

import { cos, episodeRandom, sin } from '@megabrain/evolve'
import type { Environment, Evaluation, Network, Task } from '@megabrain/evolve'
import type { Starts } from './world.ts'

const GRAVITY = 9.8
const POLE_MASS = 0.1
const TOTAL_MASS = 1.1
/** Half the pole's length, in metres. */
const POLE_LENGTH = 0.5
const POLE_MASS_LENGTH = POLE_MASS * POLE_LENGTH
const FORCE = 10
const TAU = 0.02
const TRACK_HALF = 2.4
const FAILURE_ANGLE = (12 * 2 * 3.141592653589793) / 360
const START_HALF = 0.05

const ID = 'cart-pole-v1'
const VERSION = 1
const MAX_STEPS = 500
const EPISODES = 10
/** Gymnasium calls it solved at a mean of 475 over 100 episodes. */
const CHAMPION_EPISODES = 100
const CHAMPION_MEAN = 475

function startOf(starts: Starts, episode: number): readonly number[] {
  const random = episodeRandom(`${ID}/${VERSION}/${starts}`, episode)
  return [0, 0, 0, 0].map(() => START_HALF * (2 * random.uniform() - 1))
}

/** One step of 0.02 s; action 0 pushes left, 1 pushes right. */
function advance(state: Float64Array, action: number): void {
  const x = state[0]!, v = state[1]!, angle = state[2]!, spin = state[3]!
  const force = action === 1 ? FORCE : -FORCE
  const c = cos(angle)
  const s = sin(angle)
  const push = (force + POLE_MASS_LENGTH * (spin * spin) * s) / TOTAL_MASS
  const spinChange = (GRAVITY * s - c * push) / (POLE_LENGTH * (4 / 3 - (POLE_MASS * (c * c)) / TOTAL_MASS))
  const speedChange = push - (POLE_MASS_LENGTH * spinChange * c) / TOTAL_MASS
  state[0] = x + TAU * v
  state[1] = v + TAU * speedChange
  state[2] = angle + TAU * spin
  state[3] = spin + TAU * spinChange
}

function isOutside(state: Float64Array): boolean {
  return Math.abs(state[0]!) > TRACK_HALF || Math.abs(state[2]!) > FAILURE_ANGLE
}

/** The push whose output is larger; equal outputs push left. */
function decide(outputs: ArrayLike<number>): number {
  return outputs[1]! > outputs[0]! ? 1 : 0
}

/** Steps until the pole fell or the limit; NaN when the network put out NaN or infinity. */
function stepsOf(network: Network, start: readonly number[]): number {
  const state = Float64Array.from(start)
  network.reset()
  for (let step = 1; step <= MAX_STEPS; step++) {
    const outputs = network.activate(state)
    const sum = outputs[0]! + outputs[1]!
    if (sum - sum !== 0) return NaN
    advance(state, decide(outputs))
    if (isOutside(state)) return step
  }
  return MAX_STEPS
}

function totalSteps(network: Network, starts: Starts, episodes: number): number {
  let total = 0
  for (let episode = 0; episode < episodes; episode++) total += stepsOf(network, startOf(starts, episode))
  return total
}

function evaluateOn(network: Network, starts: Starts): Evaluation {
  const total = totalSteps(network, starts, EPISODES)
  if (total !== total) return { fitness: 0, score: 0, steps: 0 }
  return { fitness: total * (1_000_000 / (EPISODES * MAX_STEPS)), score: total / EPISODES, steps: total }
}

const environment: Environment = {
  variables: ['x (m)', 'ẋ (m/s)', 'θ (rad)', 'θ̇ (rad/s)'],
  stepSeconds: TAU,
  start: (episode) => startOf('public', episode),
  observe: (state) => state,
  decide,
  step(state, action: number) {
    const next = Float64Array.from(state)
    advance(next, action)
    return { state: Array.from(next), reward: 1, terminated: isOutside(next) }
  },
}

export const cartPoleV1: Task = {
  id: ID,
  version: VERSION,
  inputs: 4,
  outputs: 2,
  inputLabels: ['x', 'ẋ', 'θ', 'θ̇'],
  outputLabels: ['push left', 'push right'],
  goal: 'Keep one pole upright on a cart by pushes to the left and right: a mean of 475 of 500 steps over 100 episodes.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: EPISODES * MAX_STEPS,
  evaluate: (network) => evaluateOn(network, 'public'),
  audit: (network, key) => evaluateOn(network, `audit/${key}`),
  solved: (network, evaluation) =>
    evaluation.score >= CHAMPION_MEAN && totalSteps(network, 'champion', CHAMPION_EPISODES) >= CHAMPION_MEAN * CHAMPION_EPISODES,
  environment,
}
