import { createGenotype, encodeGenotype, type Genotype } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { expect, test } from 'vitest'
import { hexText } from '../../bytes/text.ts'
import { assemble, partFrom } from './assemble.ts'
import { generateLarge } from './generate.ts'
import { MAX_LINKS_HELD } from './limits.ts'
import { decodeManifest, encodeManifest } from './manifest.ts'
import { decodeMessage, encodeMessage } from './message.ts'
import { partition, type Sharded } from './partition.ts'
import { placeParts, replaceParts } from './place.ts'
import { realTimeFault } from './refuse-task.ts'
import { openPart } from './run-part.ts'
import { createShardDonor } from './shard-donor.ts'
import { decodeWiring, encodeWiring } from './wiring.ts'

function cut(width: number): Sharded {
  const result = partition(generateLarge({ seed: 1, inputs: 4, outputs: 2, neurons: 40, links: 160, layers: 4 }), { width })
  if (!result.ok) throw new RangeError(result.reason)
  return result.value
}
const { manifest, parts } = cut(2)
const blocks = parts.map(({ body, wiringBytes }) => ({ body, wiring: wiringBytes }))

test('the manifest of a seed is the same bytes for ever', () => {
  expect(hexText(sha256(encodeManifest(manifest)))).toBe('3e7dfde16ce40775529a44246e47597819d18eceb0c6dbf1a7bd29a0d507f0aa')
})

test('a manifest with a level left out, a byte too many or another first level is refused', () => {
  const skipping = { ...manifest, parts: manifest.parts.map((part) => ({ ...part, level: part.level + (part.level > 1 ? 1 : 0) })) }
  expect(decodeManifest(encodeManifest(skipping))).toEqual({ ok: false, reason: 'bad-part' })
  const late = { ...manifest, parts: manifest.parts.map((part) => ({ ...part, level: part.level + 1 })) }
  expect(decodeManifest(encodeManifest(late))).toEqual({ ok: false, reason: 'bad-part' })
  expect(decodeManifest(Uint8Array.of(...encodeManifest(manifest), 0))).toEqual({ ok: false, reason: 'bad-length' })
})

test('a body or a wiring under another name is refused, each alone', () => {
  const other = blocks[1]!
  expect(assemble(manifest, [{ ...blocks[0]!, body: other.body }, ...blocks.slice(1)])).toEqual({ ok: false, reason: 'wrong-digest' })
  expect(assemble(manifest, [{ ...blocks[0]!, wiring: other.wiring }, ...blocks.slice(1)])).toEqual({ ok: false, reason: 'wrong-digest' })
})

test('a wiring has one form, and a part reads nothing of itself', () => {
  const bytes = encodeWiring({ imports: Int32Array.of(1), owned: Int32Array.of(3) })
  expect(decodeWiring(bytes).ok).toBe(true)
  const longer = Uint8Array.of(...bytes.slice(0, -1), bytes.at(-1)! | 0x80, 0)
  expect(decodeWiring(longer)).toEqual({ ok: false, reason: 'not-canonical' })
  const neuron = { id: 4_096, activation: 'tanh', aggregation: 'sum', bias: 0, response: 1 } as const
  const reading = (from: number): Genotype => createGenotype({ inputs: 1, outputs: 1, rule: { kind: 'ordered' }, neurons: [neuron], links: [{ from, to: 4_096, weight: 1 }] })
  expect(partFrom({ body: encodeGenotype(reading(0)), wiring: bytes }, 0)).toMatchObject({ level: 0 })
  expect(partFrom({ body: encodeGenotype(reading(4_096)), wiring: bytes }, 0)).toBe('bad-part')
})

test('a donor declines what is no part and what is more than it may hold', () => {
  const donor = createShardDonor(openPart)
  const install = (part: number, body: Uint8Array, wiring: Uint8Array) =>
    [...donor.receive(encodeMessage({ kind: 'install', part, level: 0, wiring, body }))!].map((bytes) => decodeMessage(bytes)?.kind)
  expect(install(0, Uint8Array.of(1), blocks[0]!.wiring)).toEqual(['declined'])
  const [sensors, neurons] = [1_024, 40]
  const body = encodeGenotype(createGenotype({
    inputs: sensors, outputs: neurons, rule: { kind: 'ordered' },
    neurons: Array.from({ length: neurons }, (_, i) => ({ id: 4_096 + i, activation: 'tanh', aggregation: 'sum', bias: 0, response: 1 })),
    links: Array.from({ length: sensors * neurons }, (_, i) => ({ from: i % sensors, to: 4_096 + Math.floor(i / sensors), weight: 1 })),
  }))
  const wiring = encodeWiring({ imports: Int32Array.from({ length: sensors }, (_, i) => 2 * i), owned: Int32Array.from({ length: neurons }, (_, i) => sensors + i) })
  const fits = Math.floor(MAX_LINKS_HELD / (sensors * neurons))
  for (let part = 0; part < fits; part++) expect(install(part, body, wiring)).toEqual(['held'])
  expect(install(fits, body, wiring)).toEqual(['declined'])
  expect(donor.receive(Uint8Array.of(255))).toBeUndefined()
})

test('the parts of a peer that left go to whoever has least, and no other part moves', () => {
  const before = placeParts(manifest.parts, ['a', 'b'])
  const busy = before.map((_peer, i) => (i === 0 ? 'gone' : 'a'))
  const after = replaceParts(manifest.parts, busy, ['a', 'b'])
  expect(after[0]).toBe('b')
  expect(after.slice(1)).toEqual(busy.slice(1))
})

test('a task that is controlled step by step is refused with the price, and a batch is not', () => {
  const environment = { variables: [], start: () => [], observe: () => [], decide: () => 0, step: (state: readonly number[]) => ({ state, reward: 0, terminated: true }), stepSeconds: 0.02 }
  expect(realTimeFault({ id: 'cart-pole-v1', environment, maxActivations: 5_000 }, 8)).toMatch(/cart-pole-v1 is controlled step by step.*8 round trips/)
  expect(realTimeFault({ id: 'xor', maxActivations: 4 }, 8)).toBeUndefined()
})
