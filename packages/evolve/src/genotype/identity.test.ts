import { expect, test } from 'vitest'
import vectors from '../../vectors/identity.json' with { type: 'json' }
import { addNeuron } from '../population/neuron-operators.ts'
import { perturbParameters } from '../population/perturb.ts'
import { applyEdits } from './edits.ts'
import { defaultSettings } from '../population/settings.ts'
import { createRandom } from '../random.ts'
import { createGenotype } from './create.ts'
import { FIRST_HIDDEN, type Genotype } from './genotype.ts'
import { freeSplitId, splitId } from './identity.ts'

test('a split has its golden id', () => {
  for (const { source, target, occurrence, id } of vectors.splits) expect(splitId(source, target, occurrence)).toBe(id)
})

test('the next occurrence is taken when an id is in use', () => {
  const first = freeSplitId(0, 4_096, new Set())
  const second = freeSplitId(0, 4_096, new Set([first]))
  expect(first).toBe(splitId(0, 4_096, 0))
  expect(second).toBe(splitId(0, 4_096, 1))
  expect(second).not.toBe(first)
})

test('ids are hidden ids below 2^48', () => {
  for (let i = 0; i < 500; i++) {
    const id = freeSplitId(i, 4_096, new Set())
    expect(id).toBeGreaterThanOrEqual(FIRST_HIDDEN)
    expect(id).toBeLessThan(2 ** 48)
  }
})

test('two strangers who split the same link get the same neuron and the same links', () => {
  const parent = createGenotype({ inputs: 2, outputs: 1, rule: { kind: 'ordered' }, links: [{ from: 1, to: 4_096, weight: 0.5 }] })
  const grow = (seed: number): Genotype => {
    const random = createRandom(seed)
    const tuned = applyEdits(parent, perturbParameters(parent, defaultSettings, random))
    return applyEdits(tuned, addNeuron(tuned, defaultSettings, random)!)
  }
  const alice = grow(1)
  const bob = grow(2)
  expect(alice.links.weights).not.toEqual(bob.links.weights)
  expect(alice.neurons.map(({ id }) => id)).toEqual(bob.neurons.map(({ id }) => id))
  expect(alice.links.sources).toEqual(bob.links.sources)
  expect(alice.links.targets).toEqual(bob.links.targets)
})

test('impossible ids and occurrences are refused with the value', () => {
  expect(() => splitId(-1, 4_096, 0)).toThrow('-1')
  expect(() => splitId(0, 2 ** 48, 0)).toThrow(String(2 ** 48))
  expect(() => splitId(0, 4_096, 65_536)).toThrow('got 65536')
})
