import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Network } from '@megabrain/evolve'
import { cartPoleV1 } from './cart-pole-v1.ts'

const environment = cartPoleV1.environment!

const constant = (...outputs: number[]): Network =>
  ({ inputs: 4, outputs: 2, activate: () => Float64Array.from(outputs), reset: () => {} })

/** Pushes toward the side to which the pole leans and turns. */
const leaning: Network = {
  inputs: 4,
  outputs: 2,
  activate: (inputs) => Float64Array.of(0, 0.1 * inputs[0]! + 0.3 * inputs[1]! + 3 * inputs[2]! + inputs[3]!),
  reset: () => {},
}

describe('cart-pole-v1', () => {
  test('follows Gymnasium to 1e-9', () => {
    const rows = readFileSync(new URL('../oracles/gymnasium_cart_pole.csv', import.meta.url), 'utf8').trim().split('\n').slice(1)
      .map((line) => line.split(','))
    let state: readonly number[] = rows[0]!.slice(6).map(Number)
    for (const [, , action, reward, terminated, , ...expected] of rows.slice(1)) {
      const step = environment.step(state, Number(action))
      expected.forEach((value, i) => expect(Math.abs(step.state[i]! - Number(value))).toBeLessThanOrEqual(1e-9))
      expect(step.reward).toBe(Number(reward))
      expect(step.terminated).toBe(terminated === 'True')
      state = step.state
    }
  })

  test('starts every episode somewhere else within ±0.05, always in the same place', () => {
    const starts = Array.from({ length: 50 }, (_, i) => environment.start(i))
    for (const x of starts.flat()) expect(Math.abs(x)).toBeLessThanOrEqual(0.05)
    expect(new Set(starts.map(String)).size).toBe(50)
    expect(environment.start(7)).toEqual(starts[7])
  })

  test('falls soon when pushed one way, balances under a feedback law, and only the latter solves', () => {
    const falling = cartPoleV1.evaluate(constant(0, 1))
    expect(falling.score).toBeLessThan(12)
    expect(falling.fitness).toBe(falling.score * 2_000)
    const standing = cartPoleV1.evaluate(leaning)
    expect(standing).toEqual({ fitness: 1_000_000, score: 500, steps: 5_000 })
    expect(cartPoleV1.solved(leaning, standing)).toBe(true)
    expect(cartPoleV1.solved(constant(0, 1), falling)).toBe(false)
  })
})
