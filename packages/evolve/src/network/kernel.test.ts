import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bytesModule, compileAssembly, kernelBytesFile, kernelCommand, kernelEntry } from '../../kernel/build.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { createGenotype, plainNeuron } from '../genotype/create.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { createRandom } from '../random.ts'
import { activationNames } from './activation.ts'
import { aggregationNames } from './aggregation.ts'
import { compile } from './compile.ts'
import { interpret } from './interpret.ts'
import { kernel } from './kernel.ts'
import type { Network } from './network.ts'
import { FIRST_ADDRESS } from './resident.ts'
import { kernelAgrees } from './self-test.ts'

/** Rows of random inputs for the genotype; some are huge, so that every activation leaves its common range. */
function rowsFor(genotype: Genotype, seed: number, steps: number): number[][] {
  const random = createRandom(seed)
  const size = (): number => [1, 1, 1, 30, 1e4, 1e8][random.integer(6)]!
  return Array.from({ length: steps }, () => {
    const scale = size()
    return Array.from({ length: genotype.inputs }, () => scale * random.normal())
  })
}

const run = (network: Network, rows: readonly number[][]): number[][] => rows.map((row) => Array.from(network.activate(row)))

test('the kernel in the sources is the one that the assembly compiles to', async () => {
  const text = bytesModule(await compileAssembly(kernelEntry), kernelCommand)
  expect(readFileSync(kernelBytesFile, 'utf8')).toBe(text)
}, 60_000)

test('networks are written behind the constants of the kernel', () => {
  expect(kernel().firstAddress()).toBeLessThanOrEqual(FIRST_ADDRESS)
})

test('equals the reference interpreter to the bit on random networks', () => {
  let different = 0
  let failures = 0
  for (let seed = 1; seed <= 20_000; seed++) {
    const genotype = sampleGenotype(seed)
    const tested = compile(genotype)
    const reference = interpret(genotype)
    for (const row of rowsFor(genotype, seed, 4)) {
      const actual = tested.activate(row)
      const expected = reference.activate(row)
      for (let i = 0; i < expected.length; i++) {
        if (!Object.is(actual[i], expected[i])) different++
        if (Number.isNaN(expected[i])) failures++
      }
    }
  }
  expect(different).toBe(0)
  expect(failures).toBeGreaterThan(1_000)
}, 60_000)

/** Neurons that mostly read the same sources and are of the same kind, some of them each other: what the kernel computes in twos. */
function sampleTwins(seed: number): Genotype {
  const random = createRandom(seed)
  const inputs = 1 + random.integer(5)
  const outputs = 1 + random.integer(5)
  const ids = [...Array.from({ length: outputs }, (_, i) => 4_096 + i), ...Array.from({ length: random.integer(8) }, (_, i) => 65_536 + i)]
  const kinds = (['sigmoid', 'steep-sigmoid', 'softsign', 'rational-sigmoid'] as const).slice(random.integer(4))
  const froms = [...Array(inputs).keys(), ...ids].filter(() => random.uniform() < 0.6)
  const links = ids.flatMap((to) => froms.filter(() => random.uniform() < 0.97).map((from) => ({ from, to, weight: random.normal() })))
  const rule = ([{ kind: 'ordered' }, { kind: 'synchronous', steps: 1 + random.integer(3) }, { kind: 'stanley' }] as const)[seed % 3]!
  const neurons = ids.map((id) => ({ ...plainNeuron(id), activation: kinds[random.integer(kinds.length)]!, bias: random.normal(), response: random.normal() }))
  return createGenotype({ inputs, outputs, rule, neurons, links })
}

test('bounded neurons fail exactly where the reference does, however large sensors and parameters are', () => {
  const random = createRandom(9)
  const sizes = [1, 1e99, 1e100, 1e101, 1e150, 1e300, Infinity, NaN]
  const parameters = [1, 1, 1, -1e100, 1e101, 1.7e308]
  let failures = 0
  for (let round = 0; round < 4_000; round++) {
    const draw = (): number => parameters[random.integer(parameters.length)]! * (0.5 + random.uniform() / 2)
    const bounded = activationNames.filter((name) => !['identity', 'relu', 'leaky-relu', 'absolute', 'square'].includes(name))
    const genotype = createGenotype({
      inputs: 2, outputs: 1, rule: { kind: 'ordered' },
      neurons: [4_096, 65_536].map((id) => ({
        ...plainNeuron(id), activation: bounded[random.integer(bounded.length)]!, aggregation: aggregationNames[random.integer(6)]!, bias: draw(), response: draw(),
      })),
      links: [[0, 65_536], [1, 65_536], [65_536, 4_096], [1, 4_096]].map(([from, to]) => ({ from: from!, to: to!, weight: draw() })),
    })
    const rows = Array.from({ length: 2 }, () => [0, 1].map(() => sizes[random.integer(sizes.length)]! * random.normal()))
    const [actual, expected] = [run(compile(genotype), rows), run(interpret(genotype), rows)]
    if (actual.some((row, step) => !Object.is(row[0], expected[step]![0]))) expect.fail(`round ${round}: ${actual} is not ${expected}`)
    if (Number.isNaN(expected[1]![0])) failures++
  }
  expect(failures).toBeGreaterThan(500)
  expect(failures).toBeLessThan(3_900)
})

test('neurons that are computed in twos equal the reference to the bit', () => {
  for (let seed = 1; seed <= 3_000; seed++) {
    const genotype = sampleTwins(seed)
    const rows = rowsFor(genotype, seed, 5)
    const [actual, expected] = [run(compile(genotype), rows), run(interpret(genotype), rows)]
    if (actual.some((row, step) => row.some((y, i) => !Object.is(y, expected[step]![i])))) expect.fail(`seed ${seed}`)
  }
})

test.each(activationNames)('%s equals the reference at every kind of number', (activation) => {
  const genotype = createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'ordered' },
    neurons: [{ ...plainNeuron(4_096), activation }], links: [{ from: 0, to: 4_096, weight: 1 }],
  })
  const tested = compile(genotype)
  const reference = interpret(genotype)
  const random = createRandom(7)
  const special = [0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 2.2250738585072014e-308, 1, -1, 22, 22.000000000000004, 1e308,
    709.782712893384, 709.7827128933841, 708, -708, 708.0000000000001, -708.4, -744, -745.1332191019412, -745.14, 1e6, 1000000.0000000001, 1e300]
  const values = [...special, ...Array.from({ length: 5_000 }, (_, i) => random.normal() * [1e-9, 1e-3, 1, 10, 300, 800, 1e5, 1e9][i % 8]!)]
  for (const x of values) {
    tested.reset()
    reference.reset()
    const [actual, expected] = [tested.activate([x])[0], reference.activate([x])[0]]
    if (!Object.is(actual, expected)) expect.fail(`${activation}(${x}) is ${actual}, not ${expected}`)
  }
})

test.each(aggregationNames)('%s equals the reference with NaN and infinity among the terms', (aggregation) => {
  const genotype = createGenotype({
    inputs: 4, outputs: 1, rule: { kind: 'ordered' }, neurons: [{ ...plainNeuron(4_096), activation: 'softsign', aggregation, bias: 0.25 }],
    links: [1.5, -2, 0.5, -1].map((weight, from) => ({ from, to: 4_096, weight })),
  })
  const values = [0, -0, 1, -1, 2, NaN, Infinity, -Infinity]
  const tested = compile(genotype)
  const reference = interpret(genotype)
  for (let i = 0; i < values.length ** 4; i++) {
    const row = [i & 7, (i >> 3) & 7, (i >> 6) & 7, i >> 9].map((each) => values[each]!)
    tested.reset()
    reference.reset()
    if (!Object.is(tested.activate(row)[0], reference.activate(row)[0])) expect.fail(`${aggregation} of ${row.join(', ')}`)
  }
})

test('thousands of networks used in turn each keep their own activity', () => {
  const genotypes = Array.from({ length: 3_000 }, (_, i) => sampleGenotype(i + 1))
  const rows = genotypes.map((genotype, i) => rowsFor(genotype, i, 5))
  const kernels = genotypes.map(compile)
  const references = genotypes.map(interpret)
  for (let step = 0; step < 5; step++) {
    kernels.forEach((network, i) => {
      // Some forget on the way, in memory or out of it.
      if ((i + step) % 7 === 0) {
        network.reset()
        references[i]!.reset()
      }
      expect(Array.from(network.activate(rows[i]![step]!))).toEqual(Array.from(references[i]!.activate(rows[i]![step]!)))
    })
  }
})

test('the result of one network outlives the use of another', () => {
  const [one, other] = [1, 2].map((weight) => compile(createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'ordered' },
    neurons: [{ ...plainNeuron(4_096), activation: 'identity' }], links: [{ from: 0, to: 4_096, weight }],
  }))) as [Network, Network]
  const result = one.activate([3])
  other.activate([5])
  expect(result[0]).toBe(3)
})

test('this engine passes the self-test', () => {
  expect(kernelAgrees()).toBe(true)
})

test('the largest networks, deep, wide and looping, come back equal to the reference', () => {
  const ids = Array.from({ length: 4_000 }, (_, i) => 65_536 + i)
  const neurons = ids.map((id) => ({ ...plainNeuron(id), activation: 'tanh' }) as const)
  const shapes = {
    deep: [{ from: 0, to: 65_536, weight: 1 }, ...ids.slice(1).map((to) => ({ from: to - 1, to, weight: 1.01 })), { from: 69_535, to: 4_096, weight: 1 }],
    wide: ids.flatMap((id) => [{ from: 0, to: id, weight: 0.01 }, { from: id, to: 4_096, weight: 0.01 }]),
    looping: ids.flatMap((to, i) => [{ from: 0, to, weight: 0.5 }, { from: ids[(i * 7 + 3) % 4_000]!, to, weight: 1.5 }, { from: to, to: 4_096, weight: 0.01 }]),
  }
  for (const links of Object.values(shapes)) {
    for (const rule of [{ kind: 'ordered' }, { kind: 'synchronous', steps: 255 }, { kind: 'stanley' }] as const) {
      const genotype = createGenotype({ inputs: 1, outputs: 1, rule, neurons, links })
      const small = compile(sampleGenotype(1))
      const before = Array.from(small.activate([1, 1, 1, 1, 1].slice(0, small.inputs)))
      const rows = rowsFor(genotype, 1, 2)
      expect(run(compile(genotype), rows)).toEqual(run(interpret(genotype), rows))
      small.reset()
      expect(Array.from(small.activate([1, 1, 1, 1, 1].slice(0, small.inputs)))).toEqual(before)
    }
  }
}, 60_000)
