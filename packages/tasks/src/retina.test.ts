import { describe, expect, test } from 'vitest'
import type { Network } from '@megabrain/evolve'
import { isObject, retina } from './retina.ts'

const halfOf = (inputs: ArrayLike<number>, from: number): number =>
  [0, 1, 2, 3].reduce((half, pixel) => half | (inputs[from + pixel]! > 0 ? 1 << pixel : 0), 0)

const answering = (answer: (left: number, right: number) => readonly [number, number]): Network => ({
  inputs: 9,
  outputs: 2,
  activate: (inputs) => Float64Array.from(answer(halfOf(inputs, 1), halfOf(inputs, 5))),
  reset: () => {},
})

const truth = (half: number): number => (isObject(half) ? 1 : 0)

describe('retina', () => {
  test('has eight objects of sixteen on each side, as in the literature', () => {
    expect(Array.from({ length: 16 }, (_, half) => half).filter(isObject)).toEqual([1, 2, 3, 7, 11, 13, 14, 15])
  })

  test('gives two modules everything', () => {
    const modular = answering((left, right) => [truth(left), truth(right)])
    expect(retina.evaluate(modular)).toEqual({ fitness: 1_000_000, score: 1, steps: 256, behaviour: [1, 1] })
    expect(retina.solved(modular, retina.evaluate(modular))).toBe(true)
  })

  test('rewards modules: of two networks with the same errors, the one whose halves do not mix scores more', () => {
    // One wrong pattern of sixteen on the left, or sixteen wrong pictures spread over the left patterns.
    const apart = retina.evaluate(answering((left, right) => [left === 0 ? 1 : truth(left), truth(right)]))
    const mixed = retina.evaluate(answering((left, right) => [left === right ? 1 - truth(left) : truth(left), truth(right)]))
    expect(mixed.behaviour![0]).toBe(apart.behaviour![0])
    expect(apart.behaviour![1]).toBe(1)
    expect(mixed.behaviour![1]).toBe(0.5)
    expect(apart.fitness).toBeGreaterThan(mixed.fitness + 50_000)
  })

  test('gives nothing for modules that answer nothing', () => {
    expect(retina.evaluate(answering(() => [0.5, 0.5])).score).toBe(0.5625)
  })
})
