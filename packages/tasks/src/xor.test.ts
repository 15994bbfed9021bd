import { describe, expect, test } from 'vitest'
import type { Network } from '@megabrain/evolve'
import { xor } from './xor.ts'

const answering = (answer: (a: number, b: number) => number): Network =>
  ({ inputs: 3, outputs: 1, activate: (inputs) => Float64Array.of(answer(inputs[1]!, inputs[2]!)), reset: () => {} })

describe('xor', () => {
  test('gives the perfect answer 16 points and everything', () => {
    const perfect = answering((a, b) => (a === b ? 0 : 1))
    expect(xor.evaluate(perfect)).toEqual({ fitness: 1_000_000, score: 16, steps: 4 })
    expect(xor.solved(perfect, xor.evaluate(perfect))).toBe(true)
  })

  test('gives indifference the quarter that the paper gives it, unsolved', () => {
    const half = answering(() => 0.5)
    expect(xor.evaluate(half)).toEqual({ fitness: 250_000, score: 4, steps: 4 })
    expect(xor.solved(half, xor.evaluate(half))).toBe(false)
  })

  test('does not reward answers far outside 0 to 1', () => {
    expect(xor.evaluate(answering(() => 1e6))).toEqual({ fitness: 0, score: 0, steps: 4 })
    expect(xor.evaluate(answering(() => NaN)).fitness).toBe(0)
  })
})
