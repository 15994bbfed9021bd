// Worlds without a cart as lines and dots in the world's own units, y upwards: geometry only, so that it is tested without
// a browser. Lengths and places are those of the tasks.

import type { Network } from '@megabrain/evolve'
import { PURSUIT_ARENA, WALKER_RODS, walkerGroundHeight } from '@megabrain/tasks'

/** What a shape is, for its colour: the world around, what the network moves, what it should reach, what moves by itself. */
export type Role = 'world' | 'own' | 'joint' | 'goal' | 'other'

export type Shape =
  | { readonly kind: 'line'; readonly role: Role; readonly points: readonly (readonly [x: number, y: number])[] }
  | { readonly kind: 'dot'; readonly role: Role; readonly at: readonly [x: number, y: number]; readonly radius: number }

export interface Scene {
  /** What it shows, for those who do not see it. */
  readonly label: string
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
  /** Back to front. */
  readonly shapes: readonly Shape[]
}

/** Undefined for a task that no scene was drawn for. */
export function sceneOf(task: string, state: readonly number[]): Scene | undefined {
  return Object.hasOwn(scenes, task) ? scenes[task]!(state) : undefined
}

/** The champion's curve over the one it should draw; undefined for a task that draws none. */
export function curveOf(task: string, network: Network): Scene | undefined {
  if (task !== 'function-regression') return undefined
  const xs = Array.from({ length: 81 }, (_, i) => i / 80)
  const drawn = xs.map((x): [number, number] => {
    network.reset()
    return [2 * x, Math.min(1.2, Math.max(-0.2, network.activate([1, x])[0] ?? 0))]
  })
  return {
    label: 'The curve that the champion draws, over the one wanted',
    left: -0.05, right: 2.05, bottom: -0.1, top: 1.1,
    shapes: [
      { kind: 'line', role: 'world', points: [[0, 0], [2, 0]] },
      { kind: 'line', role: 'own', points: drawn },
      { kind: 'line', role: 'goal', points: xs.map((x): [number, number] => [2 * x, 0.5 + 0.4 * Math.sin(2 * Math.PI * x)]) },
    ],
  }
}

const scenes: Readonly<Record<string, (state: readonly number[]) => Scene>> = {
  'mountain-car-v0': (state) => valley(state, 0.5),
  'mountain-car-continuous-v0': (state) => valley(state, 0.45),
  'pendulum-v1': pendulum,
  'acrobot-v1': acrobot,
  't-maze': maze,
  'prey-capture': prey,
  pursuit,
  walker,
}

/** The valley of both mountain cars: height sin(3x) · 0.45 + 0.55. */
function valley([position = 0]: readonly number[], goal: number): Scene {
  const height = (x: number): number => 0.45 * Math.sin(3 * x) + 0.55
  const hill = Array.from({ length: 61 }, (_, i): [number, number] => [-1.2 + 0.03 * i, height(-1.2 + 0.03 * i)])
  return {
    label: 'The champion drives a weak car out of a valley',
    left: -1.25, right: 0.65, bottom: 0, top: 1.3,
    shapes: [
      { kind: 'line', role: 'world', points: hill },
      { kind: 'line', role: 'goal', points: [[goal, height(goal)], [goal, height(goal) + 0.2]] },
      { kind: 'dot', role: 'own', at: [position, height(position) + 0.045], radius: 0.045 },
    ],
  }
}

function pendulum([angle = 0]: readonly number[]): Scene {
  const tip: [number, number] = [-Math.sin(angle), Math.cos(angle)]
  return {
    label: 'The champion swings a rod up and holds it',
    left: -2, right: 2, bottom: -1.2, top: 1.2,
    shapes: [
      { kind: 'line', role: 'own', points: [[0, 0], tip] },
      { kind: 'dot', role: 'joint', at: [0, 0], radius: 0.05 },
    ],
  }
}

function acrobot([shoulder = 0, elbow = 0]: readonly number[]): Scene {
  const middle: [number, number] = [Math.sin(shoulder), -Math.cos(shoulder)]
  const tip: [number, number] = [middle[0] + Math.sin(shoulder + elbow), middle[1] - Math.cos(shoulder + elbow)]
  return {
    label: 'The champion swings two links above a bar',
    left: -3.5, right: 3.5, bottom: -2.2, top: 2.2,
    shapes: [
      { kind: 'line', role: 'goal', points: [[-2.2, 1], [2.2, 1]] },
      { kind: 'line', role: 'own', points: [[0, 0], middle, tip] },
      { kind: 'dot', role: 'joint', at: [0, 0], radius: 0.08 },
      { kind: 'dot', role: 'joint', at: middle, radius: 0.08 },
    ],
  }
}

/** A corridor of `length` cells, and both ends of the T; `side` is where the cheese is, `reached` where the trial ended. */
function maze([gone = 0, length = 1, side = 1, reached = 0]: readonly number[]): Scene {
  const scale = 8 / length
  const junction = length * scale
  const own: [number, number] = [gone * scale, reached * -1.2]
  return {
    label: 'The champion remembers a signal and turns at the end of a corridor',
    left: -0.6, right: 8.8, bottom: -2, top: 2,
    shapes: [
      { kind: 'line', role: 'world', points: [[0, 0.35], [junction - 0.35, 0.35], [junction - 0.35, 1.6]] },
      { kind: 'line', role: 'world', points: [[0, -0.35], [junction - 0.35, -0.35], [junction - 0.35, -1.6]] },
      { kind: 'line', role: 'world', points: [[junction + 0.35, 1.6], [junction + 0.35, -1.6]] },
      { kind: 'dot', role: 'goal', at: [junction, side * -1.2], radius: 0.18 },
      { kind: 'dot', role: 'own', at: own, radius: 0.2 },
    ],
  }
}

/** Two players in a round arena; each looks where its line points. The one that the network steers is `own`. */
function pursuit(state: readonly number[]): Scene {
  const own = state[8] === 1 ? 1 : 0
  const player = (who: number): Shape[] => {
    const [x = 0, y = 0, heading = 0] = state.slice(3 * who, 3 * who + 3)
    const role = who === own ? 'own' : 'other'
    const nose: readonly [number, number] = [x + 0.9 * Math.cos(heading), y + 0.9 * Math.sin(heading)]
    return [
      { kind: 'line', role, points: [[x, y], nose] },
      { kind: 'dot', role, at: [x, y], radius: who === 0 ? 0.42 : 0.3 },
    ]
  }
  const wall = Array.from({ length: 73 }, (_, i): [number, number] => {
    const angle = (i / 36) * Math.PI
    return [PURSUIT_ARENA * Math.cos(angle), PURSUIT_ARENA * Math.sin(angle)]
  })
  return {
    label: own === 0 ? 'The champion chases an earlier champion' : 'The champion runs from an earlier champion',
    left: -14, right: 14, bottom: -8.3, top: 8.3,
    shapes: [{ kind: 'line', role: 'world', points: wall }, ...player(1 - own), ...player(own)],
  }
}

/** The body and the ground around it; the view moves along. */
function walker(state: readonly number[]): Scene {
  const point = (i: number): [number, number] => [state[2 * i] ?? 0, state[2 * i + 1] ?? 0]
  const middle = (point(0)[0] + point(1)[0]) / 2
  const left = Math.floor((middle - 2.4) * 10) / 10
  const ground = Array.from({ length: 51 }, (_, i): [number, number] => [left + i / 10, walkerGroundHeight(left + i / 10)])
  return {
    label: 'The champion walks over hurdles that grow',
    left: middle - 2.2, right: middle + 2.2, bottom: -0.25, top: 2,
    shapes: [
      { kind: 'line', role: 'world', points: ground },
      ...WALKER_RODS.map(([a, b]): Shape => ({ kind: 'line', role: 'own', points: [point(a), point(b)] })),
      ...[3, 5].map((knee): Shape => ({ kind: 'dot', role: 'joint', at: point(knee), radius: 0.035 })),
    ],
  }
}

/** A walled board of 24 cells a side; the circle is as far as the agent sees. */
function prey([x = 0, y = 0, preyX = 0, preyY = 0]: readonly number[]): Scene {
  const sight = Array.from({ length: 37 }, (_, i): [number, number] => {
    const angle = (i / 18) * Math.PI
    return [x + 4.5 * Math.cos(angle), y + 4.5 * Math.sin(angle)]
  })
  return {
    label: 'The champion catches prey that it sees only nearby',
    left: -9, right: 32, bottom: -1, top: 24,
    shapes: [
      { kind: 'line', role: 'world', points: [[-0.5, -0.5], [23.5, -0.5], [23.5, 23.5], [-0.5, 23.5], [-0.5, -0.5]] },
      { kind: 'line', role: 'world', points: sight },
      { kind: 'dot', role: 'other', at: [preyX, preyY], radius: 0.5 },
      { kind: 'dot', role: 'own', at: [x, y], radius: 0.5 },
    ],
  }
}
