import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Task } from '@megabrain/evolve'
import { acrobotV1 } from './acrobot-v1.ts'
import { cartPoleSutton } from './cart-pole-sutton.ts'
import { mountainCarContinuousV0 } from './mountain-car-continuous-v0.ts'
import { mountainCarV0 } from './mountain-car-v0.ts'
import { pendulumV1 } from './pendulum-v1.ts'

const rowsOf = (file: string): string[][] =>
  readFileSync(new URL(`../oracles/${file}`, import.meta.url), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','))

const gymnasium = rowsOf('gymnasium_classic.csv')

describe.each<[string, Task, number]>([
  ['MountainCar-v0', mountainCarV0, 1e-15],
  ['MountainCarContinuous-v0', mountainCarContinuousV0, 1e-15],
  ['Acrobot-v1', acrobotV1, 1e-12],
  ['Pendulum-v1', pendulumV1, 1e-12],
])('%s', (name, { environment }, tolerance) => {
  test('follows Gymnasium step by step, each from the state that it printed', () => {
    const [first, ...rows] = gymnasium.filter((row) => row[0] === name)
    expect(rows.length).toBeGreaterThan(40)
    let state = first!.slice(6).map(Number)
    for (const [, , action, reward, terminated, , ...expected] of rows) {
      const step = environment!.step(state, Number(action))
      state = expected.map(Number)
      state.forEach((value, i) => expect(Math.abs(step.state[i]! - value)).toBeLessThanOrEqual(tolerance))
      expect(Math.abs(step.reward - Number(reward))).toBeLessThanOrEqual(1e-12)
      expect(step.terminated).toBe(terminated === 'True')
    }
  })

  test('follows Gymnasium over the whole run to 1e-9', () => {
    const [first, ...rows] = gymnasium.filter((row) => row[0] === name)
    let state: readonly number[] = first!.slice(6).map(Number)
    for (const [, , action, , , , ...expected] of rows) {
      state = environment!.step(state, Number(action)).state
      expected.forEach((value, i) => expect(Math.abs(state[i]! - Number(value))).toBeLessThanOrEqual(1e-9))
    }
  })
})

describe('cart-pole-sutton', () => {
  const rows = rowsOf('cartpole_sutton_float32.csv')

  test.each(['alternate', 'sign(theta)'])('is the float32 program to the last bit: %s', (name) => {
    const run = rows.filter((row) => row[0] === name).map((row) => row.slice(2).map(Number))
    expect(run.length).toBeGreaterThan(50)
    let state: readonly number[] = run[0]!.slice(0, 4).map(Math.fround)
    for (let step = 1; step < run.length; step++) {
      // A row's action is the one applied on the way out of its state.
      state = cartPoleSutton.environment!.step(state, run[step - 1]![4]!).state
      expect(state).toEqual(run[step]!.slice(0, 4).map(Math.fround))
    }
  })
})
