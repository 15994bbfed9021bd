// A two-legged body that learns to walk over hurdles which grow with every metre: how far it comes within twenty seconds.
// There is no far enough, so many islands have something to do together for long. Body and world are Megabrain's own;
// evolving bodies that walk goes back to Sims 1994, "Evolving virtual creatures".

import type { Action, Environment, Evaluation, Network, Task } from '@megabrain/evolve'
import {
  advance, AIMS, BEFORE, groundHeight, hasFallen, middleX, MUSCLES, STANDING, STATE_VARIABLES, STEP_SECONDS, touches,
} from './walker-physics.ts'
import { areFinite, within } from './world.ts'

const MAX_STEPS = 600
/** Distance in metres that is worth half of all fitness. */
const HALF_DISTANCE = 20
const HIND_FOOT = 4
const FRONT_FOOT = 6
/** From metres per substep to metres per second. */
const PER_SECOND = 240

const inputLabels = [
  'bias', 'tilt', 'height', 'speed', 'rise', 'turning', 'hind hip', 'hind knee', 'front hip', 'front knee', 'hind foot', 'front foot',
  'ground ahead', 'ground further',
] as const
const INPUTS = inputLabels.length

function observe(state: ArrayLike<number>, inputs: Float64Array): void {
  const x = middleX(state)
  const ground = groundHeight(x)
  inputs[0] = 1
  inputs[1] = (state[3]! - state[1]!) / 0.8
  inputs[2] = (state[1]! + state[3]!) / 2 - ground
  inputs[3] = ((state[4]! - state[BEFORE + 4]!) * PER_SECOND) / 3
  inputs[4] = ((state[5]! - state[BEFORE + 5]!) * PER_SECOND) / 3
  inputs[5] = ((state[3]! - state[BEFORE + 3]! - state[1]! + state[BEFORE + 1]!) * PER_SECOND) / 3
  for (let i = 0; i < MUSCLES.length; i++) inputs[6 + i] = 2 * state[AIMS + i]! - 1.5
  inputs[10] = touches(state, HIND_FOOT) ? 1 : 0
  inputs[11] = touches(state, FRONT_FOOT) ? 1 : 0
  inputs[12] = 5 * groundHeight(state[2 * FRONT_FOOT]! + 0.2)
  inputs[13] = 5 * groundHeight(state[2 * FRONT_FOOT]! + 0.5)
}

const startX = middleX(STANDING)

function evaluate(network: Network): Evaluation {
  const state = Float64Array.from(STANDING)
  const inputs = new Float64Array(INPUTS)
  const effort = new Float64Array(MUSCLES.length)
  let steps = 0
  let hind = 0
  let front = 0
  let height = 0
  network.reset()
  while (steps < MAX_STEPS && !hasFallen(state)) {
    observe(state, inputs)
    const outputs = network.activate(inputs)
    steps++
    if (!areFinite(outputs)) return { fitness: 0, score: 0, steps, behaviour: [0, 0, 0, 0] }
    for (let i = 0; i < MUSCLES.length; i++) effort[i] = within(0, 1, outputs[i]!)
    advance(state, effort)
    hind += touches(state, HIND_FOOT) ? 1 : 0
    front += touches(state, FRONT_FOOT) ? 1 : 0
    height += state[5]! / 2
  }
  const score = Math.max(0, middleX(state) - startX)
  return {
    // d / (1 + d) keeps the order and folds a distance without end into the range.
    fitness: Math.floor((score / (HALF_DISTANCE + score)) * 1_000_000),
    score,
    steps,
    behaviour: [score / (HALF_DISTANCE + score), hind / steps, front / steps, within(0, 1, height / steps)],
  }
}

const environment: Environment = {
  variables: STATE_VARIABLES,
  stepSeconds: STEP_SECONDS,
  start: () => STANDING,
  observe(state) {
    const inputs = new Float64Array(INPUTS)
    observe(state, inputs)
    return Array.from(inputs)
  },
  /** How long each muscle shall be, 0 to 1. */
  decide: (outputs) => Array.from(outputs, (output) => within(0, 1, output)),
  /** A single number is for all muscles. */
  step(state, action: Action) {
    const next = Float64Array.from(state)
    advance(next, typeof action === 'number' ? MUSCLES.map(() => within(0, 1, action)) : action)
    return { state: Array.from(next), reward: middleX(next) - middleX(state), terminated: hasFallen(next) }
  },
}

export const walker: Task = {
  id: 'walker',
  version: 1,
  inputs: INPUTS,
  outputs: MUSCLES.length,
  inputLabels,
  outputLabels: ['hind hip', 'hind knee', 'front hip', 'front knee'],
  goal: 'Walk as far as you can in twenty seconds, over hurdles that grow with every metre.',
  behaviours: ['distance', 'hind foot down', 'front foot down', 'height'],
  openEnded: true,
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: MAX_STEPS,
  evaluate,
  solved: () => false,
  environment,
}
