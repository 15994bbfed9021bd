import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { deflateSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { createRandom } from '@megabrain/evolve'
import { inflate } from './inflate.ts'

const levels = [0, 1, 6, 9] as const
/** Text-like bytes, so that all kinds of blocks and distances come up. */
const words = fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 300 })), { maxLength: 60 })
  .map((runs) => Uint8Array.from(runs.flatMap(([byte, length]) => Array.from({ length }, (_, i) => (i % 3 === 0 ? byte : i & 15)))))
const contents = fc.oneof(fc.uint8Array({ maxLength: 3_000 }), words)

describe('inflating', () => {
  test('undoes what zlib and fflate made of any bytes, at every level and strategy', () => {
    fc.assert(fc.property(contents, fc.constantFrom(...levels), fc.constantFrom(0, 1, 2, 3, 4), (bytes, level, strategy) => {
      expect(inflate(new Uint8Array(deflateRawSync(bytes, { level, strategy })), bytes.length)).toEqual(bytes)
      expect(inflate(deflateSync(bytes, { level }), bytes.length)).toEqual(bytes)
    }), { numRuns: 500 })
  })

  test('gives exactly the length that was announced, or nothing', () => {
    fc.assert(fc.property(contents, fc.integer({ min: 1, max: 400 }), (bytes, wrong) => {
      const packed = deflateSync(bytes)
      expect(inflate(packed, bytes.length + wrong)).toBeUndefined()
      if (bytes.length >= wrong) expect(inflate(packed, bytes.length - wrong)).toBeUndefined()
    }), { numRuns: 300 })
  })

  test('refuses whatever is cut short or has something after it', () => {
    const random = createRandom(1)
    const bytes = Uint8Array.from({ length: 900 }, () => random.integer(40))
    const packed = deflateSync(bytes)
    for (let length = 0; length < packed.length; length++) expect(inflate(packed.subarray(0, length), bytes.length)).toBeUndefined()
    expect(inflate(Uint8Array.of(...packed, 0), bytes.length)).toBeUndefined()
  })

  test('never throws, and what it accepts zlib accepts too', () => {
    const packed = deflateSync(Uint8Array.from({ length: 400 }, (_, i) => (i * i) & 63))
    const mutants = fc.array(fc.tuple(fc.nat(packed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((edits) => {
      const copy = packed.slice()
      for (const [at, byte] of edits) copy[at] = byte
      return copy
    })
    fc.assert(fc.property(fc.oneof(mutants, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      const result = inflate(bytes, 400)
      if (result !== undefined) expect(result.length).toBe(400)
    }), { numRuns: 20_000 })
  })

  test('refuses to repeat what was never there', () => {
    // The last block, with the fixed codes: three bytes from one byte before the beginning, then the end.
    const bytes = Uint8Array.of(3, 2, 0)
    expect(() => inflateRawSync(bytes)).toThrow()
    expect(inflate(bytes, 3)).toBeUndefined()
  })

  test('takes no more blocks than a compressor makes', () => {
    const stored = (count: number): Uint8Array => {
      const bytes = Array.from({ length: count }, (_, i) => [i === count - 1 ? 1 : 0, 0, 0, 255, 255])
      return Uint8Array.from(bytes.flat())
    }
    expect(inflate(stored(4), 0)?.length).toBe(0)
    expect(inflate(stored(5), 0)).toBeUndefined()
    const noise = createRandom(3)
    const large = Uint8Array.from({ length: 262_144 }, () => noise.integer(200))
    for (const packed of [deflateSync(large, { level: 9 }), new Uint8Array(deflateRawSync(large, { level: 9 }))]) {
      expect(inflate(packed, large.length)).toEqual(large)
    }
  })

  test('stops at the announced end, however much a bomb would go on to give', () => {
    const bomb = new Uint8Array(deflateRawSync(new Uint8Array(4_000_000), { level: 9 }))
    expect(bomb.length).toBeLessThan(4_000)
    expect(inflate(bomb, 8 * bomb.length)).toBeUndefined()
    expect(inflate(bomb, 4_000_000)?.length).toBe(4_000_000)
  })
})
