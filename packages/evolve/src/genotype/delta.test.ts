import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../vectors/deltas.json' with { type: 'json' }
import { operators } from '../population/operators.ts'
import { mutate } from '../population/mutate.ts'
import { perturbationNames } from '../population/perturb.ts'
import { defaultSettings, type PopulationSettings } from '../population/settings.ts'
import { createRandom } from '../random.ts'
import { cidOf } from './cid.ts'
import { decodeGenotype, encodeGenotype } from './codec.ts'
import { createGenotype, type Link } from './create.ts'
import { decodeDelta, type GenotypeCaps } from './decode-delta.ts'
import { encodeDelta } from './encode-delta.ts'
import { actuatorId, FIRST_HIDDEN, MAX_LINKS, MAX_NEURONS, type Genotype } from './genotype.ts'
import { MAX_GENOTYPE_BYTES } from './layout.ts'
import { sampleGenotype } from './sample.ts'

const WIDEST: GenotypeCaps = { maxBytes: MAX_GENOTYPE_BYTES, maxNeurons: MAX_NEURONS, maxLinks: MAX_LINKS }
/** Version, kind, base and the lengths of content and body around a delta on the wire. */
const FRAME_BYTES = 9
const MOST_BYTES = 96
const seeds = fc.nat(1_000_000)

const none = Object.fromEntries(operators.map(({ setting }) => [setting, 0]))
const plain: PopulationSettings = { ...defaultSettings, ...none, activations: ['tanh', 'sine', 'relu'], aggregations: ['sum', 'max'], biasPower: 0.5 }

function through(base: Genotype, child: Genotype): Uint8Array {
  const delta = encodeDelta(base, child)
  if (delta === undefined) throw new Error('The two have one interface')
  const decoded = decodeDelta(base, delta, WIDEST)
  if (!decoded.ok) throw new Error(decoded.reason)
  expect(cidOf(encodeGenotype(decoded.value))).toBe(cidOf(encodeGenotype(child)))
  return delta
}

/** Thirty links, five hidden neurons, a sensor and an actuator that are free: a migrant of ordinary size. */
function migrant(seed: number): Genotype {
  const random = createRandom(seed)
  const draw = (): number => Math.fround(2 * random.normal())
  const ids = [0, 1, 2, 3, 4].map((i) => FIRST_HIDDEN + 7_919 * i)
  const neurons = ids.map((id) => ({ id, activation: 'tanh', aggregation: 'sum', bias: draw(), response: 1 }) as const)
  const links: Link[] = ids.flatMap((to) => [0, 1, 2, 3, 4].map((from) => ({ from, to, weight: draw() })))
  for (const [i, from] of ids.entries()) links.push({ from, to: actuatorId(i === 4 ? 1 : 0), weight: draw() })
  return createGenotype({ inputs: 6, outputs: 3, rule: { kind: 'ordered' }, neurons, links })
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

test.each(vectors.cases)('golden delta "$name" has its bytes and leads to its child', ({ base, delta, child, cid }) => {
  const [before, after] = [decodeGenotype(fromHex(base)), decodeGenotype(fromHex(child))]
  if (!before.ok || !after.ok) throw new Error('A golden genotype must decode')
  expect(encodeDelta(before.value, after.value)).toEqual(fromHex(delta))
  const decoded = decodeDelta(before.value, fromHex(delta), WIDEST)
  if (!decoded.ok) throw new Error(decoded.reason)
  expect(cidOf(encodeGenotype(decoded.value))).toBe(cid)
})

describe('a delta', () => {
  test('of a chain of mutations leads from any ancestor to the child, to the bit', () => {
    fc.assert(fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, generations) => {
      const random = createRandom(seed)
      const busy = Object.fromEntries(operators.map(({ setting }) => [setting, 0.1]))
      const settings = { ...plain, ...busy, perturbation: perturbationNames[seed % 4]! } as PopulationSettings
      const line = [sampleGenotype(seed)]
      for (let i = 0; i < generations; i++) line.push(mutate(line[i]!, settings, random).genotype)
      for (const ancestor of line) {
        through(ancestor, line[generations]!)
        through(line[generations]!, ancestor)
      }
    }), { numRuns: 300 })
  })

  test('leads between strangers of one interface and rule, and is none between others', () => {
    fc.assert(fc.property(seeds, seeds, (a, b) => {
      const [base, child] = [sampleGenotype(a), sampleGenotype(b)]
      const alike = { ...child, rule: base.rule }
      const isAlike = base.inputs === child.inputs && base.outputs === child.outputs
      if (isAlike) through(base, alike)
      else expect(encodeDelta(base, alike)).toBeUndefined()
      if (JSON.stringify(base.rule) !== JSON.stringify(child.rule)) expect(encodeDelta(base, child)).toBeUndefined()
    }), { numRuns: 500 })
  })

  test('of nothing is two bytes', () => {
    expect(through(migrant(1), migrant(1))).toEqual(Uint8Array.of(1, 0))
  })

  test.each(operators)('of one `$name` on thirty links fits into 96 bytes with its frame', ({ name, setting }) => {
    let applied = 0
    for (let seed = 0; seed < 100; seed++) {
      const parent = migrant(seed)
      const mutation = mutate(parent, { ...plain, [setting]: 1 }, createRandom(seed))
      if (mutation.operators[0] !== name) continue
      applied++
      expect(through(parent, mutation.genotype).length + FRAME_BYTES, `seed ${seed}`).toBeLessThanOrEqual(MOST_BYTES)
    }
    expect(applied).toBeGreaterThan(20)
  })

  test('of new parameters costs their own bytes and at most nine more', () => {
    for (let seed = 0; seed < 100; seed++) {
      const parent = migrant(seed)
      const settings = { ...plain, perturbation: perturbationNames[seed % 4]!, perturbRate: 0.1, replaceRate: 0 } as PopulationSettings
      const { genotype } = mutate(parent, settings, createRandom(seed))
      const changed = genotype.links.weights.filter((weight, i) => weight !== parent.links.weights[i]).length
      const biases = genotype.neurons.filter(({ bias }, i) => bias !== parent.neurons[i]!.bias).length
      const places = Math.ceil(30 / 8) + Math.ceil(8 / 8)
      expect(through(parent, genotype).length).toBeLessThanOrEqual(2 + 4 * (changed + biases) + 4 + places)
    }
  })
})

describe('a stranger\'s delta', () => {
  const base = migrant(1)
  const valid = [2, 3, 4, 5].map((seed) => encodeDelta(base, mutate(base, { ...plain, addNeuron: 0.5, addLink: 0.3, removeNeuron: 0.3 }, createRandom(seed)).genotype)!)

  test('never throws, whatever its bytes, and what it makes is valid and within the caps', () => {
    const caps = { maxBytes: 500, maxNeurons: 10, maxLinks: 33 }
    const mutant = fc.tuple(fc.constantFrom(...valid), fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 5 }), fc.nat(3)).map(([bytes, edits, cut]) => {
      const copy = bytes.slice(0, bytes.length - cut)
      for (const [at, byte] of edits) copy[at % copy.length] = byte
      return copy
    })
    const shaped = fc.uint8Array({ maxLength: 120 }).map((bytes) => Uint8Array.of(1, 0, ...bytes))
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), shaped, mutant), (bytes) => {
      const decoded = decodeDelta(base, bytes, caps)
      if (!decoded.ok) return
      expect(encodeGenotype(decoded.value).length).toBeLessThanOrEqual(caps.maxBytes)
      expect(decoded.value.neurons.length).toBeLessThanOrEqual(caps.maxNeurons)
      expect(decoded.value.links.weights.length).toBeLessThanOrEqual(caps.maxLinks)
    }), { numRuns: 20_000 })
  })

  test('that claims more than it has is refused', () => {
    for (const part of [2, 8]) expect(decodeDelta(base, Uint8Array.of(1, 0, part, 255, 255, 255, 127), WIDEST)).toEqual({ ok: false, reason: 'malformed' })
    for (const part of [1, 3, 5, 7, 9]) expect(decodeDelta(base, Uint8Array.of(1, 0, part, 255, 127), WIDEST)).toEqual({ ok: false, reason: 'malformed' })
  })

  test('is refused by the caps before it is built', () => {
    const grown = mutate(base, { ...plain, addNeuron: 1 }, createRandom(1)).genotype
    const delta = encodeDelta(base, grown)!
    const { neurons, links } = grown
    const bytes = encodeGenotype(grown).length
    const exact = { maxBytes: bytes, maxNeurons: neurons.length, maxLinks: links.weights.length }
    expect(decodeDelta(base, delta, exact).ok).toBe(true)
    for (const cap of ['maxBytes', 'maxNeurons', 'maxLinks'] as const) {
      expect(decodeDelta(base, delta, { ...exact, [cap]: exact[cap] - 1 }), cap).toEqual({ ok: false, reason: 'over-limits' })
    }
  })

  test('of a newer version is told apart from one that is broken', () => {
    expect(decodeDelta(base, Uint8Array.of(2, 0), WIDEST)).toEqual({ ok: false, reason: 'bad-version' })
    for (const bytes of [[], [0], [1], [1, 2], [1, 0, 0], [1, 0, 10], [1, 0, 9, 0]]) {
      expect(decodeDelta(base, Uint8Array.from(bytes), WIDEST), bytes.join()).toEqual({ ok: false, reason: 'malformed' })
    }
  })
})
