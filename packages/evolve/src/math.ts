// exp, log, tanh, sin and cos from + − × ÷ only, because every engine's own `Math` gives other bits. Exported to task
// authors: nothing else may touch a fitness. Golden bit patterns are in `vectors/math.json`.

/** 2^k for k from −1,074 to 1,023, by repeated exact doubling. */
const powersOfTwo = (() => {
  const table = new Float64Array(1_074 + 1_024)
  table[1_074] = 1
  for (let k = 1; k <= 1_023; k++) table[1_074 + k] = table[1_074 + k - 1]! * 2
  for (let k = -1; k >= -1_074; k--) table[1_074 + k] = table[1_074 + k + 1]! / 2
  return table
})()

const PER_LN2 = 1.4426950408889634
/** ln 2 in two parts: the first has 33 bits, so k × LN2_HIGH is exact for |k| < 2^20. */
const LN2_HIGH = 0.6931471804855391
const LN2_LOW = 7.440617110012397e-11

/** e^r − 1 for |r| ≤ 0.35: Taylor to r^13, the remainder is below 2^-60. Pairs (Estrin) shorten the chain of waits. */
function exponentialTail(r: number): number {
  const r2 = r * r
  const r4 = r2 * r2
  const a = 1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120))
  const b = 1 / 720 + r * (1 / 5_040) + r2 * (1 / 40_320 + r * (1 / 362_880))
  const c = 1 / 3_628_800 + r * (1 / 39_916_800) + r2 * (1 / 479_001_600 + r * (1 / 6_227_020_800))
  return r + r2 * (a + r4 * (b + r4 * c))
}

/** Relative error ≤ 1e-15. Infinity above 709.782712893384, 0 below −745.1332191019412, NaN for NaN. */
export function exp(x: number): number {
  if (x !== x) return NaN
  if (x > 709.782712893384) return Infinity
  if (x < -745.1332191019412) return 0
  const k = Math.floor(x * PER_LN2 + 0.5)
  const p = 1 + exponentialTail(x - k * LN2_HIGH - k * LN2_LOW)
  if (k > 1_023) return p * powersOfTwo[1_074 + 1_023]! * 2
  if (k < -1_022) return p * powersOfTwo[1_074 + k + 64]! * powersOfTwo[1_074 - 64]!
  return p * powersOfTwo[1_074 + k]!
}

/** Relative error ≤ 1e-15. ±1 beyond ±22, where f64 has nothing between. NaN for NaN, 0 for −0. */
export function tanh(x: number): number {
  const a = Math.abs(x)
  if (!(a <= 22)) return x !== x ? NaN : x > 0 ? 1 : -1
  if (a < 3.7252902984619140625e-9) return x + 0
  const k = Math.floor(2 * a * PER_LN2 + 0.5)
  const scale = powersOfTwo[1_074 + k]!
  // e^(2a) − 1 without cancellation near 0.
  const e = scale - 1 + scale * exponentialTail(2 * a - k * LN2_HIGH - k * LN2_LOW)
  const y = e / (e + 2)
  return x < 0 ? -y : y
}

/** A double and its bits as two words; which of them has the exponent, the machine says. */
const parts = /* @__PURE__ */ Float64Array.of(1)
const halves = /* @__PURE__ */ new Uint32Array(parts.buffer)
const HIGH_HALF = halves[0] === 0 ? 1 : 0
const EXPONENT_BIAS = 1_023
const SMALLEST_NORMAL = powersOfTwo[1_074 - 1_022]!
const TWO_TO_64 = powersOfTwo[1_074 + 64]!

/** Natural logarithm, relative error ≤ 1e-15 away from 1. −Infinity at 0, NaN below 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return x
  // x = m × 2^k throughout, exact because only powers of two are taken out; at the end m is in [1, 2).
  const isNormal = x >= SMALLEST_NORMAL
  const scaled = isNormal ? x : x * TWO_TO_64
  parts[0] = scaled
  const exponent = (halves[HIGH_HALF]! >>> 20) - EXPONENT_BIAS
  let m = scaled * powersOfTwo[1_074 - exponent]!
  let k = isNormal ? exponent : exponent - 64
  if (m > 1.4142135623730951) { m /= 2; k += 1 }
  const s = (m - 1) / (m + 1)
  const s2 = s * s
  let series = 1 / 23 * s2
  series = (series + 1 / 21) * s2
  series = (series + 1 / 19) * s2
  series = (series + 1 / 17) * s2
  series = (series + 1 / 15) * s2
  series = (series + 1 / 13) * s2
  series = (series + 1 / 11) * s2
  series = (series + 1 / 9) * s2
  series = (series + 1 / 7) * s2
  series = (series + 1 / 5) * s2
  series = (series + 1 / 3) * s2
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * series + 2 * s) + 0
}

const PER_HALF_PI = 0.6366197723675814
/** π/2 in three parts (Cody and Waite 1980); the first two have 33 bits, so k times each is exact for |k| < 2^20. */
const HALF_PI_1 = 1.5707963267341256
const HALF_PI_2 = 6.077100506303966e-11
const HALF_PI_3 = 2.0222662487959506e-21
/** Beyond this many radians an argument is no longer reduced. */
const TRIGONOMETRIC_LIMIT = 1_000_000

/** Absolute error ≤ 2.3e-16 for |x| ≤ 100,000. Beyond ±1,000,000: 0. NaN for NaN and ±Infinity. */
export function sin(x: number): number {
  if (x - x !== 0) return NaN
  if (Math.abs(x) > TRIGONOMETRIC_LIMIT) return 0
  const k = Math.floor(x * PER_HALF_PI + 0.5)
  return quadrant(k, x - k * HALF_PI_1 - k * HALF_PI_2 - k * HALF_PI_3)
}

/** Absolute error ≤ 2.3e-16 for |x| ≤ 100,000. Beyond ±1,000,000: 1. NaN for NaN and ±Infinity. */
export function cos(x: number): number {
  if (x - x !== 0) return NaN
  if (Math.abs(x) > TRIGONOMETRIC_LIMIT) return 1
  const k = Math.floor(x * PER_HALF_PI + 0.5)
  return quadrant(k + 1, x - k * HALF_PI_1 - k * HALF_PI_2 - k * HALF_PI_3)
}

/** sin(r + k·π/2) for |r| ≤ 0.79. */
function quadrant(k: number, r: number): number {
  const z = r * r
  const y = (k & 1) === 0 ? sineOf(r, z) : cosineOf(z)
  return ((k & 2) === 0 ? y : -y) + 0
}

/** Taylor to r^17. */
function sineOf(r: number, z: number): number {
  const p = -1 / 6 + z * (1 / 120 + z * (-1 / 5_040 + z * (1 / 362_880 + z * (-1 / 39_916_800 +
    z * (1 / 6_227_020_800 + z * (-1 / 1_307_674_368_000 + z * (1 / 355_687_428_096_000)))))))
  return r + r * z * p
}

/** Taylor to r^16. */
function cosineOf(z: number): number {
  const p = 1 / 24 + z * (-1 / 720 + z * (1 / 40_320 + z * (-1 / 3_628_800 + z * (1 / 479_001_600 +
    z * (-1 / 87_178_291_200 + z * (1 / 20_922_789_888_000))))))
  return 1 - (0.5 * z - z * z * p)
}
