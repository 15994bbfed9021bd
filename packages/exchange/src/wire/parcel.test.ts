import { createGenotype, createRandom, decodeGenotype, defaultSettings, encodeGenotype, mutate, type Genotype } from '@megabrain/evolve'
import { deflateSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeAnswer, encodeAnswer, type Parcel } from './messages.ts'
import { MAX_INFLATION, packBody, unpackBody } from './parcel.ts'

const CAPS = { maxBytes: 32_768, maxNeurons: 512, maxLinks: 4_096 }
const BUSY = { ...defaultSettings, addNeuron: 0.1, addLink: 0.2, removeLink: 0.05, removeNeuron: 0.03, perturbation: 'normal', perturbRate: 0.2 } as const

/** Hidden neurons that read every sensor, and an actuator that reads them. */
function layered(seed: number, sensors: number, hidden: number): Genotype {
  const random = createRandom(seed)
  const draw = (): number => Math.fround(2 * random.normal())
  const ids = Array.from({ length: hidden }, () => 65_536 + random.integer(4_294_967_296))
  const neurons = ids.map((id) => ({ id, activation: 'tanh', aggregation: 'sum', bias: 0, response: 1 }) as const)
  const links = ids.flatMap((id) => [
    ...Array.from({ length: sensors }, (_, from) => ({ from, to: id, weight: draw() })), { from: id, to: 4_096, weight: draw() },
  ])
  return createGenotype({ inputs: sensors, outputs: 1, rule: { kind: 'ordered' }, neurons, links })
}

const parcel = (change: Partial<Parcel>): Parcel => ({ kind: 'parcel', content: new Uint8Array(0), base: 0, inflated: 0, ...change })

describe('a parcel', () => {
  test('brings the body to whoever holds any of the named bases, or none', () => {
    fc.assert(fc.property(fc.nat(10_000), fc.nat(3), fc.integer({ min: 1, max: 12 }), (seed, which, generations) => {
      const random = createRandom(seed)
      let child = layered(seed, 1 + random.integer(6), 1 + random.integer(12))
      const ancestor = encodeGenotype(child)
      for (let i = 0; i < generations; i++) child = mutate(child, BUSY, random).genotype
      const body = encodeGenotype(child)
      const stranger = encodeGenotype(layered(seed + 1, 7, 2))
      const held = [stranger, stranger, stranger, stranger].with(which, ancestor)
      const here = held.map((bytes) => (random.uniform() < 0.3 ? undefined : bytes))
      const packed = packBody(body, here)
      const carried = decodeAnswer(encodeAnswer(packed))
      if (!carried.ok) throw new Error(carried.reason)
      expect(unpackBody(carried.value as Parcel, held, CAPS)).toEqual({ ok: true, value: body })
      expect(packed.content.length).toBeLessThanOrEqual(body.length)
      expect(packBody(body, []).base).toBe(0)
    }), { numRuns: 300 })
  })

  test('of thirty links is at most 300 bytes on the wire, and 96 with one structural change of a body that is held', () => {
    for (let seed = 0; seed < 50; seed++) {
      const parent = layered(seed, 5, 5)
      const body = encodeGenotype(parent)
      expect(parent.links.weights.length).toBe(30)
      expect(encodeAnswer(packBody(body, [])).length).toBeLessThanOrEqual(300)
      const child = encodeGenotype(mutate(parent, { ...BUSY, addNeuron: 1 }, createRandom(seed)).genotype)
      expect(encodeAnswer(packBody(child, [undefined, body])).length).toBeLessThanOrEqual(96)
    }
  })

  test('of the largest default body is deflated by a quarter at least', () => {
    const body = encodeGenotype(layered(1, 60, 66))
    expect(packBody(body, []).content.length).toBeLessThan(0.75 * body.length)
  })

  test('of bytes that are no genotype of this version travels whole', () => {
    const newer = encodeGenotype(layered(1, 5, 5)).with(4, 2)
    const packed = packBody(newer, [encodeGenotype(layered(1, 5, 5))])
    expect(packed.base).toBe(0)
    expect(unpackBody(packed, [], CAPS)).toEqual({ ok: true, value: newer })
  })

  test('that would inflate too far travels as it is', () => {
    const even = new Uint8Array(10_000)
    expect(packBody(even, [])).toEqual(parcel({ content: even }))
  })
})

describe('a stranger\'s parcel', () => {
  const zeros = deflateSync(new Uint8Array(1_000_000), { level: 9 })

  test('that is a bomb is refused by what it announces, or where its announcement ends', () => {
    expect(zeros.length).toBeLessThan(1_100)
    const refused = (content: Uint8Array, inflated: number): unknown => unpackBody(parcel({ content, inflated }), [], CAPS)
    expect(refused(zeros, 262_144)).toEqual({ ok: false, reason: 'too-large' })
    expect(refused(zeros, MAX_INFLATION * zeros.length + 1)).toEqual({ ok: false, reason: 'too-large' })
    expect(refused(zeros, MAX_INFLATION * zeros.length)).toEqual({ ok: false, reason: 'malformed' })
    expect(refused(deflateSync(new Uint8Array(40_000), { level: 0 }), 40_000)).toEqual({ ok: false, reason: 'too-large' })
    expect(unpackBody(parcel({ content: new Uint8Array(32_769) }), [], CAPS)).toEqual({ ok: false, reason: 'too-large' })
  })

  test('of a base that was not named, or of edits that do not fit it, is malformed', () => {
    const body = encodeGenotype(layered(1, 5, 5))
    expect(unpackBody(parcel({ content: Uint8Array.of(1, 0), base: 2 }), [body], CAPS)).toEqual({ ok: false, reason: 'malformed' })
    expect(unpackBody(parcel({ content: Uint8Array.of(1, 0, 1, 9), base: 1 }), [body], CAPS)).toEqual({ ok: false, reason: 'malformed' })
    expect(unpackBody(parcel({ content: Uint8Array.of(2, 0), base: 1 }), [body], CAPS)).toEqual({ ok: false, reason: 'unknown-version' })
    expect(unpackBody(parcel({ content: Uint8Array.of(1, 0), base: 1 }), [body], { ...CAPS, maxLinks: 29 })).toEqual({ ok: false, reason: 'over-limits' })
  })

  test('never throws, and what it gives is within the caps and, from edits, a genotype', () => {
    const held = [1, 2].map((seed) => encodeGenotype(layered(seed, 5, 5)))
    const packed = packBody(encodeGenotype(mutate(layered(1, 5, 5), { ...BUSY, addNeuron: 1 }, createRandom(1)).genotype), held)
    const hostile = fc.oneof(
      fc.record({ content: fc.uint8Array({ maxLength: 300 }), base: fc.nat(4), inflated: fc.oneof(fc.constant(0), fc.nat(2_400)) }),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 3 }).map((edits) => {
        const content = packed.content.slice()
        for (const [at, byte] of edits) content[at % content.length] = byte
        return { content, base: packed.base, inflated: packed.inflated }
      }),
    )
    fc.assert(fc.property(hostile, (fields) => {
      const result = unpackBody(parcel(fields), held, { ...CAPS, maxBytes: 600 })
      if (!result.ok) return
      expect(result.value.length).toBeLessThanOrEqual(600)
      if (fields.base > 0) expect(decodeGenotype(result.value).ok).toBe(true)
    }), { numRuns: 10_000 })
  })
})
