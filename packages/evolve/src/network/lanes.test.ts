import { describe, expect, test } from 'vitest'
import { createGenotype, plainNeuron } from '../genotype/create.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { createRandom } from '../random.ts'
import { activationNames } from './activation.ts'
import { compileLanes, MAX_LANES, type Lanes } from './lanes.ts'
import { interpret } from './interpret.ts'
import type { Network } from './network.ts'

const COUNTS = [1, 2, 3, 4, 8, 16, 17, 31]

/** The same topology with all weights, biases and responses drawn anew. */
function reweighted(genotype: Genotype, seed: number): Genotype {
  const random = createRandom(seed)
  return {
    ...genotype,
    neurons: genotype.neurons.map((neuron) => ({ ...neuron, bias: random.normal(), response: random.normal() })),
    links: { ...genotype.links, weights: genotype.links.weights.map(() => 2 * random.normal()) },
  }
}

/** Steps lanes and single networks with the same random inputs, resetting some lanes on the way; counts different bits. */
function differences(lanes: Lanes, singles: readonly Network[], seed: number): number {
  const random = createRandom(seed)
  const { count, inputs, outputs } = lanes
  let different = 0
  for (let step = 0; step < 6; step++) {
    const given = Float64Array.from({ length: inputs * count }, () => (random.integer(40) === 0 ? 1e6 : 1) * random.normal())
    const actual = lanes.activate(given)
    singles.forEach((single, lane) => {
      const expected = single.activate(Array.from({ length: inputs }, (_, i) => given[i * count + lane]!))
      for (let i = 0; i < outputs; i++) if (!Object.is(actual[i * count + lane], expected[i])) different++
    })
    for (let resets = random.integer(3); resets > 0; resets--) {
      const lane = random.integer(count)
      lanes.reset(lane)
      singles[lane]!.reset()
    }
  }
  lanes.reset()
  singles.forEach((single) => single.reset())
  return different
}

describe.each(COUNTS)('%d lanes', (count) => {
  test('of one network compute what the network alone computes, to the bit', () => {
    let different = 0
    for (let seed = 1; seed <= 400; seed++) {
      const genotype = sampleGenotype(seed)
      const lanes = compileLanes(genotype, count)
      const singles = Array.from({ length: count }, () => interpret(genotype))
      different += differences(lanes, singles, seed) + differences(lanes, singles, seed + 1)
    }
    expect(different).toBe(0)
  })

  test('of networks with other weights compute what each alone computes, to the bit', () => {
    let different = 0
    for (let seed = 1; seed <= 200; seed++) {
      const genotypes = Array.from({ length: count }, (_, lane) => reweighted(sampleGenotype(seed), 1_000 * seed + lane))
      different += differences(compileLanes(genotypes), genotypes.map(interpret), seed)
    }
    expect(different).toBe(0)
  })
})

test.each(activationNames)('%s in pairs equals the reference at every kind of number', (activation) => {
  const genotype = createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'ordered' },
    neurons: [{ ...plainNeuron(4_096), activation }], links: [{ from: 0, to: 4_096, weight: 1 }],
  })
  const random = createRandom(11)
  const special = [0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 2.2250738585072014e-308, 1, -1, 22, 22.000000000000004, 1e308,
    709.782712893384, 709.7827128933841, 708, -708, 708.0000000000001, -708.4, -744, -745.1332191019412, -745.14, 1e6, 1000000.0000000001, 1e300, 3.7e-9, 3.8e-9, 2.5]
  const values = [...special, ...Array.from({ length: 4_068 }, (_, i) => random.normal() * [1e-9, 1e-3, 1, 10, 300, 800, 1e5, 1e9][i % 8]!)]
  const reference = interpret(genotype)
  const lanes = compileLanes(genotype, 16)
  for (let from = 0; from < values.length; from += 16) {
    lanes.reset()
    const actual = lanes.activate(values.slice(from, from + 16))
    actual.forEach((y, lane) => {
      reference.reset()
      const expected = reference.activate([values[from + lane]!])[0]
      if (!Object.is(y, expected)) expect.fail(`${activation}(${values[from + lane]}) is ${y}, not ${expected}`)
    })
  }
})

test('one failing lane silences itself alone, until its reset', () => {
  const genotype = createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'ordered' },
    neurons: [{ ...plainNeuron(4_096), activation: 'square' }], links: [{ from: 0, to: 4_096, weight: 1 }],
  })
  const lanes = compileLanes(genotype, 3)
  expect(Array.from(lanes.activate([2, 1e200, 3]))).toEqual([4, NaN, 9])
  expect(Array.from(lanes.activate([2, 1, 3]))).toEqual([4, NaN, 9])
  lanes.reset(1)
  expect(Array.from(lanes.activate([2, 1, 3]))).toEqual([4, 1, 9])
})

test('lanes keep their activity while others use the memory', () => {
  const genotype = sampleGenotype(5)
  const many = Array.from({ length: 400 }, () => compileLanes(genotype, 16))
  const singles = Array.from({ length: 16 }, () => interpret(genotype))
  const row = Float64Array.from({ length: 16 * genotype.inputs }, (_, i) => i / 10)
  for (let step = 0; step < 3; step++) {
    const expected = singles.map((single, lane) => Array.from(single.activate(Array.from({ length: genotype.inputs }, (_, i) => row[i * 16 + lane]!))))
    for (const lanes of many) {
      const actual = lanes.activate(row)
      expect(expected.flatMap((_, lane) => expected[lane]!.map((y, i) => Object.is(actual[i * 16 + lane], y))).every(Boolean)).toBe(true)
    }
  }
})

test('a wrong number of lanes, values or topologies is refused with the numbers', () => {
  const [one, other] = [sampleGenotype(1), sampleGenotype(2)]
  expect(() => compileLanes(one, 0)).toThrow(`1 to ${MAX_LANES} lanes, not 0`)
  expect(() => compileLanes([one, other])).toThrow('lane 1 has another topology')
  expect(() => compileLanes([one], 2)).toThrow('2 lanes cannot have 1 genotypes')
  expect(() => compileLanes(one, 4).activate([1])).toThrow('got 1')
  expect(() => compileLanes(one, 4).reset(4)).toThrow('no lane 4 of 4')
})
