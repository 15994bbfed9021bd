// exp, tanh, sin and cos for one number: the formulas of `src/math.ts`, operation for operation, so that their bits are
// the same. 2^k is made from its exponent bits instead of a table.

export const PER_LN2: f64 = 1.4426950408889634
export const LN2_HIGH: f64 = 0.6931471804855391
export const LN2_LOW: f64 = 7.440617110012397e-11
export const PER_HALF_PI: f64 = 0.6366197723675814
export const HALF_PI_1: f64 = 1.5707963267341256
export const HALF_PI_2: f64 = 6.077100506303966e-11
export const HALF_PI_3: f64 = 2.0222662487959506e-21
export const TRIGONOMETRIC_LIMIT: f64 = 1000000.0
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
  const a = 1.0 / 2.0 + r * (1.0 / 6.0) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0))
  const b = 1.0 / 720.0 + r * (1.0 / 5040.0) + r2 * (1.0 / 40320.0 + r * (1.0 / 362880.0))
  const c = 1.0 / 3628800.0 + r * (1.0 / 39916800.0) + r2 * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0))
  return r + r2 * (a + r4 * (b + r4 * c))
}

export function exp(x: f64): f64 {
  // Where 2^k is a normal number the short road is the whole formula; NaN takes the long one.
  if (abs(x) <= 708.0) {
    const k = floor(x * PER_LN2 + 0.5)
    return (1.0 + exponentialTail(x - k * LN2_HIGH - k * LN2_LOW)) * power(k)
  }
  return expBeyond(x)
}

function expBeyond(x: f64): f64 {
  if (x != x) return NaN
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019412) return 0.0
  const k = floor(x * PER_LN2 + 0.5)
  const p = 1.0 + exponentialTail(x - k * LN2_HIGH - k * LN2_LOW)
  if (k > 1023.0) return p * power(1023.0) * 2.0
  if (k < -1022.0) return p * power(k + 64.0) * power(-64.0)
  return p * power(k)
}

export function tanh(x: f64): f64 {
  const a = abs(x)
  if (!(a <= 22.0)) return x != x ? NaN : x > 0.0 ? 1.0 : -1.0
  if (a < TANH_TINY) return x + 0.0
  const k = floor(2.0 * a * PER_LN2 + 0.5)
  const scale = power(k)
  const e = scale - 1.0 + scale * exponentialTail(2.0 * a - k * LN2_HIGH - k * LN2_LOW)
  const y = e / (e + 2.0)
  return x < 0.0 ? -y : y
}

export function sin(x: f64): f64 {
  if (!(abs(x) <= TRIGONOMETRIC_LIMIT)) return x - x != 0.0 ? NaN : 0.0
  const k = floor(x * PER_HALF_PI + 0.5)
  return quadrant(<i32>k, x - k * HALF_PI_1 - k * HALF_PI_2 - k * HALF_PI_3)
}

export function cos(x: f64): f64 {
  if (!(abs(x) <= TRIGONOMETRIC_LIMIT)) return x - x != 0.0 ? NaN : 1.0
  const k = floor(x * PER_HALF_PI + 0.5)
  return quadrant(<i32>k + 1, x - k * HALF_PI_1 - k * HALF_PI_2 - k * HALF_PI_3)
}

function quadrant(k: i32, r: f64): f64 {
  const z = r * r
  const y = (k & 1) == 0 ? sineOf(r, z) : cosineOf(z)
  return ((k & 2) == 0 ? y : -y) + 0.0
}

@inline
function sineOf(r: f64, z: f64): f64 {
  const p = -1.0 / 6.0 + z * (1.0 / 120.0 + z * (-1.0 / 5040.0 + z * (1.0 / 362880.0 + z * (-1.0 / 39916800.0 +
    z * (1.0 / 6227020800.0 + z * (-1.0 / 1307674368000.0 + z * (1.0 / 355687428096000.0)))))))
  return r + r * z * p
}

@inline
function cosineOf(z: f64): f64 {
  const p = 1.0 / 24.0 + z * (-1.0 / 720.0 + z * (1.0 / 40320.0 + z * (-1.0 / 3628800.0 + z * (1.0 / 479001600.0 +
    z * (-1.0 / 87178291200.0 + z * (1.0 / 20922789888000.0))))))
  return 1.0 - (0.5 * z - z * z * p)
}
