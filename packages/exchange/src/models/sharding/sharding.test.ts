import { compile, createGenotype, createRandom, decodeGenotype, encodeGenotype, faultOf, splitId, type Genotype, type UpdateRule } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { assemble } from './assemble.ts'
import { generateLarge } from './generate.ts'
import { runInProcess } from './in-process.ts'
import { largeFrom } from './large-network.ts'
import { decodeManifest, encodeManifest } from './manifest.ts'
import { partition, type PartitionOptions, type Sharded } from './partition.ts'
import { openPart } from './run-part.ts'
import { decodeWiring } from './wiring.ts'

const ACTIVATIONS = ['tanh', 'steep-sigmoid', 'relu', 'square', 'gaussian'] as const
const AGGREGATIONS = ['sum', 'product', 'max', 'mean', 'max-abs'] as const

/** Links anywhere to anywhere: cycles and self-links included. */
function tangled(seed: number, rule: UpdateRule): Genotype {
  const random = createRandom(seed)
  const [inputs, outputs] = [3, 2]
  const hidden = Array.from({ length: 20 }, (_, i) => splitId(i % 3, 4_096 + (i % 2), Math.floor(i / 6)))
  const ids = [4_096, 4_097, ...new Set(hidden)]
  const links = new Map<string, { from: number; to: number; weight: number }>()
  for (let i = 0; i < 80; i++) {
    const from = random.uniform() < 0.3 ? random.integer(inputs) : ids[random.integer(ids.length)]!
    const to = ids[random.integer(ids.length)]!
    links.set(`${from} ${to}`, { from, to, weight: random.normal() * 2 })
  }
  const neurons = ids.map((id) => ({
    id, activation: ACTIVATIONS[random.integer(5)]!, aggregation: AGGREGATIONS[random.integer(5)]!, bias: random.normal(), response: 1,
  }))
  return createGenotype({ inputs, outputs, rule, neurons, links: [...links.values()] })
}

function batchFor(inputs: number, lanes: number, steps: number, seed = 5): { lanes: number; steps: number; given: Float64Array } {
  const random = createRandom(seed)
  return { lanes, steps, given: Float64Array.from({ length: inputs * lanes * steps }, (_, i) => random.normal() * (i % lanes === 0 ? 1e180 : 1)) }
}

export function cut(genotype: Genotype, options?: PartitionOptions): Sharded {
  const result = partition(largeFrom(genotype), options)
  if (!result.ok) throw new RangeError(result.reason)
  return result.value
}

/** What the ordinary kernel computes, sample by sample. */
function whole(genotype: Genotype, { lanes, steps, given }: { lanes: number; steps: number; given: Float64Array }): Float64Array {
  const { inputs, outputs } = genotype
  const answers = new Float64Array(outputs * lanes * steps)
  const network = compile(genotype)
  for (let lane = 0; lane < lanes; lane++) {
    network.reset()
    for (let step = 0; step < steps; step++) {
      const values = network.activate(Array.from({ length: inputs }, (_, i) => given[(step * inputs + i) * lanes + lane]!))
      for (let a = 0; a < outputs; a++) answers[(step * outputs + a) * lanes + lane] = values[a]!
    }
  }
  return answers
}

describe('a sharded network computes the bits of the whole one', () => {
  const rules: readonly UpdateRule[] = [{ kind: 'ordered' }, { kind: 'synchronous', steps: 1 }, { kind: 'synchronous', steps: 3 }]
  for (const rule of rules) {
    for (const options of [{}, { by: 'layers' }, { width: 4 }, { naive: rule.kind === 'ordered' }] as const) {
      test(`${JSON.stringify(rule)} ${JSON.stringify(options)}, cycles included, over several steps`, () => {
        for (let seed = 1; seed <= 12; seed++) {
          const genotype = tangled(seed, rule)
          const batch = batchFor(3, 5, 4, seed)
          expect(bitsOf(runInProcess(cut(genotype, options), batch, openPart).values)).toEqual(bitsOf(whole(genotype, batch)))
        }
      })
    }
  }
})

test('some of those networks fail in some samples, so that failures are compared too', () => {
  const failures = Array.from({ length: 12 }, (_, i) => whole(tangled(i + 1, { kind: 'ordered' }), batchFor(3, 5, 4, i + 1)).filter(Number.isNaN).length)
  expect(Math.max(...failures)).toBeGreaterThan(0)
})

function bitsOf(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.buffer, values.byteOffset, values.length)
}

test('the rule stanley is refused with a sentence', () => {
  const result = partition(largeFrom(tangled(1, { kind: 'stanley' })))
  expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('first step repeats') })
})

describe('a network of 20,000 neurons and 200,000 links', () => {
  const network = generateLarge({ seed: 1, inputs: 64, outputs: 16, neurons: 20_000, links: 200_000, layers: 6 })
  const result = partition(network, { width: 4 })
  if (!result.ok) throw new RangeError(result.reason)
  const { manifest, parts } = result.value

  test('is cut into parts within the ordinary limits, each neuron and link once', () => {
    expect(parts.every(({ genotype }) => faultOf(genotype) === undefined)).toBe(true)
    expect(manifest.parts.reduce((sum, { neurons }) => sum + neurons, 0)).toBe(20_000)
    expect(manifest.parts.reduce((sum, { links }) => sum + links, 0)).toBe(network.sources.length)
    for (let level = 0; level < 6; level++) expect(manifest.parts.filter((part) => part.level === level).length).toBeGreaterThanOrEqual(4)
  })

  test('comes back whole from its blocks, and from no others', () => {
    const decoded = decodeManifest(encodeManifest(manifest))
    if (!decoded.ok) throw new RangeError(decoded.reason)
    const blocks = parts.map(({ body, wiringBytes }) => ({ body, wiring: wiringBytes }))
    expect(assemble(decoded.value, blocks).ok).toBe(true)
    expect(assemble(decoded.value, blocks.slice(1))).toEqual({ ok: false, reason: 'wrong-digest' })
    expect(assemble(decoded.value, blocks.slice(0, -1))).toEqual({ ok: false, reason: 'missing-part' })
    const twice = { ...manifest, parts: manifest.parts.map((part, i) => (i === 1 ? manifest.parts[0]! : part)) }
    expect(assemble(twice, blocks.map((block, i) => (i === 1 ? blocks[0]! : block)))).toEqual({ ok: false, reason: 'not-whole' })
    const early = { ...manifest, parts: manifest.parts.map((part) => ({ ...part, level: 0 })) }
    expect(assemble(early, blocks)).toEqual({ ok: false, reason: 'bad-source' })
  })

  test('blocks cut fewer links between four peers than layers do', () => {
    const crossing = (by: 'blocks' | 'layers'): number => {
      const shuffled = partition(network, { by, width: 4 })
      return shuffled.ok ? shuffled.value.parts.reduce((sum, { wiring }) => sum + wiring.imports.length, 0) : NaN
    }
    expect(crossing('blocks')).toBeLessThanOrEqual(crossing('layers'))
  })
})

test('a manifest, a wiring and a part that are cut short or changed are refused or mean something else', () => {
  const { manifest, parts } = cut(tangled(1, { kind: 'ordered' }))
  const bytes = encodeManifest(manifest)
  for (let length = 0; length < bytes.length; length++) expect(decodeManifest(bytes.subarray(0, length)).ok).toBe(false)
  const { wiringBytes, body } = parts[0]!
  for (let length = 0; length < wiringBytes.length; length++) expect(decodeWiring(wiringBytes.subarray(0, length)).ok).toBe(false)
  const decoded = decodeGenotype(body)
  expect(decoded.ok && encodeGenotype(decoded.value)).toEqual(body)
})
