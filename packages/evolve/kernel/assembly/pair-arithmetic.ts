// exp, tanh, sin and cos for a pair of numbers. Every f64x2 operation rounds each lane as its scalar twin does, and the
// operations are those of `arithmetic.ts` in the same order; where the scalar code branches, lanes are selected.

import { cos, exp, sin, TANH_TINY } from './arithmetic'
import {
  two, COS_10, COS_12, COS_14, COS_16, COS_4, COS_6, COS_8, EXP_10, EXP_11, EXP_12, EXP_13, EXP_3, EXP_4, EXP_5, EXP_6, EXP_7, EXP_8, EXP_9,
  EXP_LIMIT, HALF, HALF_PI_1, HALF_PI_2, HALF_PI_3, INTEGER_BITS, LN2_HIGH, LN2_LOW, ONE, PER_HALF_PI, PER_LN2, SIN_11, SIN_13, SIN_15,
  SIN_17, SIN_3, SIN_5, SIN_7, SIN_9, TRIGONOMETRIC_LIMIT, TWO,
} from './constants'

@inline
export function splat(x: f64): v128 {
  return f64x2.splat(x)
}

@inline
function power(k: v128): v128 {
  return i64x2.shl(i64x2.add(f64x2.add(k, two(INTEGER_BITS)), i64x2.splat(1023)), 52)
}

/** a + r × b */
@inline
function plus(a: v128, r: v128, b: v128): v128 {
  return f64x2.add(a, f64x2.mul(r, b))
}

@inline
function exponentialTail(r: v128): v128 {
  const r2 = f64x2.mul(r, r)
  const r4 = f64x2.mul(r2, r2)
  const a = plus(plus(two(HALF), r, two(EXP_3)), r2, plus(two(EXP_4), r, two(EXP_5)))
  const b = plus(plus(two(EXP_6), r, two(EXP_7)), r2, plus(two(EXP_8), r, two(EXP_9)))
  const c = plus(plus(two(EXP_10), r, two(EXP_11)), r2, plus(two(EXP_12), r, two(EXP_13)))
  return plus(r, r2, plus(a, r4, plus(b, r4, c)))
}

@inline
export function expPair(x: v128): v128 {
  if (!i64x2.all_true(f64x2.le(f64x2.abs(x), two(EXP_LIMIT)))) return expBeyond(x)
  const k = f64x2.floor(plus(two(HALF), x, two(PER_LN2)))
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, two(LN2_HIGH))), f64x2.mul(k, two(LN2_LOW)))
  return f64x2.mul(f64x2.add(two(ONE), exponentialTail(r)), power(k))
}

function expBeyond(x: v128): v128 {
  return f64x2.replace_lane(splat(exp(f64x2.extract_lane(x, 0))), 1, exp(f64x2.extract_lane(x, 1)))
}

@inline
export function tanhPair(x: v128): v128 {
  const a = f64x2.abs(x)
  const twice = f64x2.mul(two(TWO), a)
  const k = f64x2.floor(plus(two(HALF), twice, two(PER_LN2)))
  const scale = power(k)
  const r = f64x2.sub(f64x2.sub(twice, f64x2.mul(k, two(LN2_HIGH))), f64x2.mul(k, two(LN2_LOW)))
  const e = f64x2.add(f64x2.sub(scale, two(ONE)), f64x2.mul(scale, exponentialTail(r)))
  // Beyond 22 `scale` is no power of two any more, and what follows is not used. NaN stays NaN.
  const y = v128.bitselect(two(ONE), f64x2.div(e, f64x2.add(e, two(TWO))), f64x2.gt(a, splat(22.0)))
  const signed = v128.or(y, v128.and(x, splat(-0.0)))
  return v128.bitselect(f64x2.add(x, splat(0.0)), signed, f64x2.lt(a, splat(TANH_TINY)))
}

@inline
export function isTrigonometric(x: v128): bool {
  return i64x2.all_true(f64x2.le(f64x2.abs(x), two(TRIGONOMETRIC_LIMIT)))
}

/** Quarter turns in x, as integral f64. */
@inline
export function quartersOf(x: v128): v128 {
  return f64x2.floor(plus(two(HALF), x, two(PER_HALF_PI)))
}

/** What is left of x without its quarter turns. */
@inline
export function restOf(x: v128, k: v128): v128 {
  return f64x2.sub(f64x2.sub(f64x2.sub(x, f64x2.mul(k, two(HALF_PI_1))), f64x2.mul(k, two(HALF_PI_2))), f64x2.mul(k, two(HALF_PI_3)))
}

@inline
export function sineOf(r: v128, z: v128): v128 {
  const p = plus(two(SIN_3), z, plus(two(SIN_5), z, plus(two(SIN_7), z, plus(two(SIN_9), z,
    plus(two(SIN_11), z, plus(two(SIN_13), z, plus(two(SIN_15), z, two(SIN_17))))))))
  return plus(r, f64x2.mul(r, z), p)
}

@inline
export function cosineOf(z: v128): v128 {
  const p = plus(two(COS_4), z, plus(two(COS_6), z, plus(two(COS_8), z, plus(two(COS_10), z,
    plus(two(COS_12), z, plus(two(COS_14), z, two(COS_16)))))))
  return f64x2.sub(two(ONE), f64x2.sub(f64x2.mul(two(HALF), z), f64x2.mul(f64x2.mul(z, z), p)))
}

/** The sine where the integer `k` is even, else the cosine, its sign turned where k / 2 is odd. */
@inline
export function quadrantOf(k: v128, sine: v128, cosine: v128): v128 {
  const odd = i64x2.sub(i64x2.splat(0), v128.and(k, i64x2.splat(1)))
  const sign = i64x2.shl(v128.and(k, i64x2.splat(2)), 62)
  return f64x2.add(v128.xor(v128.bitselect(cosine, sine, odd), sign), splat(0.0))
}

/** The integers in `k`, in bits 0 to 50. */
@inline
export function integersOf(k: v128): v128 {
  return f64x2.add(k, two(INTEGER_BITS))
}

@inline
export function sinPair(x: v128): v128 {
  if (!isTrigonometric(x)) return sinBeyond(x)
  const k = quartersOf(x)
  const r = restOf(x, k)
  const z = f64x2.mul(r, r)
  return quadrantOf(integersOf(k), sineOf(r, z), cosineOf(z))
}

@inline
export function cosPair(x: v128): v128 {
  if (!isTrigonometric(x)) return cosBeyond(x)
  const k = quartersOf(x)
  const r = restOf(x, k)
  const z = f64x2.mul(r, r)
  return quadrantOf(integersOf(f64x2.add(k, two(ONE))), sineOf(r, z), cosineOf(z))
}

export function sinBeyond(x: v128): v128 {
  return f64x2.replace_lane(splat(sin(f64x2.extract_lane(x, 0))), 1, sin(f64x2.extract_lane(x, 1)))
}

export function cosBeyond(x: v128): v128 {
  return f64x2.replace_lane(splat(cos(f64x2.extract_lane(x, 0))), 1, cos(f64x2.extract_lane(x, 1)))
}
