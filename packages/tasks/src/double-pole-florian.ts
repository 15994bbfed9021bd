// The double pole with the physics as they should be: the coupled equations, with friction of the cart against the track
// by Coulomb's law, whose size depends on how hard the poles press it down. A documented variant, not the task: every
// published figure, ours too, is on the equations in `double-pole-physics.ts`.
// Florian 2007, "Correct equations for the dynamics of the cart-pole system", Center for Cognitive and Neural Studies, Cluj.

import { cos, sin } from '@megabrain/evolve'

/** What the equations depend on. Lengths are half the poles', in metres; masses in kilograms. */
export interface Cart {
  /** Positive, unlike in Stanley's equations. */
  readonly gravity: number
  readonly mass: number
  readonly poles: readonly { readonly mass: number; readonly length: number }[]
  /** Coefficient between cart and track, without unit. */
  readonly trackFriction: number
  /** Of each hinge, in N·m per rad/s. */
  readonly hingeFriction: number
}

/** Stanley's double pole, with the track friction that his program names and never uses. */
export const florianCart: Cart = {
  gravity: 9.8,
  mass: 1,
  poles: [{ mass: 0.1, length: 0.5 }, { mass: 0.01, length: 0.05 }],
  trackFriction: 0.0005,
  hingeFriction: 0.000002,
}

/** Times that the press of the poles on the cart is put into its own equation: it converges by a factor of about 10⁻³. */
const ROUNDS = 8

const signOf = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : 0)

/**
 * Accelerations of the cart (m/s²) and each pole (rad/s²) in state [x, ẋ, θ₁, θ̇₁, θ₂, θ̇₂, …] under a force in newtons.
 * The press N on the cart and the accelerations depend on each other: found by fixed-point rounds from a resting cart.
 */
export function accelerations(cart: Cart, state: ArrayLike<number>, force: number): Float64Array {
  const { gravity, mass, poles, trackFriction, hingeFriction } = cart
  const speed = state[1]!
  const result = new Float64Array(1 + poles.length)
  let press = gravity * poles.reduce((sum, pole) => sum + pole.mass, mass)
  for (let round = 0; round < ROUNDS; round++) {
    const grip = trackFriction * signOf(press * speed)
    let pushes = force - grip * press
    let inertia = mass
    for (let i = 0; i < poles.length; i++) {
      const { mass: m, length } = poles[i]!
      const s = sin(state[2 + 2 * i]!)
      const c = cos(state[2 + 2 * i]!)
      const w = state[3 + 2 * i]!
      const drag = (hingeFriction * w) / (m * length)
      pushes += m * length * w * w * s - 0.75 * m * c * (gravity * s - drag)
      inertia += m * (1 - 0.75 * c * c)
    }
    result[0] = pushes / inertia
    press = mass * gravity
    for (let i = 0; i < poles.length; i++) {
      const { mass: m, length } = poles[i]!
      const s = sin(state[2 + 2 * i]!)
      const c = cos(state[2 + 2 * i]!)
      const w = state[3 + 2 * i]!
      result[1 + i] = (0.75 * (gravity * s - result[0]! * c - (hingeFriction * w) / (m * length))) / length
      press += m * (gravity - length * (result[1 + i]! * s + w * w * c))
    }
  }
  return result
}

/** One Runge-Kutta step of `seconds` with the force held, in place. */
export function advanceFlorian(cart: Cart, state: Float64Array, force: number, seconds: number): void {
  const slope = (at: Float64Array): Float64Array => {
    const found = accelerations(cart, at, force)
    return Float64Array.from(at, (_, i) => (i % 2 === 0 ? at[i + 1]! : found[i >> 1]!))
  }
  const step = (by: number, along: Float64Array): Float64Array => Float64Array.from(state, (x, i) => x + by * along[i]!)
  const a = slope(state)
  const b = slope(step(seconds / 2, a))
  const c = slope(step(seconds / 2, b))
  const d = slope(step(seconds, c))
  for (let i = 0; i < state.length; i++) state[i]! += (seconds / 6) * (a[i]! + 2 * b[i]! + 2 * c[i]! + d[i]!)
}

/** Kinetic and potential energy in joules; poles are uniform rods. */
export function energyOf(cart: Cart, state: ArrayLike<number>): number {
  const speed = state[1]!
  let energy = 0.5 * cart.mass * speed * speed
  cart.poles.forEach(({ mass, length }, i) => {
    const c = cos(state[2 + 2 * i]!)
    const w = state[3 + 2 * i]!
    energy += mass * (0.5 * speed * speed + speed * length * w * c + (2 / 3) * length * length * w * w + cart.gravity * length * c)
  })
  return energy
}

/** Momentum along the track in kg·m/s. */
export function momentumOf(cart: Cart, state: ArrayLike<number>): number {
  const speed = state[1]!
  return cart.poles.reduce(
    (sum, { mass, length }, i) => sum + mass * (speed + length * state[3 + 2 * i]! * cos(state[2 + 2 * i]!)),
    cart.mass * speed,
  )
}
