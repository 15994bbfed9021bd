// The game that people play against: the network chases and runs, in turn, against a fixed hall of fame of scripted
// players and earlier champions. Every point won is one that a champion lost, so there is always something better.
// Hall of fame: Rosin & Belew 1997, Evol. Comp. 5(1); pursuit and evasion by evolved networks: Cliff & Miller 1995.

import type { Environment, Evaluation, Network, Task } from '@megabrain/evolve'
import { ARENA, chaserShare, distanceOf, MAX_STEPS, move, sense, SENSES, STATE_VARIABLES, STEP_SECONDS } from './pursuit-arena.ts'
import type { Role } from './pursuit-arena.ts'
import { hallOfFame } from './pursuit-hall.ts'
import { areFinite, drawStart, signedUnit } from './world.ts'

const ID = 'pursuit'
const VERSION = 1
const INPUTS = SENSES.length
const PI = 3.141592653589793
const members = hallOfFame.length
const EPISODES = 2 * members

/** Even episodes chase, odd ones run; every two the next opponent. Starts are on opposite sides, facing anywhere. */
function startOf(episode: number): number[] {
  const [cx, cy, ch, rx, ry, rh] = drawStart(`${ID}/${VERSION}`, 'public', episode, [
    [-0.6, -0.3], [-0.5, 0.5], [-PI, PI], [0.1, 0.6], [-0.5, 0.5], [-PI, PI],
  ])
  const state = [cx! * ARENA, cy! * ARENA, ch!, rx! * ARENA, ry! * ARENA, rh!, 0, (episode >> 1) % members, episode & 1, 0]
  state[9] = distanceOf(state)
  return state
}

const sensed = new Float64Array(INPUTS)

/** Steer of the hall's member in the seat that the network does not have. */
function opponentSteer(state: Float64Array): number {
  const seat = (1 - state[8]!) as Role
  sense(state, seat, sensed)
  return hallOfFame[state[7]!]!.steer(sensed)
}

/** @returns whether the runner is caught */
function advance(state: Float64Array, steer: number, opponent: number): boolean {
  return state[8] === 0 ? move(state, steer, opponent) : move(state, opponent, steer)
}

interface Played {
  /** The network's share, 0 to 1; NaN when it put out NaN or infinity. */
  readonly share: number
  readonly steps: number
  /** Sum of |steer|. */
  readonly steering: number
  /** Sum of the distance from the middle, in radii of the arena. */
  readonly outward: number
}

function playGame(network: Network, episode: number): Played {
  const state = Float64Array.from(startOf(episode))
  const role = state[8] as Role
  const inputs = new Float64Array(INPUTS)
  let caught = false
  let steps = 0
  let steering = 0
  let outward = 0
  network.reset()
  while (steps < MAX_STEPS && !caught) {
    sense(state, role, inputs)
    const outputs = network.activate(inputs)
    steps++
    if (!areFinite(outputs)) return { share: NaN, steps, steering, outward }
    const steer = signedUnit(outputs[0]!)
    caught = advance(state, steer, opponentSteer(state))
    const x = state[3 * role]!
    const y = state[3 * role + 1]!
    steering += Math.abs(steer)
    outward += Math.sqrt(x * x + y * y) / ARENA
  }
  const chaser = chaserShare(state, caught)
  return { share: role === 0 ? chaser : 1 - chaser, steps, steering, outward }
}

function evaluate(network: Network): Evaluation {
  const shares = [0, 0]
  let steps = 0
  let steering = 0
  let outward = 0
  for (let episode = 0; episode < EPISODES; episode++) {
    const played = playGame(network, episode)
    shares[episode & 1]! += played.share / members
    steps += played.steps
    steering += played.steering
    outward += played.outward
  }
  const [chasing, running] = shares as [number, number]
  const score = (chasing + running) / 2
  if (score !== score) return { fitness: 0, score: 0, steps, behaviour: [0, 0, 0, 0] }
  const behaviour = [chasing, running, steering / steps, Math.min(1, outward / steps)]
  return { fitness: Math.floor(score * 1_000_000), score, steps, behaviour }
}

const steerOf = (action: unknown): number => (Array.isArray(action) ? Number(action[0]) : Number(action))

const environment: Environment = {
  variables: STATE_VARIABLES,
  stepSeconds: STEP_SECONDS,
  start: startOf,
  observe(state) {
    const inputs = new Float64Array(INPUTS)
    sense(state, state[8] as Role, inputs)
    return Array.from(inputs)
  },
  /** A steer of −1 (right) to 1 (left). */
  decide: (outputs) => signedUnit(outputs[0]!),
  step(state, action, opponent) {
    const next = Float64Array.from(state)
    const caught = advance(next, steerOf(action), opponent === undefined ? opponentSteer(next) : steerOf(opponent))
    const terminated = caught || next[6]! >= MAX_STEPS
    const chaser = terminated ? chaserShare(next, caught) : 0
    return { state: Array.from(next), reward: terminated && next[8] === 1 ? 1 - chaser : chaser, terminated }
  },
}

export const pursuit: Task = {
  id: ID,
  version: VERSION,
  inputs: INPUTS,
  outputs: 1,
  inputLabels: SENSES,
  outputLabels: ['steer'],
  goal: 'Chase whoever runs and escape whoever chases, better than every earlier champion.',
  behaviours: ['chasing', 'running', 'steering', 'outward'],
  openEnded: true,
  deterministic: true,
  updateRule: { kind: 'ordered' },
  maxActivations: EPISODES * MAX_STEPS,
  evaluate,
  solved: () => false,
  environment,
}
