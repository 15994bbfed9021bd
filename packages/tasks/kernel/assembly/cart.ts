// Two poles on a cart, one control step: the arithmetic of `advance` in `src/double-pole-physics.ts`, operation for
// operation. `advanceOne` has the two poles of one cart as a pair, `accelerateTwo` two carts.

import {
  cosBeyond, cosineOf, integersOf, isTrigonometric, quadrantOf, quartersOf, restOf, sinBeyond, sineOf, splat,
} from '../../../evolve/kernel/assembly/pair-arithmetic'

const GRAVITY: f64 = -9.8
const CART_MASS: f64 = 1.0
const LONG_MASS: f64 = 0.1
const LONG_LENGTH: f64 = 0.5
const SHORT_MASS: f64 = 0.01
const SHORT_LENGTH: f64 = 0.05
const HINGE_FRICTION: f64 = 0.000002
const MAX_FORCE: f64 = 10.0
export const TAU: f64 = 0.01
export const HALF: f64 = TAU * 0.5
export const SIXTH: f64 = TAU / 6.0
const TRACK_HALF: f64 = 2.4
const FAILURE_ANGLE: f64 = 0.628329
/** Below π/4: angles nearer to upright need no reduction, and poles that stand are. */
const FIRST_QUARTER: f64 = 0.78

/** Force in newtons for a control output of 0 to 1. */
@inline
export function forceOf(output: f64): f64 {
  return (min<f64>(1.0, max<f64>(0.0, output)) - 0.5) * MAX_FORCE * 2.0
}

@inline
export function isOutside(x: f64, p: f64, q: f64): bool {
  return abs(x) > TRACK_HALF || abs(p) > FAILURE_ANGLE || abs(q) > FAILURE_ANGLE
}

@inline
export function add(a: v128, b: v128): v128 { return f64x2.add(a, b) }

@inline
export function mul(a: v128, b: v128): v128 { return f64x2.mul(a, b) }

@inline
function both(long: f64, short: f64): v128 {
  return f64x2.replace_lane(splat(long), 1, short)
}

// What a pair of angles gives, kept outside the functions because they can return one value only.
let sine: v128 = i64x2.splat(0)
let cosine: v128 = i64x2.splat(0)

@inline
function turn(x: v128): void {
  if (i64x2.all_true(f64x2.lt(f64x2.abs(x), splat(FIRST_QUARTER)))) {
    const square = mul(x, x)
    sine = add(sineOf(x, square), splat(0.0))
    cosine = cosineOf(square)
    return
  }
  if (!isTrigonometric(x)) {
    sine = sinBeyond(x)
    cosine = cosBeyond(x)
    return
  }
  const k = quartersOf(x)
  const r = restOf(x, k)
  const z = mul(r, r)
  const s = sineOf(r, z)
  const c = cosineOf(z)
  const n = integersOf(k)
  sine = quadrantOf(n, s, c)
  cosine = quadrantOf(i64x2.add(n, i64x2.splat(1)), s, c)
}

/** Friction of the hinges over length × mass, which both equations use. */
@inline
function frictionOf(speed: v128, ml: v128): v128 {
  return f64x2.div(mul(splat(HINGE_FRICTION), speed), ml)
}

@inline
function poleForce(c: v128, s: v128, speed: v128, friction: v128, ml: v128, mass: v128): v128 {
  return add(mul(mul(mul(ml, speed), speed), s), mul(mul(mass, c), add(friction, mul(splat(GRAVITY), s))))
}

/** mass × (1 − 0.75 × c × c) */
@inline
function poleMass(c: v128, mass: v128): v128 {
  return mul(mass, f64x2.sub(splat(1.0), mul(mul(splat(0.75), c), c)))
}

@inline
function poleAcceleration(cart: v128, c: v128, s: v128, friction: v128, length: v128): v128 {
  return f64x2.div(mul(splat(-0.75), add(add(mul(cart, c), mul(splat(GRAVITY), s)), friction)), length)
}

let cartAcceleration: f64 = 0.0
let poleAccelerations: v128 = i64x2.splat(0)

@inline
function accelerate(force: f64, angles: v128, speeds: v128): void {
  const ml = both(LONG_LENGTH * LONG_MASS, SHORT_LENGTH * SHORT_MASS)
  turn(angles)
  const s = sine, c = cosine
  const friction = frictionOf(speeds, ml)
  const forces = poleForce(c, s, speeds, friction, ml, both(0.75 * LONG_MASS, 0.75 * SHORT_MASS))
  const masses = poleMass(c, both(LONG_MASS, SHORT_MASS))
  const cart = (force + f64x2.extract_lane(forces, 0) + f64x2.extract_lane(forces, 1)) /
    (f64x2.extract_lane(masses, 0) + f64x2.extract_lane(masses, 1) + CART_MASS)
  cartAcceleration = cart
  poleAccelerations = poleAcceleration(splat(cart), c, s, friction, both(LONG_LENGTH, SHORT_LENGTH))
}

/** `state` is x, ẋ, θ₁, θ̇₁, θ₂, θ̇₂, 8 bytes each. */
export function advanceOne(state: usize, force: f64): void {
  let x = load<f64>(state), v = load<f64>(state, 8)
  let p = both(load<f64>(state, 16), load<f64>(state, 32))
  let w = both(load<f64>(state, 24), load<f64>(state, 40))
  for (let i = 0; i < 2; i++) {
    accelerate(force, p, w)
    const av = cartAcceleration, aw = poleAccelerations
    const bx = v + HALF * av, bp = add(w, mul(splat(HALF), aw))
    accelerate(force, add(p, mul(splat(HALF), w)), bp)
    const bv = cartAcceleration, bw = poleAccelerations
    const dx = v + HALF * bv, dp = add(w, mul(splat(HALF), bw))
    accelerate(force, add(p, mul(splat(HALF), bp)), dp)
    const dv = cartAcceleration, dw = poleAccelerations
    const ex = v + TAU * dv, ep = add(w, mul(splat(TAU), dw))
    accelerate(force, add(p, mul(splat(TAU), dp)), ep)
    const ev = cartAcceleration, ew = poleAccelerations
    x += SIXTH * (v + ex + 2.0 * (dx + bx))
    p = add(p, mul(splat(SIXTH), add(add(w, ep), mul(splat(2.0), add(dp, bp)))))
    v += SIXTH * (av + ev + 2.0 * (dv + bv))
    w = add(w, mul(splat(SIXTH), add(add(aw, ew), mul(splat(2.0), add(dw, bw)))))
  }
  store<f64>(state, x)
  store<f64>(state, v, 8)
  store<f64>(state, f64x2.extract_lane(p, 0), 16)
  store<f64>(state, f64x2.extract_lane(w, 0), 24)
  store<f64>(state, f64x2.extract_lane(p, 1), 32)
  store<f64>(state, f64x2.extract_lane(w, 1), 40)
}

@inline
function sub(a: v128, b: v128): v128 { return f64x2.sub(a, b) }

/** As `forceOf`, for two carts. */
@inline
export function forcesOf(outputs: v128): v128 {
  const within = f64x2.min(splat(1.0), f64x2.max(splat(0.0), outputs))
  return mul(mul(sub(within, splat(0.5)), splat(MAX_FORCE)), splat(2.0))
}

/** Whether one of the two carts at `state` left the bounds; rows are `stride` bytes apart. */
@inline
export function isOneOutside(state: usize, stride: usize): bool {
  const x = f64x2.abs(v128.load(state))
  const p = f64x2.abs(v128.load(state + 2 * stride))
  const q = f64x2.abs(v128.load(state + 4 * stride))
  const fallen = v128.or(f64x2.gt(p, splat(FAILURE_ANGLE)), f64x2.gt(q, splat(FAILURE_ANGLE)))
  return v128.any_true(v128.or(f64x2.gt(x, splat(TRACK_HALF)), fallen))
}

export let cartAccelerations: v128 = i64x2.splat(0)
export let longAccelerations: v128 = i64x2.splat(0)
export let shortAccelerations: v128 = i64x2.splat(0)

/** Leaves the accelerations of two carts in the variables above. */
@inline
export function accelerateTwo(force: v128, p: v128, w: v128, q: v128, u: v128): void {
  turn(p)
  const s1 = sine, c1 = cosine
  turn(q)
  const s2 = sine, c2 = cosine
  const ml1 = splat(LONG_LENGTH * LONG_MASS), ml2 = splat(SHORT_LENGTH * SHORT_MASS)
  const friction1 = frictionOf(w, ml1), friction2 = frictionOf(u, ml2)
  const force1 = poleForce(c1, s1, w, friction1, ml1, splat(0.75 * LONG_MASS))
  const force2 = poleForce(c2, s2, u, friction2, ml2, splat(0.75 * SHORT_MASS))
  const mass1 = poleMass(c1, splat(LONG_MASS)), mass2 = poleMass(c2, splat(SHORT_MASS))
  const cart = f64x2.div(add(add(force, force1), force2), add(add(mass1, mass2), splat(CART_MASS)))
  cartAccelerations = cart
  longAccelerations = poleAcceleration(cart, c1, s1, friction1, splat(LONG_LENGTH))
  shortAccelerations = poleAcceleration(cart, c2, s2, friction2, splat(SHORT_LENGTH))
}
