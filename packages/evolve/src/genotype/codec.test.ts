import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { expect, test } from 'vitest'
import vectors from '../../vectors/genotypes.json' with { type: 'json' }
import { cidOf, isCid } from './cid.ts'
import { decodeGenotype, encodeGenotype, GENOTYPE_VERSION } from './codec.ts'
import { createGenotype, type Link } from './create.ts'
import { describeGenotype, genotypeFromDescription } from './describe.ts'
import { actuatorId, assertGenotype, faultOf, MAX_LINKS, MAX_NEURONS, type Genotype } from './genotype.ts'
import { MAX_GENOTYPE_BYTES } from './layout.ts'
import { sampleGenotype } from './sample.ts'

const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const golden = vectors.cases.map(({ name, hex }) => ({ name, bytes: fromHex(hex) }))
const seeds = fc.nat(1_000_000)

function valueOf(bytes: Uint8Array): Genotype {
  const decoded = decodeGenotype(bytes)
  if (!decoded.ok) throw new Error(`refused: ${decoded.reason}`)
  return decoded.value
}

/** The law of a canonical form: whatever is accepted is the one form of what it means. */
function assertRefusedOrCanonical(bytes: Uint8Array): void {
  const decoded = decodeGenotype(bytes)
  if (decoded.ok) expect(encodeGenotype(decoded.value)).toEqual(bytes)
}

test.each(vectors.cases)('golden genotype "$name" has its bytes, its CID and its description', ({ hex, cid, description }) => {
  const bytes = fromHex(hex)
  const genotype = valueOf(bytes)
  expect(encodeGenotype(genotype)).toEqual(bytes)
  expect(cidOf(bytes)).toBe(cid)
  expect(describeGenotype(genotype)).toEqual(description)
  expect(genotypeFromDescription(description)).toEqual({ ok: true, value: genotype })
})

test('every version up to the newest has a golden genotype, and the next one is unknown', () => {
  expect(new Set(golden.map(({ bytes }) => bytes[4]))).toEqual(new Set(Array.from({ length: GENOTYPE_VERSION }, (_, i) => i + 1)))
  for (const version of [0, GENOTYPE_VERSION + 1, 255]) {
    expect(decodeGenotype(golden[0]!.bytes.with(4, version))).toEqual({ ok: false, reason: 'bad-version' })
  }
})

test('decoding what was encoded gives the same genotype', () => {
  fc.assert(fc.property(seeds, (seed) => {
    const genotype = sampleGenotype(seed)
    expect(decodeGenotype(encodeGenotype(genotype))).toEqual({ ok: true, value: genotype })
  }), { numRuns: 300 })
})

test('every truncation of a golden genotype is refused', () => {
  for (const { bytes } of golden) {
    for (let length = 0; length < bytes.length; length++) expect(decodeGenotype(bytes.subarray(0, length)).ok).toBe(false)
  }
})

test('every flip of one bit of a golden genotype is refused or decodes to the same bytes', () => {
  for (const { bytes } of golden) {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      assertRefusedOrCanonical(flipped)
    }
  }
})

test('one byte too many is refused', () => {
  for (const { bytes } of golden) expect(decodeGenotype(Uint8Array.from([...bytes, 0]))).toEqual({ ok: false, reason: 'bad-length' })
})

test('no byte string makes the decoder throw, with or without a good beginning', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => assertRefusedOrCanonical(bytes)), { numRuns: 2_000 })
  fc.assert(fc.property(fc.nat(golden.length - 1), fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 6 }), (which, edits) => {
    const bytes = golden[which]!.bytes.slice()
    for (const [at, byte] of edits) bytes[at % bytes.length] = byte
    assertRefusedOrCanonical(bytes)
  }), { numRuns: 5_000 })
})

test('whatever bytes the decoder lets through, it breaks no invariant and is written back as it was', () => {
  let passed = 0
  const damage = fc.array(fc.tuple(fc.nat(400), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3))), { minLength: 1, maxLength: 3 })
  fc.assert(fc.property(seeds, damage, (seed, places) => {
    const bytes = encodeGenotype(sampleGenotype(seed))
    for (const [at, value] of places) bytes[at % bytes.length] = value
    const decoded = decodeGenotype(bytes)
    if (!decoded.ok) return
    passed++
    expect(faultOf(decoded.value)).toBeUndefined()
    expect(encodeGenotype(decoded.value)).toEqual(bytes)
  }), { numRuns: 5_000 })
  expect(passed).toBeGreaterThan(500)
})

test.each([[14, 2 ** 31], [14, 2 ** 32 - 1], [12, 65_535], [10, 65_535], [8, 65_535]])('a claimed count at byte %i of %i is refused before anything is allocated', (at, count) => {
  const bytes = golden[0]!.bytes.slice()
  const view = new DataView(bytes.buffer)
  if (at === 14) view.setUint32(at, count, true)
  else view.setUint16(at, count, true)
  expect(decodeGenotype(bytes)).toEqual({ ok: false, reason: 'bad-header' })
})

test('a header that claims less than the limits and more than there is, is refused by length', () => {
  const bytes = golden[0]!.bytes.slice()
  new DataView(bytes.buffer).setUint32(14, MAX_LINKS, true)
  expect(decodeGenotype(bytes)).toEqual({ ok: false, reason: 'bad-length' })
})

test('each kind of damage has its own reason', () => {
  const xor = golden.find(({ name }) => name === 'xor, f32')!.bytes
  const changed = (at: number, ...values: number[]): string => {
    const bytes = xor.slice()
    bytes.set(values, at)
    const decoded = decodeGenotype(bytes)
    return decoded.ok ? 'ok' : decoded.reason
  }
  expect(changed(0, 0)).toBe('bad-magic')
  expect(changed(4, 2)).toBe('bad-version')
  expect(changed(5, 4)).toBe('bad-header')
  expect(changed(6, 3)).toBe('bad-header')
  expect(changed(7, 1)).toBe('bad-header')
  expect(changed(18, 0, 0, 0, 0, 0, 0)).toBe('bad-neuron')
  expect(changed(24, 200)).toBe('bad-neuron')
  expect(changed(26, 200)).toBe('bad-neuron')
  expect(changed(32, 9)).toBe('bad-link')
  expect(changed(32, 2)).toBe('bad-link')
  expect(changed(xor.length - 4, 0, 0, 0, 0x80)).toBe('bad-parameter')
  expect(changed(xor.length - 4, 0, 0, 0x80, 0x7f)).toBe('bad-parameter')
  expect(changed(xor.length - 4, 0, 0, 0xc0, 0x7f)).toBe('bad-parameter')
  expect(decodeGenotype(new Uint8Array(MAX_GENOTYPE_BYTES + 1))).toEqual({ ok: false, reason: 'too-large' })
})

test('a wide form of parameters that are all f32 is not canonical', () => {
  const wide = golden.find(({ name }) => name === 'one f64 parameter makes all wide')!.bytes.slice()
  const view = new DataView(wide.buffer)
  view.setFloat64(wide.length - 16, 0.5, true)
  expect(decodeGenotype(wide)).toEqual({ ok: false, reason: 'not-canonical' })
})

test('a genotype may be as large as its limits and not one larger', () => {
  const links: Link[] = []
  for (let i = 0; i < 40_000; i++) links.push({ from: i % 4_000, to: actuatorId(Math.floor(i / 4_000)), weight: 1 })
  const large = createGenotype({ inputs: 4_000, outputs: 10, rule: { kind: 'ordered' }, links })
  const bytes = encodeGenotype(large)
  expect(bytes.length / links.length).toBeLessThan(8)
  expect(decodeGenotype(bytes).ok).toBe(true)
  const wide = links.map((link) => ({ ...link, weight: 0.1 }))
  expect(() => createGenotype({ inputs: 4_000, outputs: 10, rule: { kind: 'ordered' }, links: wide })).toThrow(`at most ${MAX_GENOTYPE_BYTES} bytes`)
  expect(createGenotype({ inputs: 1, outputs: MAX_NEURONS, rule: { kind: 'ordered' } }).neurons.length).toBe(MAX_NEURONS)
  expect(() => createGenotype({ inputs: 1, outputs: MAX_NEURONS + 1, rule: { kind: 'ordered' } })).toThrow('got 4097')
})

test('thirty links and five hidden neurons fit into 300 bytes', () => {
  const ids = [65_536, 65_537, 65_538, 65_539, 65_540]
  const neurons = ids.map((id) => ({ id, activation: 'tanh', aggregation: 'sum', bias: 0.5, response: 1 }) as const)
  const links = ids.flatMap((to) => [0, 1, 2, 3, 4].map((from) => ({ from, to, weight: 1.5 }))).concat(ids.map((from) => ({ from, to: 4_096, weight: -2 })))
  expect(links.length).toBe(30)
  expect(encodeGenotype(createGenotype({ inputs: 5, outputs: 1, rule: { kind: 'ordered' }, neurons, links })).length).toBeLessThanOrEqual(300)
})

test('CIDs are those of multiformats', async () => {
  for (const bytes of [new Uint8Array(0), ...golden.map((vector) => vector.bytes)]) {
    const expected = CID.createV1(raw.code, await sha256.digest(bytes)).toString()
    expect(cidOf(bytes)).toBe(expected)
    expect(isCid(expected)).toBe(true)
  }
})

test('what only looks like a CID is none', () => {
  const cid = cidOf(new Uint8Array(0))
  expect(isCid(cid.slice(0, -1))).toBe(false)
  expect(isCid(`${cid}a`)).toBe(false)
  expect(isCid(cid.toUpperCase())).toBe(false)
  expect(isCid(`${cid.slice(0, -1)}b`)).toBe(false)
  expect(isCid('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG')).toBe(false)
})

test('every broken invariant is named with the value', () => {
  const good = valueOf(golden.find(({ name }) => name === 'xor, f32')!.bytes)
  const hiddenId = good.neurons[1]!.id
  const links = (change: (columns: { sources: Float64Array; targets: Float64Array; weights: Float64Array }) => void): Genotype => {
    const columns = { sources: good.links.sources.slice(), targets: good.links.targets.slice(), weights: good.links.weights.slice() }
    change(columns)
    return { ...good, links: columns }
  }
  expect(faultOf(good)).toBeUndefined()
  expect(faultOf({ ...good, inputs: 0 })).toContain('got 0')
  expect(faultOf({ ...good, inputs: 4_097 })).toContain('got 4097')
  expect(faultOf({ ...good, rule: { kind: 'synchronous', steps: 0 } })).toContain('got 0')
  expect(faultOf({ ...good, neurons: [good.neurons[0]!, { ...good.neurons[1]!, bias: NaN }] })).toContain('got NaN')
  expect(faultOf({ ...good, neurons: [good.neurons[0]!, { ...good.neurons[1]!, id: 65_535 }] })).toContain('got 65535')
  expect(faultOf({ ...good, neurons: [good.neurons[1]!, good.neurons[0]!] })).toContain('must be actuator')
  expect(faultOf(links((columns) => { columns.weights[0] = Infinity }))).toContain('got Infinity')
  expect(faultOf(links((columns) => { columns.weights[0] = -0 }))).toContain('-0')
  expect(faultOf(links((columns) => { columns.sources[1] = columns.sources[0]! }))).toContain('must ascend')
  expect(faultOf(links((columns) => { columns.sources[0] = 3 }))).toContain('Link source 3')
  expect(faultOf(links((columns) => { columns.sources[0] = hiddenId + 1 }))).toContain(`Link source ${hiddenId + 1}`)
  expect(faultOf(links((columns) => { columns.targets[6] = 2 }))).toContain('Link target 2')
  expect(() => assertGenotype({ ...good, outputs: 0 })).toThrow(RangeError)
})

test('a description that is not one is refused with a sentence', () => {
  const description = describeGenotype(sampleGenotype(1))
  const reasonOf = (json: unknown): string => {
    const read = genotypeFromDescription(json)
    return read.ok ? '' : read.reason
  }
  expect(reasonOf(null)).toContain('must be an object')
  expect(reasonOf([])).toContain('must be an object')
  expect(reasonOf({ ...description, format: 'other' })).toContain('megabrain-genotype')
  expect(reasonOf({ ...description, version: 2 })).toContain('version')
  expect(reasonOf({ ...description, neurons: 3 })).toContain('neurons must be a list')
  expect(reasonOf({ ...description, links: [{ from: 0, to: 4_096, weight: 'x' }] })).toContain('weight must be a number')
  expect(reasonOf({ ...description, cid: cidOf(new Uint8Array(0)) })).toContain('cid')
  expect(reasonOf({ ...description, neurons: [] })).toContain('got 0')
})

test('a description survives JSON text', () => {
  fc.assert(fc.property(seeds, (seed) => {
    const genotype = sampleGenotype(seed)
    expect(genotypeFromDescription(JSON.parse(JSON.stringify(describeGenotype(genotype))))).toEqual({ ok: true, value: genotype })
  }), { numRuns: 100 })
})

test('no JSON value makes the reader of descriptions throw', () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => {
    genotypeFromDescription(json)
    genotypeFromDescription({ ...describeGenotype(sampleGenotype(3)), neurons: json })
    genotypeFromDescription({ ...describeGenotype(sampleGenotype(3)), links: [json], rule: json })
  }), { numRuns: 500 })
})
