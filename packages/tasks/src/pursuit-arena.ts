// The game of `pursuit`: a chaser that is faster and a runner that turns faster, both steering at constant speed in a
// round arena. The game of the homicidal chauffeur (Isaacs 1965, "Differential Games") with a wall around it, so that
// running away in a straight line ends.

import { cos, sin } from '@megabrain/evolve'
import { within } from './world.ts'

/** Radius of the arena, in metres. */
export const ARENA = 8
export const CAPTURE_DISTANCE = 0.5
export const STEP_SECONDS = 0.1
/** Twelve seconds. */
export const MAX_STEPS = 120
/** Metres per second and radians per second at full steer: turning circles of 1 m and 0.3 m. */
const SPEED = [2, 1.4] as const
const TURN = [2, 14 / 3] as const

/** Who: 0 is the chaser, 1 the runner. */
export type Role = 0 | 1

/** Values that a player senses. */
export const SENSES = [
  'bias', 'role', 'nearness', 'ahead', 'to the left', 'faces ahead', 'faces left', 'wall ahead', 'wall left', 'time',
] as const

/**
 * Names of the state's variables. The last four: steps so far, the opponent's place in the hall of fame, the network's
 * role, and the least distance so far.
 */
export const STATE_VARIABLES = [
  'chaser x (m)', 'chaser y (m)', 'chaser heading (rad)', 'runner x (m)', 'runner y (m)', 'runner heading (rad)',
  'time (steps)', 'opponent', 'role (0 chaser, 1 runner)', 'nearest (m)',
] as const

type State = Float64Array | readonly number[]

export function distanceOf(state: State): number {
  const dx = state[3]! - state[0]!
  const dy = state[4]! - state[1]!
  return Math.sqrt(dx * dx + dy * dy)
}

/**
 * What the player of `role` senses, in its own frame: nearness 1/(1 + distance), direction to the other, heading of the
 * other, and the place of the wall, each as a part ahead and a part to the left.
 */
export function sense(state: State, role: Role, into: Float64Array): void {
  const me = 3 * role
  const other = 3 - me
  const c = cos(state[me + 2]!)
  const s = sin(state[me + 2]!)
  const dx = state[other]! - state[me]!
  const dy = state[other + 1]! - state[me + 1]!
  const distance = Math.sqrt(dx * dx + dy * dy)
  const per = distance > 0 ? 1 / distance : 0
  const turned = state[other + 2]! - state[me + 2]!
  into[0] = 1
  into[1] = role === 0 ? 1 : -1
  into[2] = 1 / (1 + distance)
  into[3] = (dx * c + dy * s) * per
  into[4] = (dy * c - dx * s) * per
  into[5] = cos(turned)
  into[6] = sin(turned)
  into[7] = (state[me]! * c + state[me + 1]! * s) / ARENA
  into[8] = (state[me + 1]! * c - state[me]! * s) / ARENA
  into[9] = state[6]! / MAX_STEPS
}

/** One step of both, in place. Steers are −1 (right) to 1 (left), clamped. @returns whether the runner is caught */
export function move(state: Float64Array, chaser: number, runner: number): boolean {
  for (const role of [0, 1] as const) {
    const at = 3 * role
    const heading = state[at + 2]! + within(-1, 1, role === 0 ? chaser : runner) * TURN[role] * STEP_SECONDS
    let x = state[at]! + cos(heading) * SPEED[role] * STEP_SECONDS
    let y = state[at + 1]! + sin(heading) * SPEED[role] * STEP_SECONDS
    const radius = Math.sqrt(x * x + y * y)
    // Whoever runs into the wall slides along it.
    if (radius > ARENA) {
      x *= ARENA / radius
      y *= ARENA / radius
    }
    state[at] = x
    state[at + 1] = y
    state[at + 2] = heading
  }
  state[6] = state[6]! + 1
  const distance = distanceOf(state)
  state[9] = Math.min(state[9]!, distance)
  return distance < CAPTURE_DISTANCE
}

/**
 * What the chase is worth to the chaser, 0 to 1; the runner gets the rest. Caught: 1 down to 0.5, the sooner the more.
 * Not caught: below 0.5, the nearer it came the more.
 */
export function chaserShare(state: State, caught: boolean): number {
  return caught ? 1 - (0.5 * state[6]!) / MAX_STEPS : 0.5 / (1 + state[9]!)
}
