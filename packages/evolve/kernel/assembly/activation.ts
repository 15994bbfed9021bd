// What a neuron makes of its joined input, for one number. Codes and formulas are those of `src/network/activation.ts`.

import { cos, exp, sin, tanh } from './arithmetic'

export const STEEP: f64 = 4.924273
export const RATIONAL: f64 = 2.4621365

@inline
export function within(limit: f64, x: f64): f64 {
  return x > limit ? limit : x < -limit ? -limit : x
}

@inline
export function logistic(x: f64): f64 {
  return 1.0 / (1.0 + exp(-x))
}

@inline
export function softsign(x: f64): f64 {
  return x / (1.0 + abs(x)) + 0.0
}

@inline
export function rational(x: f64): f64 {
  const z = RATIONAL * x
  return 0.5 + (0.5 * z) / (1.0 + abs(z))
}

export function activate(code: i32, x: f64): f64 {
  switch (code) {
    case 1: return logistic(x)
    case 2: return logistic(STEEP * x)
    case 3: return logistic(within(60.0, 5.0 * x))
    case 4: return tanh(x)
    case 5: return softsign(x)
    case 6: return rational(x)
    case 7: return x < 0.0 ? 0.0 : x + 0.0
    case 8: return x < 0.0 ? 0.001 * x + 0.0 : x + 0.0
    case 9: return sin(x)
    case 10: return cos(x)
    case 11: return exp(-(x * x))
    case 12: return x > 0.0 ? 1.0 : x <= 0.0 ? 0.0 : x
    case 13: return abs(x)
    case 14: return x * x
    case 15: return within(1.0, x) + 0.0
    case 16: return tanh(within(60.0, 2.5 * x))
    case 17: return sin(within(60.0, 5.0 * x))
    case 18: { const z = within(3.4, x); return exp(-5.0 * (z * z)) }
    case 19: return exp(-((2.5 * x) * (2.5 * x)))
    default: return x + 0.0
  }
}
