// Gymnasium's MountainCarContinuous-v0: the same hill with a force of any size, which costs its square. It keeps its state
// in float32 between steps, so this does too.
// https://gymnasium.farama.org/environments/classic_control/mountain_car_continuous/

import { cos } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { drawStart, environmentOf, meanReturn, play, signedUnit, within } from './world.ts'
import type { Starts, World } from './world.ts'

const f = Math.fround
const LEAST_POSITION = -1.2
const MOST_POSITION = 0.6
const GOAL_POSITION = 0.45
const MAX_SPEED = 0.07
const POWER = 0.0015
const GRAVITY = 0.0025
/** Bottom of the valley, −π/6. */
const VALLEY = -0.5235987755982988
const GOAL_REWARD = 100

const ID = 'mountain-car-continuous-v0'
const VERSION = 1
const INPUTS = 3
const MAX_STEPS = 999
const EPISODES = 3
const CHAMPION_EPISODES = 100
const CHAMPION_MEAN = 90

const world: World = {
  variables: ['position', 'velocity (per step)'],
  stepSeconds: 1 / 30,
  inputs: INPUTS,
  observe(state, inputs) {
    inputs[0] = 1
    inputs[1] = (state[0]! - VALLEY) / 0.9
    inputs[2] = state[1]! / MAX_SPEED
  },
  /** A force of −1 to 1. */
  decide: (outputs) => signedUnit(outputs[0]!),
  advance(state, action, outcome) {
    const force = within(-1, 1, action)
    let velocity = within(-MAX_SPEED, MAX_SPEED, state[1]! + (force * POWER - GRAVITY * cos(f(3 * state[0]!))))
    const position = within(LEAST_POSITION, MOST_POSITION, state[0]! + velocity)
    if (position === LEAST_POSITION && velocity < 0) velocity = 0
    state[0] = f(position)
    state[1] = f(velocity)
    outcome.terminated = position >= GOAL_POSITION && velocity >= 0
    outcome.reward = (outcome.terminated ? GOAL_REWARD : 0) - action * action * 0.1
  },
}

const startOf = (starts: Starts, episode: number): readonly number[] =>
  [f(drawStart(`${ID}/${VERSION}`, starts, episode, [[-0.6, -0.4]])[0]!), 0]

/** The return where the flag was reached, which is above 0; else how far the climb was, −1 to 0. */
function evaluateOn(network: Network, starts: Starts): Evaluation {
  let score = 0
  let steps = 0
  for (let episode = 0; episode < EPISODES; episode++) {
    let highest = VALLEY
    const played = play(network, world, startOf(starts, episode), MAX_STEPS, (state) => { highest = Math.max(highest, state[0]!) })
    steps += played.steps
    const climbed = (highest - VALLEY) / (GOAL_POSITION - VALLEY) - 1
    score += (played.terminated || played.total !== played.total ? played.total : Math.min(0, climbed)) / EPISODES
  }
  if (score !== score) return { fitness: 0, score: -1, steps }
  return { fitness: Math.floor(((score + 1) / (GOAL_REWARD + 1)) * 1_000_000), score, steps }
}

const championMean = (network: Network): number =>
  meanReturn(network, world, (episode) => startOf('champion', episode), CHAMPION_EPISODES, MAX_STEPS)

export const mountainCarContinuousV0: Task = {
  id: ID,
  version: VERSION,
  inputs: INPUTS,
  outputs: 1,
  inputLabels: ['bias', 'position', 'velocity'],
  outputLabels: ['force'],
  goal: 'Drive an underpowered car up the hill with little force: a mean return of 90 over 100 starts.',
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: EPISODES * MAX_STEPS,
  evaluate: (network) => evaluateOn(network, 'public'),
  audit: (network, key) => evaluateOn(network, `audit/${key}`),
  solved: (network, evaluation) => evaluation.score >= CHAMPION_MEAN - 5 && championMean(network) >= CHAMPION_MEAN,
  environment: environmentOf(world, (episode) => startOf('public', episode)),
}
