// The body of `walker` and its world: seven rods between seven points, four muscles, and hurdles that grow with distance.
// Positions are integrated (Verlet 1967) and the rods then put right (Jakobsen 2001, "Advanced character physics") in
// many small steps (Macklin et al. 2019), which stays stable whatever a network asks for.

export const POINTS = 7
/** Shoulder of each leg, the top of the trunk, then knee and foot of the hind and of the front leg. */
export const POINT_NAMES = ['hind hip', 'front hip', 'top', 'hind knee', 'hind foot', 'front knee', 'front foot'] as const
const [HIND_HIP, FRONT_HIP, TOP, HIND_KNEE, HIND_FOOT, FRONT_KNEE, FRONT_FOOT] = [0, 1, 2, 3, 4, 5, 6]
/** Where all begins, in metres: x and y of each point, standing with bent legs. */
const STANCE: readonly number[] = [-0.4, 0.78, 0.4, 0.78, 0, 1.2, -0.55, 0.4, -0.4, 0, 0.25, 0.4, 0.4, 0]

/** Pairs of points that keep their distance: the trunk's triangle, thighs, shins. */
export const RODS: readonly (readonly [number, number])[] = [
  [HIND_HIP, FRONT_HIP], [HIND_HIP, TOP], [FRONT_HIP, TOP],
  [HIND_HIP, HIND_KNEE], [HIND_KNEE, HIND_FOOT], [FRONT_HIP, FRONT_KNEE], [FRONT_KNEE, FRONT_FOOT],
]
/** Muscles: each leg is swung at the hip, between knee and top, and stretched at the knee, between hip and foot. */
export const MUSCLES: readonly (readonly [number, number])[] = [
  [TOP, HIND_KNEE], [HIND_HIP, HIND_FOOT], [TOP, FRONT_KNEE], [FRONT_HIP, FRONT_FOOT],
]

export const STEP_SECONDS = 1 / 30
const SUBSTEPS = 8
const TAU = STEP_SECONDS / SUBSTEPS
const FALL = 9.8 * TAU * TAU
/** Share of its speed that a point keeps from one substep to the next. */
const AIR = 0.999
/** Share of the slip that a foot on the ground loses at most, per metre that it was pressed in: Coulomb's law. */
const GRIP = 0.9
/** Share of a muscle's error that a substep puts right, and how far it contracts in a substep at most, in metres. */
const MUSCLE_STIFFNESS = 0.3
const MUSCLE_SPEED = 1.5 * TAU
/** Shortest and longest of each muscle, in metres. */
const REACH: readonly (readonly [number, number])[] = [[0.72, 1.05], [0.5, 0.78], [0.72, 1.05], [0.5, 0.78]]

const distanceOf = (points: ArrayLike<number>, a: number, b: number): number => {
  const dx = points[2 * b]! - points[2 * a]!
  const dy = points[2 * b + 1]! - points[2 * a + 1]!
  return Math.sqrt(dx * dx + dy * dy)
}

const rodLengths = Float64Array.from(RODS, ([a, b]) => distanceOf(STANCE, a, b))
// Flat, because the loops below run a million times a second.
const rodEnds = Int32Array.from(RODS.flat(), (point) => 2 * point)
const muscleEnds = Int32Array.from(MUSCLES.flat(), (point) => 2 * point)
const shortest = Float64Array.from(REACH, ([least]) => least)
const longest = Float64Array.from(REACH, ([, most]) => most)

/** Places in the state: x and y of each point, the same one substep earlier, the length each muscle aims at. */
export const BEFORE = 2 * POINTS
export const AIMS = 4 * POINTS
export const STATE_LENGTH = AIMS + MUSCLES.length
export const STATE_VARIABLES: readonly string[] = [
  ...POINT_NAMES.flatMap((name) => [`${name} x (m)`, `${name} y (m)`]),
  ...POINT_NAMES.flatMap((name) => [`${name} x before (m)`, `${name} y before (m)`]),
  ...['hind hip', 'hind knee', 'front hip', 'front knee'].map((name) => `${name} muscle (m)`),
]

export const STANDING: readonly number[] = [...STANCE, ...STANCE, ...MUSCLES.map(([a, b]) => distanceOf(STANCE, a, b))]

/** Two flat metres, then a hurdle in every metre, each 15 mm higher: somewhere there is one too high for every body. */
export function groundHeight(x: number): number {
  if (x < 2) return 0
  const metre = Math.floor(x)
  // A triangle over the middle 0.4 m of each metre.
  const side = Math.abs(x - metre - 0.5)
  return side >= 0.2 ? 0 : 0.015 * (metre - 1) * (1 - side / 0.2)
}

/** Whether a point touches the ground, give or take a millimetre. */
export function touches(state: ArrayLike<number>, point: number): boolean {
  return state[2 * point + 1]! <= groundHeight(state[2 * point]!) + 0.001
}

/** The trunk's middle. */
export function middleX(state: ArrayLike<number>): number {
  return (state[0]! + state[2]! + state[4]!) / 3
}

/** It has fallen when a hip or the top touches the ground, or the top is below both hips. */
export function hasFallen(state: ArrayLike<number>): boolean {
  if (touches(state, HIND_HIP) || touches(state, FRONT_HIP) || touches(state, TOP)) return true
  return state[2 * TOP + 1]! < state[2 * HIND_HIP + 1]! && state[2 * TOP + 1]! < state[2 * FRONT_HIP + 1]!
}

/** One control step, in place. @param effort one number of 0 to 1 per muscle: how long it shall be */
export function advance(state: Float64Array, effort: ArrayLike<number>): void {
  for (let substep = 0; substep < SUBSTEPS; substep++) {
    for (let i = 0; i < MUSCLES.length; i++) {
      const change = shortest[i]! + (longest[i]! - shortest[i]!) * effort[i]! - state[AIMS + i]!
      state[AIMS + i]! += change > MUSCLE_SPEED ? MUSCLE_SPEED : change < -MUSCLE_SPEED ? -MUSCLE_SPEED : change
    }
    for (let i = 0; i < BEFORE; i += 2) {
      const x = state[i]!
      const y = state[i + 1]!
      state[i] = x + (x - state[BEFORE + i]!) * AIR
      state[i + 1] = y + (y - state[BEFORE + i + 1]!) * AIR - FALL
      state[BEFORE + i] = x
      state[BEFORE + i + 1] = y
    }
    for (let i = 0; i < MUSCLES.length; i++) pull(state, muscleEnds[2 * i]!, muscleEnds[2 * i + 1]!, state[AIMS + i]!, MUSCLE_STIFFNESS)
    for (let i = 0; i < RODS.length; i++) pull(state, rodEnds[2 * i]!, rodEnds[2 * i + 1]!, rodLengths[i]!, 1)
    for (let at = 0; at < BEFORE; at += 2) rest(state, at)
  }
}

/** Moves two points of equal mass, given by their places in the state, towards the wanted distance. */
function pull(state: Float64Array, a: number, b: number, length: number, stiffness: number): void {
  const dx = state[b]! - state[a]!
  const dy = state[b + 1]! - state[a + 1]!
  const distance = Math.sqrt(dx * dx + dy * dy)
  if (distance < 1e-9) return
  const share = (0.5 * stiffness * (distance - length)) / distance
  state[a]! += dx * share
  state[a + 1]! += dy * share
  state[b]! -= dx * share
  state[b + 1]! -= dy * share
}

/** Lifts a point out of the ground and takes from its slip what friction can. */
function rest(state: Float64Array, at: number): void {
  const x = state[at]!
  const y = state[at + 1]!
  // No hurdle is as high as a fiftieth of its distance.
  if (y > 0 && y > 0.02 * x) return
  const depth = groundHeight(x) - y
  if (depth <= 0) return
  state[at + 1] = y + depth
  const slip = x - state[BEFORE + at]!
  const most = GRIP * depth
  state[at] = x - (slip > most ? most : slip < -most ? -most : slip)
}
