import { describe, expect, test } from 'vitest'
import { actuatorId, compile, createGenotype, evaluate, FIRST_HIDDEN } from '@megabrain/evolve'
import type { Evaluation, Link, Network, Neuron } from '@megabrain/evolve'
import { isObject, retina } from './retina.ts'

const halfOf = (inputs: ArrayLike<number>, from: number): number =>
  [0, 1, 2, 3].reduce((half, pixel) => half | (inputs[from + pixel]! > 0 ? 1 << pixel : 0), 0)

const answering = (answer: (left: number, right: number) => readonly [number, number]): Network => ({
  inputs: 9,
  outputs: 2,
  activate: (inputs) => Float64Array.from(answer(halfOf(inputs, 1), halfOf(inputs, 5))),
  reset: () => {},
})

/** A network by hand that answers all 512 right: two hidden neurons a side. @param mixing weight of links that cross sides; 0 for none */
function networkOf(mixing: number): { readonly evaluation: Evaluation; readonly links: number } {
  const neurons: Neuron[] = []
  const links: Link[] = []
  for (const side of [0, 1]) {
    const [many, outer, answer] = [FIRST_HIDDEN + 2 * side, FIRST_HIDDEN + 2 * side + 1, actuatorId(side)]
    for (const id of [many, outer, answer]) neurons.push({ id, activation: 'steep-sigmoid', aggregation: 'sum', bias: 0, response: 1 })
    for (let pixel = 0; pixel < 4; pixel++) {
      const from = 1 + 4 * side + pixel
      links.push({ from, to: many, weight: 1 }, { from, to: outer, weight: pixel < 2 ? 1 : -2 })
      if (mixing !== 0) links.push({ from: 1 + 4 * (1 - side) + pixel, to: many, weight: mixing })
    }
    links.push({ from: 0, to: many, weight: -1 }, { from: 0, to: outer, weight: -3 }, { from: 0, to: answer, weight: -0.5 })
    links.push({ from: many, to: answer, weight: 1 }, { from: outer, to: answer, weight: 1 })
  }
  const genotype = createGenotype({ inputs: 9, outputs: 2, rule: retina.updateRule, neurons, links })
  const evaluation = evaluate(retina, genotype)
  expect(retina.solved(compile(genotype), evaluation)).toBe(true)
  return { evaluation, links: links.length }
}

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

  test('rewards networks made of modules: with the same neurons and fewer links, both all right, they score more', () => {
    const modular = networkOf(0)
    for (const mixing of [0.02, 0.05, 0.1, -0.1]) {
      const monolithic = networkOf(mixing)
      expect(monolithic.links).toBeGreaterThan(modular.links)
      expect(modular.evaluation.fitness).toBeGreaterThan(monolithic.evaluation.fitness)
    }
    expect(modular.evaluation.behaviour![1]).toBe(1)
  })

  test('gives nothing for modules that answer nothing', () => {
    expect(retina.evaluate(answering(() => [0.5, 0.5])).score).toBe(0.5625)
  })
})
