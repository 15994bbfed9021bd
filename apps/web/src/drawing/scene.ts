// Worlds without a cart as lines and dots in the world's own units, y upwards: geometry only, so that it is tested without
// a browser. Lengths and places are those of the tasks.

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

const scenes: Readonly<Record<string, (state: readonly number[]) => Scene>> = {
  'mountain-car-v0': (state) => valley(state, 0.5),
  'mountain-car-continuous-v0': (state) => valley(state, 0.45),
  'pendulum-v1': pendulum,
  'acrobot-v1': acrobot,
  't-maze': maze,
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
