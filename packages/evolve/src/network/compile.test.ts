import fc from 'fast-check'
import { expect, test } from 'vitest'
import vectors from '../../vectors/genotypes.json' with { type: 'json' }
import { decodeGenotype } from '../genotype/codec.ts'
import { createGenotype, type Link } from '../genotype/create.ts'
import { describeGenotype, type GenotypeDescription } from '../genotype/describe.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { createRandom } from '../random.ts'
import { activate, activationCode, activationNames, type ActivationName } from './activation.ts'
import { compile } from './compile.ts'
import { costOf } from './cost.ts'
import { depthsOf, hasCycle } from './graph.ts'
import { settlingOf } from './settle.ts'

function fromBits(bits: string): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt(`0x${bits}`))
  return view.getFloat64(0)
}

test.each(vectors.cases)('golden genotype "$name" gives the golden outputs', ({ hex, steps, cost }) => {
  const decoded = decodeGenotype(Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16)))
  if (!decoded.ok) throw new Error(decoded.reason)
  const network = compile(decoded.value)
  for (let round = 0; round < 2; round++) {
    for (const { inputs, outputs } of steps) {
      expect(Array.from(network.activate(inputs.map(fromBits)))).toEqual(outputs.map(fromBits))
    }
    network.reset()
  }
  expect(costOf(decoded.value)).toBe(cost)
})

/** A second implementation, written from the page `docs/genotype.md` over the JSON shape: maps, no slots, no plan. */
function followTheDescription(description: GenotypeDescription, rows: readonly (readonly number[])[]): (readonly number[])[] {
  let values = new Map<number, number>(description.neurons.map(({ id }) => [id, 0]))
  const computed = description.neurons.filter(({ kind }) => kind !== 'sensor')
  const actuators = computed.filter(({ kind }) => kind === 'actuator').map(({ id }) => id).sort((a, b) => a - b)
  const incoming = new Map(computed.map(({ id }) => [id, description.links.filter(({ to }) => to === id).sort((a, b) => a.from - b.from)]))
  const neuronValue = ({ id, aggregation, activation, bias, response }: (typeof computed)[number], read: ReadonlyMap<number, number>): number => {
    const terms = incoming.get(id)!.map(({ from, weight }) => weight * read.get(from)!)
    let joined = 0
    if (terms.length > 0) {
      if (aggregation === 'product') joined = terms.reduce((a, b) => a * b)
      else if (aggregation === 'max') joined = Math.max(...terms)
      else if (aggregation === 'min') joined = Math.min(...terms)
      else if (aggregation === 'max-abs') joined = terms.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
      else joined = terms.reduce((a, b) => a + b) / (aggregation === 'mean' ? terms.length : 1)
    }
    return activate(activationCode(activation as ActivationName), bias + response * joined)
  }
  let failed = false
  return rows.map((row) => {
    row.forEach((x, id) => values.set(id, x))
    if (description.rule.kind === 'ordered') {
      for (const neuron of computed) values.set(neuron.id, neuronValue(neuron, values))
    } else if (description.rule.kind === 'synchronous') {
      for (let step = 0; step < description.rule.steps; step++) {
        const next = new Map(values)
        for (const neuron of computed) next.set(neuron.id, neuronValue(neuron, values))
        for (const value of next.values()) if (!Number.isFinite(value)) failed = true
        values = next
      }
    }
    for (const value of values.values()) if (!Number.isFinite(value)) failed = true
    return actuators.map((id) => (failed ? NaN : values.get(id)!))
  })
}

test('an independent interpreter of the description agrees to the bit', () => {
  let compared = 0
  for (let seed = 1; seed <= 400; seed++) {
    const genotype = sampleGenotype(seed)
    if (genotype.rule.kind === 'stanley') continue
    const random = createRandom(seed)
    const rows = Array.from({ length: 5 }, () => Array.from({ length: genotype.inputs }, () => random.normal()))
    const network = compile(genotype)
    // `mean` divides the same sum; the interpreter starts a sum at 0, which changes no bit but a −0 that the activation removes.
    expect(rows.map((row) => Array.from(network.activate(row)))).toEqual(followTheDescription(describeGenotype(genotype), rows))
    compared++
  }
  expect(compared).toBeGreaterThan(200)
})

test('after a reset a network has no memory', () => {
  fc.assert(fc.property(fc.nat(100_000), (seed) => {
    const genotype = sampleGenotype(seed)
    const used = compile(genotype)
    const inputs = Array.from({ length: genotype.inputs }, (_, i) => i - 1.5)
    for (let i = 0; i < 3; i++) used.activate(inputs)
    used.reset()
    const fresh = compile(genotype)
    for (let i = 0; i < 3; i++) expect(Array.from(used.activate(inputs))).toEqual(Array.from(fresh.activate(inputs)))
  }), { numRuns: 200 })
})

test('a wrong number of inputs is refused with the numbers', () => {
  const network = compile(createGenotype({ inputs: 2, outputs: 1, rule: { kind: 'ordered' } }))
  expect(() => network.activate([1])).toThrow('2 inputs, got 1')
})

test('NaN or infinity anywhere makes all outputs NaN until the next reset', () => {
  const genotype = createGenotype({
    inputs: 1, outputs: 2, rule: { kind: 'ordered' },
    neurons: [{ id: 4_096, activation: 'square', aggregation: 'sum', bias: 0, response: 1 }],
    links: [{ from: 0, to: 4_096, weight: 1 }],
  })
  const network = compile(genotype)
  expect(Array.from(network.activate([1e200]))).toEqual([NaN, NaN])
  expect(Array.from(network.activate([1]))).toEqual([NaN, NaN])
  network.reset()
  expect(Array.from(network.activate([1]))).toEqual([1, 0.5])
  expect(Array.from(network.activate([NaN]))).toEqual([NaN, NaN])
})

test('no activation returns -0, and each is finite for ordinary inputs', () => {
  for (const name of activationNames) {
    for (const x of [-0, 0, -5e-324, 5e-324, -1e-200, -1, 1, -30, 30]) {
      const y = activate(activationCode(name), x)
      expect(Object.is(y, -0), `${name}(${x})`).toBe(false)
      expect(Number.isFinite(y), `${name}(${x})`).toBe(true)
    }
    expect(activate(activationCode(name), NaN), name).toBeNaN()
  }
})

test.each([
  ['sigmoid', 1, 0.7310585786300049], ['steep-sigmoid', 0, 0.5], ['neat-python-sigmoid', 100, 1], ['softsign', -1, -0.5], ['rational-sigmoid', 0, 0.5],
  ['relu', -3, 0], ['leaky-relu', -2, -0.002], ['gaussian', 0, 1], ['step', 0.1, 1], ['step', 0, 0], ['absolute', -2, 2], ['square', -3, 9],
  ['clamp', -7, -1], ['identity', 3.5, 3.5], ['cosine', 0, 1], ['sine', 0, 0], ['neat-python-gaussian', 0, 1], ['sharpneat-gaussian', 0, 1],
] as const)('%s of %d is %d', (name, x, y) => {
  expect(activate(activationCode(name), x)).toBeCloseTo(y, 15)
})

test('a link that closes a cycle reads the step before, all others this step', () => {
  const genotype = createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'ordered' },
    neurons: [65_536, 65_537].map((id) => ({ id, activation: 'identity', aggregation: 'sum', bias: 0, response: 1 }) as const)
      .concat({ id: 4_096, activation: 'identity', aggregation: 'sum', bias: 0, response: 1 } as never),
    links: ([[0, 65_537], [65_537, 65_536], [65_536, 4_096], [65_536, 65_537]] as const).map(([from, to]): Link => ({ from, to, weight: 1 })),
  })
  expect(hasCycle(genotype)).toBe(true)
  expect(Array.from(depthsOf(genotype))).toEqual([3, 2, 1])
  const network = compile(genotype)
  // 65537 adds the input to what 65536 was one step ago.
  expect([1, 1, 1].map((x) => network.activate([x])[0])).toEqual([1, 2, 3])
  expect(describeGenotype(genotype).links.filter(({ recurrent }) => recurrent).map(({ from, to }) => [from, to])).toEqual([[65_536, 65_537]])
})

test('in synchronous steps a signal moves one link per step', () => {
  const chain = (steps: number): number[] => {
    const genotype = createGenotype({
      inputs: 1, outputs: 1, rule: { kind: 'synchronous', steps },
      neurons: [4_096, 65_536, 65_537].map((id) => ({ id, activation: 'identity', aggregation: 'sum', bias: 0, response: 1 }) as const),
      links: ([[0, 65_537], [65_537, 65_536], [65_536, 4_096]] as const).map(([from, to]): Link => ({ from, to, weight: 1 })),
    })
    const network = compile(genotype)
    return [1, 1, 1].map((x) => network.activate([x])[0]!)
  }
  expect(chain(1)).toEqual([0, 0, 1])
  expect(chain(2)).toEqual([0, 1, 1])
  expect(chain(3)).toEqual([1, 1, 1])
})

test('under the rule of the original NEAT the first step waits for the signal and later ones do not', () => {
  const genotype = createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'stanley' },
    neurons: [65_536, 65_537].map((id) => ({ id, activation: 'steep-sigmoid', aggregation: 'sum', bias: 0, response: 1 }) as const),
    links: ([[0, 65_537], [65_537, 65_536], [65_536, 4_096]] as const).map(([from, to]): Link => ({ from, to, weight: 1 })),
  })
  const { reachedAt, firstPasses, complete } = settlingOf(genotype)
  expect([Array.from(reachedAt), firstPasses, complete]).toEqual([[3, 2, 1], 3, true])
  const s = (x: number): number => activate(activationCode('steep-sigmoid'), x)
  const network = compile(genotype)
  expect(network.activate([1])[0]).toBe(s(s(s(1))))
  expect(network.activate([0])[0]).toBe(s(s(s(1))))
  expect(network.activate([0])[0]).toBe(s(s(s(1))))
  expect(network.activate([0])[0]).toBe(s(s(s(0))))
})

test('an actuator that no sensor reaches stays 0 and costs all the passes', () => {
  const genotype = createGenotype({ inputs: 1, outputs: 2, rule: { kind: 'stanley' }, links: [{ from: 0, to: 4_096, weight: 1 }] })
  expect(Array.from(compile(genotype).activate([0]))).toEqual([0.5, 0])
  expect(costOf(genotype)).toBe(19 * (1 + 2 * 12))
})

test('a chain of thousands of neurons is ordered without recursion', () => {
  const ids = Array.from({ length: 4_000 }, (_, i) => 65_536 + i)
  const neurons = ids.map((id) => ({ id, activation: 'identity', aggregation: 'sum', bias: 0, response: 1 }) as const)
  const links = [{ from: 0, to: 65_536, weight: 1 }, ...ids.slice(1).map((to) => ({ from: to - 1, to, weight: 1 })), { from: 65_536 + 3_999, to: 4_096, weight: 1 }]
  const deep = createGenotype({ inputs: 1, outputs: 1, rule: { kind: 'ordered' }, neurons, links })
  expect(compile(deep).activate([0])[0]).toBe(0.5)
  expect(depthsOf(deep)[0]).toBe(4_001)
  expect(settlingOf({ ...deep, rule: { kind: 'stanley' } }).firstPasses).toBeLessThanOrEqual(19)
})
