// Two poles of different length on one cart: the equations, the start and the failure rule that both double-pole tasks
// share. They are Wieland's equations as Stanley's NEAT 1.2.1 integrates them, in its order of operations, because a
// long run of this unstable system shows every rounding.
// Wieland 1991, "Evolving neural network controllers for unstable systems"; Stanley & Miikkulainen 2002, Evol. Comp. 10(2).

import { cos, sin } from '@megabrain/evolve'
import type { Network } from '@megabrain/evolve'

const GRAVITY = -9.8
const CART_MASS = 1
const LONG_MASS = 0.1
/** Half the pole's length, in metres, as everywhere in these equations. */
const LONG_LENGTH = 0.5
const SHORT_MASS = 0.01
const SHORT_LENGTH = 0.05
const HINGE_FRICTION = 0.000002
const MAX_FORCE = 10
const TAU = 0.01
const INTEGRATIONS_PER_STEP = 2
const TRACK_HALF = 2.4
/** 36 degrees, with the digits of the original. */
const FAILURE_ANGLE = 0.628329

export const STEP_SECONDS = 0.02
export const STATE_VARIABLES = ['x (m)', 'ẋ (m/s)', 'θ₁ (rad)', 'θ̇₁ (rad/s)', 'θ₂ (rad)', 'θ̇₂ (rad/s)'] as const
export const START: readonly number[] = [0, 0, 0.07, 0, 0, 0]

/** How an episode went. */
export interface Balance {
  /** Steps after which cart and poles were still inside the bounds. */
  readonly balanced: number
  /** Whether the episode ended by leaving the bounds. */
  readonly fell: boolean
  /** False when the network put out NaN or infinity, which ends an episode at once. */
  readonly finite: boolean
}

/** What the network reads in each step, written into `inputs`. */
export type Observe = (state: Float64Array | readonly number[], inputs: Float64Array) => void

/** Force on the cart, in newtons, for a control output of 0 to 1. */
function forceOf(output: number): number {
  return (Math.min(1, Math.max(0, output)) - 0.5) * MAX_FORCE * 2
}

function poleForce(c: number, s: number, speed: number, mass: number, length: number): number {
  const ml = length * mass
  return ml * speed * speed * s + 0.75 * mass * c * ((HINGE_FRICTION * speed) / ml + GRAVITY * s)
}

function cartAcceleration(force: number, c1: number, s1: number, w1: number, c2: number, s2: number, w2: number): number {
  const f1 = poleForce(c1, s1, w1, LONG_MASS, LONG_LENGTH)
  const f2 = poleForce(c2, s2, w2, SHORT_MASS, SHORT_LENGTH)
  const m1 = LONG_MASS * (1 - 0.75 * c1 * c1)
  const m2 = SHORT_MASS * (1 - 0.75 * c2 * c2)
  return (force + f1 + f2) / (m1 + m2 + CART_MASS)
}

function poleAcceleration(cart: number, c: number, s: number, speed: number, mass: number, length: number): number {
  return (-0.75 * (cart * c + GRAVITY * s + (HINGE_FRICTION * speed) / (length * mass))) / length
}

/** One control step of 0.02 s under a control output of 0 to 1: two Runge-Kutta integrations with the force held. */
export function advance(state: Float64Array, output: number): void {
  const force = forceOf(output)
  const half = TAU * 0.5
  const sixth = TAU / 6
  // Locals throughout: the same code over arrays was measured 36 times slower.
  let x = state[0]!, v = state[1]!, p = state[2]!, w = state[3]!, q = state[4]!, u = state[5]!
  for (let i = 0; i < INTEGRATIONS_PER_STEP; i++) {
    let c1 = cos(p), s1 = sin(p), c2 = cos(q), s2 = sin(q)
    const av = cartAcceleration(force, c1, s1, w, c2, s2, u)
    const aw = poleAcceleration(av, c1, s1, w, LONG_MASS, LONG_LENGTH)
    const au = poleAcceleration(av, c2, s2, u, SHORT_MASS, SHORT_LENGTH)

    const bx = v + half * av, bp = w + half * aw, bq = u + half * au
    const p2 = p + half * w, q2 = q + half * u
    c1 = cos(p2)
    s1 = sin(p2)
    c2 = cos(q2)
    s2 = sin(q2)
    const bv = cartAcceleration(force, c1, s1, bp, c2, s2, bq)
    const bw = poleAcceleration(bv, c1, s1, bp, LONG_MASS, LONG_LENGTH)
    const bu = poleAcceleration(bv, c2, s2, bq, SHORT_MASS, SHORT_LENGTH)

    const dx = v + half * bv, dp = w + half * bw, dq = u + half * bu
    const p3 = p + half * bp, q3 = q + half * bq
    c1 = cos(p3)
    s1 = sin(p3)
    c2 = cos(q3)
    s2 = sin(q3)
    const dv = cartAcceleration(force, c1, s1, dp, c2, s2, dq)
    const dw = poleAcceleration(dv, c1, s1, dp, LONG_MASS, LONG_LENGTH)
    const du = poleAcceleration(dv, c2, s2, dq, SHORT_MASS, SHORT_LENGTH)

    const ex = v + TAU * dv, ep = w + TAU * dw, eq = u + TAU * du
    const p4 = p + TAU * dp, q4 = q + TAU * dq
    c1 = cos(p4)
    s1 = sin(p4)
    c2 = cos(q4)
    s2 = sin(q4)
    const ev = cartAcceleration(force, c1, s1, ep, c2, s2, eq)
    const ew = poleAcceleration(ev, c1, s1, ep, LONG_MASS, LONG_LENGTH)
    const eu = poleAcceleration(ev, c2, s2, eq, SHORT_MASS, SHORT_LENGTH)

    x += sixth * (v + ex + 2 * (dx + bx))
    p += sixth * (w + ep + 2 * (dp + bp))
    q += sixth * (u + eq + 2 * (dq + bq))
    v += sixth * (av + ev + 2 * (dv + bv))
    w += sixth * (aw + ew + 2 * (dw + bw))
    u += sixth * (au + eu + 2 * (du + bu))
  }
  state[0] = x
  state[1] = v
  state[2] = p
  state[3] = w
  state[4] = q
  state[5] = u
}

/** Whether the cart left the track or a pole fell past 36 degrees. */
export function isOutside(state: Float64Array | readonly number[]): boolean {
  return Math.abs(state[0]!) > TRACK_HALF || Math.abs(state[2]!) > FAILURE_ANGLE || Math.abs(state[4]!) > FAILURE_ANGLE
}

/**
 * Runs one episode from `start`, resetting the network first.
 * @param inputs how many values `observe` writes
 * @param jiggle receives |x| + |ẋ| + |θ₁| + |θ̇₁| after each step; at least `maxSteps` long
 */
export function balance(
  network: Network,
  episode: { start: readonly number[]; maxSteps: number; observe: Observe; inputs: number; jiggle?: Float64Array },
): Balance {
  const { start, maxSteps, observe, jiggle } = episode
  const state = Float64Array.from(start)
  const inputs = new Float64Array(episode.inputs)
  network.reset()
  for (let step = 0; step < maxSteps; step++) {
    observe(state, inputs)
    const output = network.activate(inputs)[0]!
    // NaN and both infinities are the only values that differ from themselves by something other than 0.
    if (output - output !== 0) return { balanced: step, fell: false, finite: false }
    advance(state, output)
    if (jiggle !== undefined) {
      jiggle[step] = Math.abs(state[0]!) + Math.abs(state[1]!) + Math.abs(state[2]!) + Math.abs(state[3]!)
    }
    if (isOutside(state)) return { balanced: step, fell: true, finite: true }
  }
  return { balanced: maxSteps, fell: false, finite: true }
}
