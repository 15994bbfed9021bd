import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Network } from '@megabrain/evolve'
import { doublePole } from './double-pole.ts'
import { advance, balance, isOutside, START } from './double-pole-physics.ts'

interface Row { readonly state: number[]; readonly output: number; readonly outside: boolean }

const oracle = new Map<string, Row[]>()
for (const line of readFileSync(new URL('../oracles/dpole_stanley_cpp.csv', import.meta.url), 'utf8').trim().split('\n').slice(1)) {
  const [name, , ...columns] = line.split(',')
  const numbers = columns.map(Number)
  oracle.set(name!, [...(oracle.get(name!) ?? []), { state: numbers.slice(0, 6), output: numbers[6]!, outside: numbers[7] === 1 }])
}

const constant = (value: number): Network => ({ inputs: 0, outputs: 1, activate: () => Float64Array.of(value), reset: () => {} })

describe('double pole physics', () => {
  test.each([...oracle.keys()])('follows the original program step by step: %s', (name) => {
    const rows = oracle.get(name)!
    const state = Float64Array.from(rows[0]!.state)
    for (let step = 1; step < Math.min(rows.length, 11); step++) {
      // A row's output is the one applied on the way out of its state.
      advance(state, rows[step - 1]!.output)
      rows[step]!.state.forEach((expected, i) => expect(Math.abs(state[i]! - expected)).toBeLessThanOrEqual(1e-12))
      expect(isOutside(state)).toBe(rows[step]!.outside)
    }
  })

  test('is symmetric: mirrored start and mirrored force give the mirrored state, to the bit', () => {
    const left = Float64Array.of(0.1, -0.2, 0.05, 0.1, -0.02, 0.3)
    const right = left.map((x) => -x)
    for (let step = 0; step < 20; step++) {
      advance(left, 0.75)
      advance(right, 0.25)
    }
    expect(Array.from(right)).toEqual(Array.from(left, (x) => -x))
  })

  test('a watched step is an evaluated step', () => {
    const environment = doublePole.environment!
    const state = Float64Array.from(START)
    advance(state, 0.6)
    expect(environment.step(environment.start(0), environment.decide([0.6])).state).toEqual(Array.from(state))
  })

  test('ends an episode at NaN or infinity', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const episode = balance(constant(value), { start: START, maxSteps: 10, observe: () => {}, inputs: 0 })
      expect(episode).toEqual({ balanced: 0, fell: false, finite: false })
    }
  })
})
