import { expect, test } from 'vitest'
import vectors from '../vectors/genotypes.json' with { type: 'json' }
import { evaluate } from './evaluate.ts'
import { fingerprintOf } from './fingerprint.ts'
import { decodeGenotype } from './genotype/codec.ts'
import { createGenotype, plainNeuron } from './genotype/create.ts'
import type { Task } from './task.ts'

/** Feeds 1, 2, 3, … and scores the last output. */
const counting: Task = {
  id: 'counting', version: 1, inputs: 1, outputs: 1, inputLabels: ['n'], outputLabels: ['y'], goal: 'Count.', deterministic: true,
  updateRule: { kind: 'ordered' }, maxActivations: 300,
  evaluate(network) {
    let score = 0
    for (let i = 1; i <= 300; i++) score = network.activate([i])[0]!
    return { fitness: Math.floor(Math.min(1_000_000, Math.max(0, score))), score, steps: 300 }
  },
  solved: () => false,
}

const genotype = (activation: 'identity' | 'square', loop: number) => createGenotype({
  inputs: 1, outputs: 1, rule: { kind: 'ordered' }, neurons: [{ ...plainNeuron(4_096), activation }],
  links: [{ from: 0, to: 4_096, weight: 1 }, { from: 4_096, to: 4_096, weight: loop }],
})

test('a task scores the compiled genotype', () => {
  expect(evaluate(counting, genotype('identity', 0))).toEqual({ fitness: 300, score: 300, steps: 300 })
})

test('a network that overflows gets the floor value at once', () => {
  const evaluation = evaluate(counting, genotype('square', 1))
  expect(evaluation).toMatchObject({ fitness: 0, score: 0 })
  expect(evaluation.steps).toBeLessThan(20)
})

test('a genotype for another interface is refused with the numbers', () => {
  const other = createGenotype({ inputs: 2, outputs: 1, rule: { kind: 'ordered' } })
  expect(() => evaluate(counting, other)).toThrow('counting has 1 inputs and 1 outputs, the genotype 2 and 1')
})

test('what a task throws is not swallowed', () => {
  const broken: Task = { ...counting, evaluate() { throw new TypeError('our bug') } }
  expect(() => evaluate(broken, genotype('identity', 0))).toThrow('our bug')
})

test('golden genotypes have their fingerprints', () => {
  for (const { hex, fingerprint } of vectors.cases) {
    const decoded = decodeGenotype(Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16)))
    if (!decoded.ok) throw new Error(decoded.reason)
    expect(fingerprintOf(decoded.value)).toBe(fingerprint)
  }
})
