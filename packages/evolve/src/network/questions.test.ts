import { expect, test } from 'vitest'
import { createGenotype, plainNeuron } from '../genotype/create.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { createRandom } from '../random.ts'
import { compile, haltingNetwork } from './compile.ts'
import { interpret } from './interpret.ts'
import { answersOf, createQuestions, type Questions } from './questions.ts'

function questionsFor({ inputs }: Genotype, count: number, seed: number): Questions {
  const random = createRandom(seed)
  return createQuestions(Array.from({ length: count }, () =>
    Array.from({ length: inputs }, () => (random.integer(60) === 0 ? 1e6 : 1) * random.normal())))
}

/** Multiplies its sum by itself, so that large inputs become infinite and small ones do not. */
const exploding = createGenotype({
  inputs: 1, outputs: 1, rule: { kind: 'ordered' },
  neurons: [{ ...plainNeuron(4_096), activation: 'square' }], links: [{ from: 0, to: 4_096, weight: 1e30 }],
})
const huge = 1e150

test.each([1, 2, 4, 33, 64, 65, 200])('%i questions get the bits of the reference, one after the other', (count) => {
  let different = 0
  let notFinite = 0
  for (let seed = 1; seed <= 150; seed++) {
    const genotype = sampleGenotype(seed)
    const questions = questionsFor(genotype, count, seed)
    const expected = answersOf(interpret(genotype), questions)
    const actual = answersOf(compile(genotype), questions)
    expected.forEach((x, i) => { different += Object.is(x, actual[i]) ? 0 : 1 })
    notFinite += expected.some((x) => x - x !== 0) ? 1 : 0
  }
  expect(different).toBe(0)
  if (count > 4) expect(notFinite).toBeGreaterThan(0)
})

test('a network is at rest afterwards, whatever it did before', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const genotype = sampleGenotype(seed)
    const questions = questionsFor(genotype, 5, seed)
    const network = compile(genotype)
    const given = questions.rows[0]!
    const first = network.activate(given).slice()
    answersOf(network, questions)
    expect(network.activate(given)).toEqual(first)
    expect(answersOf(network, questions)).toEqual(answersOf(compile(genotype), questions))
  }
})

test('a halting network ends at the first question it fails, having counted those before', () => {
  const rows = Array.from({ length: 150 }, (_, i) => [i === 70 || i === 71 || i === 149 ? huge : 1])
  const halting = haltingNetwork(exploding)
  let thrown: unknown
  try {
    answersOf(halting, createQuestions(rows))
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBe(halting)
  expect(halting.activations).toBe(71)
  const network = haltingNetwork(exploding)
  answersOf(network, createQuestions(rows.slice(0, 70)))
  expect(network.activations).toBe(70)
})

test('only the failed questions of another network are NaN', () => {
  const rows = Array.from({ length: 130 }, (_, i) => [i % 50 === 3 ? huge : 1])
  const answers = answersOf(compile(exploding), createQuestions(rows))
  answers.forEach((answer, i) => expect(Number.isNaN(answer)).toBe(i % 50 === 3))
})

test('rows of different lengths and networks with other inputs are refused', () => {
  expect(() => createQuestions([])).toThrow(RangeError)
  expect(() => createQuestions([[1, 2], [1]])).toThrow('got 2, 1')
  const questions = createQuestions([[1, 2]])
  expect(() => answersOf(compile(exploding), questions)).toThrow('The network has 1 inputs, got 2')
  expect(() => answersOf(interpret(exploding), questions)).toThrow(RangeError)
})
