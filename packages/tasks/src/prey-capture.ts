// An agent on a board catches prey that runs away from it, and loses sight of it at a distance. World, prey and sensors
// after Gomez & Miikkulainen 1997, "Incremental evolution of complex general behavior", Adaptive Behavior 5, as SharpNEAT
// made a task of it; the numbers where they leave a choice are Megabrain's own.

import { exp } from '@megabrain/evolve'
import type { Evaluation, Network, Task } from '@megabrain/evolve'
import { drawStart, environmentOf, largestOf, play, within } from './world.ts'
import type { Starts, World } from './world.ts'

/** Cells per side of the walled board. */
const BOARD = 24
/** The prey is seen within this many cells. */
const SIGHT = 4.5
/** Chance that the prey moves in a step. */
const PREY_SPEED = 0.75
/** Before the agent may move, the prey moves this many times. */
const HEAD_START = 4
const MAX_STEPS = 100

const ID = 'prey-capture'
const VERSION = 1
const INPUTS = 14
const EPISODES = 12
const CHAMPION_EPISODES = 100
const CHAMPION_CATCHES = 90

/** North, east, south, west. */
const MOVES = [[0, 1], [1, 0], [0, -1], [-1, 0]] as const
/** Directions of the eight eyes, in the order of the sensors. */
const EYES = [[0, 1], [1, 1], [1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1]] as const

/** The next of a row of 32-bit numbers (xorshift, Marsaglia 2003); it is part of the state, so a step is pure. */
function nextDice(dice: number): number {
  let x = dice | 0
  x ^= x << 13
  x ^= x >>> 17
  x ^= x << 5
  return x >>> 0
}

/** State: [agent x, agent y, prey x, prey y, dice, least distance so far]. */
const world: World = {
  variables: ['agent x', 'agent y', 'prey x', 'prey y', 'dice', 'nearest (cells)'],
  stepSeconds: 0.2,
  inputs: INPUTS,
  observe(state, inputs) {
    const dx = state[2]! - state[0]!
    const dy = state[3]! - state[1]!
    const distance = Math.sqrt(dx * dx + dy * dy)
    inputs.fill(0)
    inputs[0] = 1
    if (distance <= SIGHT) {
      inputs[1 + eyeOf(dx, dy)] = 1
      inputs[9] = distance <= 1.5 ? 1 : 0
    }
    inputs[10] = wallNearness(BOARD - 1 - state[1]!)
    inputs[11] = wallNearness(BOARD - 1 - state[0]!)
    inputs[12] = wallNearness(state[1]!)
    inputs[13] = wallNearness(state[0]!)
  },
  /** 0 to 3: north, east, south, west. */
  decide: largestOf,
  advance(state, action, outcome) {
    state[0] = within(0, BOARD - 1, state[0]! + MOVES[action]![0])
    state[1] = within(0, BOARD - 1, state[1]! + MOVES[action]![1])
    let caught = state[0] === state[2] && state[1] === state[3]
    if (!caught) {
      movePrey(state)
      caught = state[0] === state[2] && state[1] === state[3]
    }
    const dx = state[2]! - state[0]
    const dy = state[3]! - state[1]
    state[5] = Math.min(state[5]!, Math.sqrt(dx * dx + dy * dy))
    outcome.reward = caught ? 1 : 0
    outcome.terminated = caught
  },
}

const DIAGONAL = Math.sqrt(2)

/** Which of eight eyes looks nearest into a direction. */
function eyeOf(dx: number, dy: number): number {
  let best = 0
  let most = -Infinity
  for (let eye = 0; eye < 8; eye++) {
    const [x, y] = EYES[eye]!
    const along = (dx * x + dy * y) / (x * y === 0 ? 1 : DIAGONAL)
    if (along > most) {
      most = along
      best = eye
    }
  }
  return best
}

/** 1 at the wall, 0 from `SIGHT` cells on. */
function wallNearness(cells: number): number {
  return cells >= SIGHT ? 0 : 1 - cells / SIGHT
}

const chances = new Float64Array(4)

/** A direction is the likelier the more it leads away and the nearer the agent is: e^(0.33 · W(angle) · T(distance)). */
function movePrey(state: Float64Array): void {
  state[4] = nextDice(state[4]!)
  if (state[4] / 4_294_967_296 >= PREY_SPEED) return
  const dx = state[2]! - state[0]!
  const dy = state[3]! - state[1]!
  const distance = Math.sqrt(dx * dx + dy * dy)
  const urge = distance <= 4 ? 15 - distance : distance <= 15 ? 9 - distance / 2 : 1
  let all = 0
  for (let move = 0; move < 4; move++) {
    // W falls from 1 straight away to 0 straight back, here with the cosine instead of the angle.
    const along = dx * MOVES[move]![0] + dy * MOVES[move]![1]
    chances[move] = exp(0.165 * urge * (distance > 0 ? 1 + along / distance : 1))
    all += chances[move]!
  }
  state[4] = nextDice(state[4])
  let left = (state[4] / 4_294_967_296) * all
  let move = 0
  while (move < 3 && left >= chances[move]!) left -= chances[move++]!
  state[2] = within(0, BOARD - 1, state[2]! + MOVES[move]![0])
  state[3] = within(0, BOARD - 1, state[3]! + MOVES[move]![1])
}

/** The agent anywhere, the prey within sight of it, with its head start behind it. */
function startOf(starts: Starts, episode: number): readonly number[] {
  const [x, y, away, dice] = drawStart(`${ID}/${VERSION}`, starts, episode, [[4, 20], [4, 20], [0, 8], [1, 4_294_967_295]])
  const [ex, ey] = EYES[Math.floor(away!)]!
  const state = Float64Array.of(Math.floor(x!), Math.floor(y!), Math.floor(x!) + 2 * ex, Math.floor(y!) + 2 * ey, Math.floor(dice!), BOARD)
  for (let i = 0; i < HEAD_START; i++) movePrey(state)
  return Array.from(state)
}

/** Per episode: 1 for a catch, else up to 0.5 for how near it came. */
function evaluateOn(network: Network, starts: Starts): Evaluation {
  let score = 0
  let steps = 0
  let caught = 0
  for (let episode = 0; episode < EPISODES; episode++) {
    let nearest = BOARD
    const played = play(network, world, startOf(starts, episode), MAX_STEPS, (state) => { nearest = state[5]! })
    steps += played.steps
    caught += played.terminated ? 1 : 0
    score += (played.terminated || played.total !== played.total ? played.total : 0.5 / (1 + nearest)) / EPISODES
  }
  if (score !== score) return { fitness: 0, score: 0, steps, behaviour: [0, 0] }
  const behaviour = [caught / EPISODES, steps / (EPISODES * MAX_STEPS)]
  return { fitness: Math.floor(Math.min(1, score) * 1_000_000), score, steps, behaviour }
}

function catches(network: Network): number {
  let count = 0
  for (let episode = 0; episode < CHAMPION_EPISODES; episode++) {
    if (play(network, world, startOf('champion', episode), MAX_STEPS).terminated) count++
  }
  return count
}

export const preyCapture: Task = {
  id: ID,
  version: VERSION,
  inputs: INPUTS,
  outputs: 4,
  inputLabels: [
    'bias', 'prey N', 'prey NE', 'prey E', 'prey SE', 'prey S', 'prey SW', 'prey W', 'prey NW', 'prey beside',
    'wall N', 'wall E', 'wall S', 'wall W',
  ],
  outputLabels: ['go N', 'go E', 'go S', 'go W'],
  goal: 'Catch prey that runs away and is seen only nearby: 90 of 100 other chases.',
  behaviours: ['caught', 'time'],
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: EPISODES * MAX_STEPS,
  evaluate: (network) => evaluateOn(network, 'public'),
  audit: (network, key) => evaluateOn(network, `audit/${key}`),
  solved: (network, evaluation) => evaluation.score >= 0.85 && catches(network) >= CHAMPION_CATCHES,
  environment: environmentOf(world, (episode) => startOf('public', episode)),
}
