import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compile, createGenotype } from '@megabrain/evolve'
import { readNeatPython } from '@megabrain/evolve/foreign'
import { adaptNetwork } from './bias-input.ts'
import { cartPoleV1 } from './cart-pole-v1.ts'
import { xor } from './xor.ts'

describe('adaptNetwork', () => {
  test("lets neat-python's XOR winner, which has its biases inside, play with its own outputs and fitness", () => {
    const read = readNeatPython(readFileSync(new URL('../oracles/neat_python_xor_winner.json', import.meta.url), 'utf8'))
    if (!read.ok) throw new Error(read.reason)
    const network = adaptNetwork(xor, compile(read.value))!
    const answers = [[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]].map((inputs) => {
      network.reset()
      return network.activate(inputs)[0]!
    })
    const expected = [0.298293, 0.98272, 1, 0.067479]
    answers.forEach((answer, i) => expect(answer).toBeCloseTo(expected[i]!, 5))
    const errors = [answers[0]!, 1 - answers[1]!, 1 - answers[2]!, answers[3]!]
    expect(4 - errors.reduce((sum, e) => sum + e * e, 0)).toBeCloseTo(3.9061692974679936, 12)
    expect(xor.solved(network, xor.evaluate(network))).toBe(true)
  })

  test('passes a network of the right shape and refuses any other', () => {
    const network = (inputs: number, outputs: number) => compile(createGenotype({ inputs, outputs, rule: { kind: 'ordered' } }))
    const right = network(3, 1)
    expect(adaptNetwork(xor, right)).toBe(right)
    expect(adaptNetwork(xor, network(4, 1))).toBeUndefined()
    expect(adaptNetwork(xor, network(2, 2))).toBeUndefined()
    expect(adaptNetwork(cartPoleV1, network(3, 2))).toBeUndefined()
  })
})
