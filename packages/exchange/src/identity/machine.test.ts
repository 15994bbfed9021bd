import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hexText } from '../bytes/text.ts'
import { decodeWord, encodeWord, WORD_BYTES, type MachineWord } from './machine.ts'
import { machinesSecret, ownerSeed } from './owner-entropy.ts'

const ascii = (maxLength: number) => fc.string({ unit: 'grapheme-ascii', maxLength })
const words: fc.Arbitrary<MachineWord> = fc.oneof(
  fc.record({ of: fc.constant('wish' as const), paused: fc.boolean() }),
  fc.record({
    of: fc.constant('state' as const), name: ascii(24), phase: ascii(16), reason: ascii(16),
    dutyPercent: fc.integer({ min: 0, max: 100 }), evaluationsPerSecond: fc.integer({ min: 0, max: 1e9 }),
  }),
)

test('every word reads as it was written, and all are as long', () => {
  fc.assert(fc.property(words, (word) => {
    const bytes = encodeWord(word)
    expect(bytes).toHaveLength(WORD_BYTES)
    expect(decodeWord(bytes)).toEqual(word)
  }))
})

test('bytes that are no word are none: any, shorter, longer, and a word with any byte changed never reads as the same', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeWord(bytes)))
  fc.assert(fc.property(words, fc.nat(WORD_BYTES - 1), fc.integer({ min: 1, max: 255 }), (word, at, change) => {
    const bytes = encodeWord(word)
    bytes[at]! ^= change
    expect(decodeWord(bytes)).not.toEqual(word)
  }))
})

test('an owner and the secret of the owner’s machines come from sixteen bytes, and neither says anything of the other', () => {
  const entropy = Uint8Array.from({ length: 16 }, (_, i) => i)
  const hash = (purpose: string) => createHash('sha256').update(purpose).update(entropy).digest('hex')
  expect(hexText(ownerSeed(entropy))).toBe(hash('megabrain-owner/1:'))
  expect(hexText(machinesSecret(entropy))).toBe(hash('megabrain-machines/1:'))
  for (const length of [0, 15, 17, 32]) expect(() => ownerSeed(new Uint8Array(length))).toThrow(RangeError)
})
