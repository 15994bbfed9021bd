// A T-maze that needs memory: a signal at the door says on which side the cheese is, then comes a corridor without any
// sign, then the junction. Whoever forgot the signal is right half the time.
// Ulbricht 1996, "Handling time-warped sequences with neural networks"; Bakker 2002, NIPS 14; rewards (1, 0.2, −0.4 for a
// crash) as in Soltoggio et al. 2008.

import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { environmentOf, largestOf, play } from './world.ts'
import type { World } from './world.ts'

const CHEESE = 1
const CRUMB = 0.2
const CRASH = -0.4
/** Corridor lengths in steps; every one comes with both signals. */
const PUBLIC_LENGTHS = [1, 2, 3, 4, 6, 8, 12, 20, 32, 50]
const CHAMPION_LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 17, 25, 40, 60]
const INPUTS = 4

/** State: [cells gone, length of the corridor, side of the cheese (−1 left, 1 right), side reached (0 until the end)]. */
const world: World = {
  variables: ['gone (cells)', 'corridor (cells)', 'cheese (−1 left, 1 right)', 'end (−1 left, 1 right, 0 inside)'],
  stepSeconds: 0.25,
  inputs: INPUTS,
  observe(state, inputs) {
    const atDoor = state[0] === 0
    inputs[0] = 1
    inputs[1] = atDoor && state[2] === -1 ? 1 : 0
    inputs[2] = atDoor && state[2] === 1 ? 1 : 0
    inputs[3] = state[0] === state[1] ? 1 : 0
  },
  /** −1 turns left, 0 goes on, 1 turns right. */
  decide: (outputs) => largestOf(outputs) - 1,
  advance(state, action, outcome) {
    const atJunction = state[0] === state[1]
    if (!atJunction && action === 0) {
      state[0] = state[0]! + 1
      outcome.reward = 0
      outcome.terminated = false
      return
    }
    const crashed = !atJunction || action === 0
    if (!crashed) state[3] = action
    outcome.reward = crashed ? CRASH : action === state[2] ? CHEESE : CRUMB
    outcome.terminated = true
  },
}

/** Trials alternate sides: trial 2i has its cheese on the left, 2i + 1 on the right. */
function startOf(lengths: readonly number[], trial: number): readonly number[] {
  const wrapped = trial % (2 * lengths.length)
  return [0, lengths[wrapped >> 1]!, wrapped % 2 === 0 ? -1 : 1, 0]
}

interface Trials {
  /** Mean reward, with up to 0.2 back for how far a crash was. */
  readonly score: number
  readonly won: number
  readonly steps: number
  readonly left: number
  readonly right: number
  readonly reach: number
}

function runTrials(network: Network, lengths: readonly number[]): Trials {
  const trials = 2 * lengths.length
  let score = 0, won = 0, steps = 0, left = 0, right = 0, reach = 0
  for (let trial = 0; trial < trials; trial++) {
    const start = startOf(lengths, trial)
    let gone = 0
    const played = play(network, world, start, start[1]! + 1, (state) => {
      gone = state[0]! / state[1]!
      left += state[3] === -1 ? 1 : 0
      right += state[3] === 1 ? 1 : 0
    })
    steps += played.steps
    reach += gone
    won += played.total === CHEESE ? 1 : 0
    score += (played.total + (played.total === CRASH ? 0.2 * gone : 0)) / trials
  }
  return { score, won, steps, left: left / trials, right: right / trials, reach: reach / trials }
}

function evaluate(network: Network): Evaluation {
  const { score, steps, left, right, reach } = runTrials(network, PUBLIC_LENGTHS)
  if (score !== score) return { fitness: 0, score: CRASH, steps }
  const fitness = Math.floor(((score - CRASH) / (CHEESE - CRASH)) * 1_000_000)
  return { fitness: Math.min(1_000_000, Math.max(0, fitness)), score, steps, behaviour: [left, right, reach] }
}

export const tMaze: Task = {
  id: 't-maze',
  version: 1,
  inputs: INPUTS,
  outputs: 3,
  inputLabels: ['bias', 'signal left', 'signal right', 'junction'],
  outputLabels: ['turn left', 'go on', 'turn right'],
  goal: 'Remember on which side the signal was, down corridors of any length up to 60 cells, and turn there.',
  behaviours: ['turns left', 'turns right', 'reaches'],
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: 2 * PUBLIC_LENGTHS.reduce((sum, length) => sum + length + 1, 0),
  evaluate,
  solved: (network, evaluation) =>
    evaluation.score > CHEESE - 0.01 && runTrials(network, CHAMPION_LENGTHS).won === 2 * CHAMPION_LENGTHS.length,
  environment: environmentOf(world, (episode) => startOf(PUBLIC_LENGTHS, episode)),
}
