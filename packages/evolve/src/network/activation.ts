// What a neuron makes of its joined input. The position in this list is the code in the canonical form: append only.
// Built on own arithmetic, so that every engine computes the same bits.

import { cos, exp, sin, tanh } from '../math.ts'

export const activationNames = [
  'identity', 'sigmoid', 'steep-sigmoid', 'neat-python-sigmoid', 'tanh', 'softsign', 'rational-sigmoid', 'relu', 'leaky-relu',
  'sine', 'cosine', 'gaussian', 'step', 'absolute', 'square', 'clamp', 'neat-python-tanh', 'neat-python-sine',
  'neat-python-gaussian', 'sharpneat-gaussian',
] as const

export type ActivationName = (typeof activationNames)[number]

const codes: ReadonlyMap<string, number> = new Map(activationNames.map((name, code) => [name, code]))

export const isActivation = (name: unknown): name is ActivationName => typeof name === 'string' && codes.has(name)
export const activationCode = (name: ActivationName): number => codes.get(name)!

/** Slope of Stanley's sigmoid (NEAT 1.2.1, `fsigmoid`). */
const STEEP = 4.924273
/** Gives `rational-sigmoid` the slope of the steep sigmoid at 0: half of it. */
const RATIONAL = 2.4621365

/** Never returns −0. NaN in, NaN out. */
export function activate(code: number, x: number): number {
  switch (code) {
    case 0: return x + 0
    case 1: return 1 / (1 + exp(-x))
    case 2: return 1 / (1 + exp(-(STEEP * x)))
    case 3: return 1 / (1 + exp(-within(60, 5 * x)))
    case 4: return tanh(x)
    case 5: return x / (1 + Math.abs(x)) + 0
    case 6: return 0.5 + (0.5 * (RATIONAL * x)) / (1 + Math.abs(RATIONAL * x))
    case 7: return x < 0 ? 0 : x + 0
    case 8: return x < 0 ? 0.001 * x + 0 : x + 0
    case 9: return sin(x)
    case 10: return cos(x)
    case 11: return exp(-(x * x))
    case 12: return x > 0 ? 1 : x <= 0 ? 0 : x
    case 13: return Math.abs(x)
    case 14: return x * x
    case 15: return within(1, x) + 0
    case 16: return tanh(within(60, 2.5 * x))
    case 17: return sin(within(60, 5 * x))
    case 18: return neatPythonGaussian(within(3.4, x))
    case 19: return exp(-((2.5 * x) * (2.5 * x)))
    default: throw new RangeError(`Unknown activation code ${code}`)
  }
}

/**
 * Price of one neuron's activation in units of one link, for the static cost bound: generous integers, measured on the
 * reference interpreter and rounded up.
 */
export function activationCost(name: ActivationName): number {
  switch (name) {
    case 'identity': case 'relu': case 'leaky-relu': case 'step': case 'absolute': case 'square': case 'clamp': return 2
    case 'softsign': case 'rational-sigmoid': return 4
    default: return 12
  }
}

function within(limit: number, x: number): number {
  return x > limit ? limit : x < -limit ? -limit : x
}

function neatPythonGaussian(x: number): number {
  return exp(-5 * (x * x))
}
