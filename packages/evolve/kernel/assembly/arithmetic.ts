// exp, tanh, sin and cos for one number: the formulas of `src/math.ts`, operation for operation, so that their bits are
// the same. 2^k is made from its exponent bits instead of a table.

import {
  one, COS_10, COS_12, COS_14, COS_16, COS_4, COS_6, COS_8, EXP_10, EXP_11, EXP_12, EXP_13, EXP_3, EXP_4, EXP_5, EXP_6, EXP_7, EXP_8, EXP_9,
  HALF, HALF_PI_1, HALF_PI_2, HALF_PI_3, LN2_HIGH, LN2_LOW, ONE, PER_HALF_PI, PER_LN2, SIN_11, SIN_13, SIN_15, SIN_17, SIN_3, SIN_5,
  SIN_7, SIN_9, TRIGONOMETRIC_LIMIT, TWO,
} from './constants'

/** Below this magnitude tanh(x) is x. */
export const TANH_TINY: f64 = 3.7252902984619140625e-9

/** 2^k for an integral k from −1,022 to 1,023. */
@inline
export function power(k: f64): f64 {
  return reinterpret<f64>((<i64>(<i32>k) + 1023) << 52)
}

/** e^r − 1 for |r| ≤ 0.35. */
@inline
export function exponentialTail(r: f64): f64 {
  const r2 = r * r
  const r4 = r2 * r2
  const a = one(HALF) + r * one(EXP_3) + r2 * (one(EXP_4) + r * one(EXP_5))
  const b = one(EXP_6) + r * one(EXP_7) + r2 * (one(EXP_8) + r * one(EXP_9))
  const c = one(EXP_10) + r * one(EXP_11) + r2 * (one(EXP_12) + r * one(EXP_13))
  return r + r2 * (a + r4 * (b + r4 * c))
}

@inline
export function exp(x: f64): f64 {
  // Where 2^k is a normal number the short road is the whole formula; NaN takes the long one.
  if (abs(x) <= 708.0) {
    const k = floor(x * one(PER_LN2) + one(HALF))
    return (one(ONE) + exponentialTail(x - k * one(LN2_HIGH) - k * one(LN2_LOW))) * power(k)
  }
  return expBeyond(x)
}

/** The whole of exp(x), for what the short road leaves. */
function expBeyond(x: f64): f64 {
  if (x != x) return NaN
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019412) return 0.0
  const k = floor(x * one(PER_LN2) + one(HALF))
  const p = 1.0 + exponentialTail(x - k * one(LN2_HIGH) - k * one(LN2_LOW))
  if (k > 1023.0) return p * power(1023.0) * 2.0
  if (k < -1022.0) return p * power(k + 64.0) * power(-64.0)
  return p * power(k)
}

export function tanh(x: f64): f64 {
  const a = abs(x)
  if (!(a <= 22.0)) return x != x ? NaN : x > 0.0 ? 1.0 : -1.0
  if (a < TANH_TINY) return x + 0.0
  const k = floor(one(TWO) * a * one(PER_LN2) + one(HALF))
  const scale = power(k)
  const e = scale - 1.0 + scale * exponentialTail(one(TWO) * a - k * one(LN2_HIGH) - k * one(LN2_LOW))
  const y = e / (e + 2.0)
  return x < 0.0 ? -y : y
}

export function sin(x: f64): f64 {
  if (!(abs(x) <= one(TRIGONOMETRIC_LIMIT))) return x - x != 0.0 ? NaN : 0.0
  const k = floor(x * one(PER_HALF_PI) + one(HALF))
  return quadrant(<i32>k, x - k * one(HALF_PI_1) - k * one(HALF_PI_2) - k * one(HALF_PI_3))
}

export function cos(x: f64): f64 {
  if (!(abs(x) <= one(TRIGONOMETRIC_LIMIT))) return x - x != 0.0 ? NaN : 1.0
  const k = floor(x * one(PER_HALF_PI) + one(HALF))
  return quadrant(<i32>k + 1, x - k * one(HALF_PI_1) - k * one(HALF_PI_2) - k * one(HALF_PI_3))
}

function quadrant(k: i32, r: f64): f64 {
  const z = r * r
  const y = (k & 1) == 0 ? sineOf(r, z) : cosineOf(z)
  return ((k & 2) == 0 ? y : -y) + 0.0
}

@inline
function sineOf(r: f64, z: f64): f64 {
  const p = one(SIN_3) + z * (one(SIN_5) + z * (one(SIN_7) + z * (one(SIN_9) + z * (one(SIN_11) +
    z * (one(SIN_13) + z * (one(SIN_15) + z * one(SIN_17)))))))
  return r + r * z * p
}

@inline
function cosineOf(z: f64): f64 {
  const p = one(COS_4) + z * (one(COS_6) + z * (one(COS_8) + z * (one(COS_10) + z * (one(COS_12) +
    z * (one(COS_14) + z * one(COS_16))))))
  return one(ONE) - (one(HALF) * z - z * z * p)
}
