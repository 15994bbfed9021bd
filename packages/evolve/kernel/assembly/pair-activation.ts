// What a neuron makes of its joined inputs, for a group of lanes in memory, pair by pair in place. Codes and formulas are
// those of `activation.ts`. Activations that share a costly function share its loop, so that the module stays small.

import { RATIONAL, STEEP } from './activation'
import { two, ONE } from './constants'
import { cosPair, expPair, sinPair, splat, tanhPair } from './pair-arithmetic'

@inline
function within(limit: f64, x: v128): v128 {
  const low = v128.bitselect(splat(-limit), x, f64x2.lt(x, splat(-limit)))
  return v128.bitselect(splat(limit), low, f64x2.gt(x, splat(limit)))
}

@inline
function scaled(factor: f64, x: v128): v128 {
  return f64x2.mul(splat(factor), x)
}

@inline
export function logisticPair(slope: f64, x: v128): v128 {
  return f64x2.div(two(ONE), f64x2.add(two(ONE), expPair(f64x2.neg(scaled(slope, x)))))
}

@inline
export function softsignPair(x: v128): v128 {
  return f64x2.add(f64x2.div(x, f64x2.add(two(ONE), f64x2.abs(x))), splat(0.0))
}

@inline
export function rationalPair(x: v128): v128 {
  const z = scaled(RATIONAL, x)
  return f64x2.add(splat(0.5), f64x2.div(scaled(0.5, z), f64x2.add(two(ONE), f64x2.abs(z))))
}

/** Activates the values from `at` to `end`; their number is even. */
export function activatePairs(code: i32, at: usize, end: usize): void {
  switch (code) {
    case 1: logistic(1.0, at, end); return
    case 2: logistic(STEEP, at, end); return
    case 3: confine(5.0, at, end); logistic(1.0, at, end); return
    case 4: hyperbolic(at, end); return
    case 5: softsign(at, end); return
    case 6: rational(at, end); return
    case 9: sine(at, end); return
    case 10: cosine(at, end); return
    case 16: confine(2.5, at, end); hyperbolic(at, end); return
    case 17: confine(5.0, at, end); sine(at, end); return
    case 11: case 18: case 19: bell(code, at, end); return
    default: simple(code, at, end)
  }
}

/** The scalar code multiplies by 1 nowhere; that changes no bit. */
function logistic(slope: f64, at: usize, end: usize): void {
  for (; at < end; at += 16) {
    v128.store(at, logisticPair(slope, v128.load(at)))
  }
}

function hyperbolic(at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, tanhPair(v128.load(at)))
}

function sine(at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, sinPair(v128.load(at)))
}

function cosine(at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, cosPair(v128.load(at)))
}

function softsign(at: usize, end: usize): void {
  for (; at < end; at += 16) {
    v128.store(at, softsignPair(v128.load(at)))
  }
}

function rational(at: usize, end: usize): void {
  for (; at < end; at += 16) {
    v128.store(at, rationalPair(v128.load(at)))
  }
}

/** within(60, slope × x) */
function confine(slope: f64, at: usize, end: usize): void {
  for (; at < end; at += 16) v128.store(at, within(60.0, scaled(slope, v128.load(at))))
}

function bell(code: i32, at: usize, end: usize): void {
  for (; at < end; at += 16) {
    let x = v128.load(at)
    if (code == 18) x = within(3.4, x)
    else if (code == 19) x = scaled(2.5, x)
    const square = f64x2.mul(x, x)
    v128.store(at, expPair(code == 18 ? scaled(-5.0, square) : f64x2.neg(square)))
  }
}

function simple(code: i32, at: usize, end: usize): void {
  const zero = splat(0.0)
  for (; at < end; at += 16) {
    let x = v128.load(at)
    switch (code) {
      case 7: x = v128.bitselect(zero, f64x2.add(x, zero), f64x2.lt(x, zero)); break
      case 8: x = f64x2.add(v128.bitselect(scaled(0.001, x), x, f64x2.lt(x, zero)), zero); break
      case 12: x = v128.bitselect(two(ONE), v128.bitselect(zero, x, f64x2.le(x, zero)), f64x2.gt(x, zero)); break
      case 13: x = f64x2.abs(x); break
      case 14: x = f64x2.mul(x, x); break
      case 15: x = f64x2.add(within(1.0, x), zero); break
      default: x = f64x2.add(x, zero)
    }
    v128.store(at, x)
  }
}
