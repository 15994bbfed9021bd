// Gymnasium's MountainCar-v0: a car too weak for the hill has to swing back first. Pushes −1, 0 or 1, at most 200 steps.
// Moore 1990, "Efficient memory-based learning for robot control"; equations and constants as Gymnasium has them (f64).
// https://gymnasium.farama.org/environments/classic_control/mountain_car/

import { cos } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { drawStart, environmentOf, largestOf, meanReturn, play, within } from './world.ts'
import type { Starts, World } from './world.ts'

const LEAST_POSITION = -1.2
const MOST_POSITION = 0.6
const GOAL_POSITION = 0.5
const MAX_SPEED = 0.07
const FORCE = 0.001
const GRAVITY = 0.0025
/** Bottom of the valley, −π/6. */
const VALLEY = -0.5235987755982988

const ID = 'mountain-car-v0'
const VERSION = 1
const INPUTS = 3
const MAX_STEPS = 200
const EPISODES = 5
const CHAMPION_EPISODES = 100
const CHAMPION_MEAN = -110

const world: World = {
  variables: ['position', 'velocity (per step)'],
  stepSeconds: 1 / 30,
  inputs: INPUTS,
  observe(state, inputs) {
    inputs[0] = 1
    inputs[1] = (state[0]! - VALLEY) / 0.9
    inputs[2] = state[1]! / MAX_SPEED
  },
  /** 0 pushes left, 1 not at all, 2 right. */
  decide: largestOf,
  advance(state, action, outcome) {
    let velocity = within(-MAX_SPEED, MAX_SPEED, state[1]! + (action - 1) * FORCE + cos(3 * state[0]!) * -GRAVITY)
    const position = within(LEAST_POSITION, MOST_POSITION, state[0]! + velocity)
    if (position === LEAST_POSITION && velocity < 0) velocity = 0
    state[0] = position
    state[1] = velocity
    outcome.reward = -1
    outcome.terminated = position >= GOAL_POSITION && velocity >= 0
  },
}

const startOf = (starts: Starts, episode: number): readonly number[] =>
  [...drawStart(`${ID}/${VERSION}`, starts, episode, [[-0.6, -0.4]]), 0]

function evaluateOn(network: Network, starts: Starts): Evaluation {
  let score = 0
  let steps = 0
  let topSpeed = 0
  let right = 0
  let farthest = 0
  for (let episode = 0; episode < EPISODES; episode++) {
    let highest = LEAST_POSITION
    const played = play(network, world, startOf(starts, episode), MAX_STEPS, (state, action) => {
      highest = Math.max(highest, state[0]!)
      topSpeed = Math.max(topSpeed, Math.abs(state[1]!))
      right += action === 2 ? 1 : 0
    })
    const climbed = played.terminated ? 1 : within(0, 1, (highest - VALLEY) / (GOAL_POSITION - VALLEY))
    score += (played.total + climbed) / EPISODES
    farthest += climbed / EPISODES
    steps += played.steps
  }
  if (score !== score) return { fitness: 0, score: -MAX_STEPS, steps }
  return {
    fitness: Math.floor(((score + MAX_STEPS) / MAX_STEPS) * 1_000_000),
    score,
    steps,
    behaviour: [farthest, topSpeed / MAX_SPEED, right / steps],
  }
}

const championMean = (network: Network): number =>
  meanReturn(network, world, (episode) => startOf('champion', episode), CHAMPION_EPISODES, MAX_STEPS)

export const mountainCarV0: Task = {
  id: ID,
  version: VERSION,
  inputs: INPUTS,
  outputs: 3,
  inputLabels: ['bias', 'position', 'velocity'],
  outputLabels: ['push left', 'no push', 'push right'],
  goal: 'Drive an underpowered car up the hill: a mean return of −110 over 100 starts.',
  behaviours: ['climbed', 'top speed', 'pushing right'],
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: EPISODES * MAX_STEPS,
  evaluate: (network) => evaluateOn(network, 'public'),
  audit: (network, key) => evaluateOn(network, `audit/${key}`),
  solved: (network, evaluation) => evaluation.score >= CHAMPION_MEAN - 10 && championMean(network) >= CHAMPION_MEAN,
  environment: environmentOf(world, (episode) => startOf('public', episode)),
}
