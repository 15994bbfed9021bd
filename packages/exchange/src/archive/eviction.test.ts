import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carol, START, statementFor } from '../../fixtures/world.ts'
import { sampleGenotype } from '../../fixtures/xor.ts'
import type { Entry } from './entry.ts'
import { evictionOrder } from './eviction.ts'
import { noveltyAmong, noveltyOfEach } from './novelty.ts'

interface Made {
  readonly fitness: number
  readonly fingerprint: number
}

const template = statementFor(sampleGenotype(1), carol, START)

function entryOf({ fitness, fingerprint }: Made, number: number): Entry {
  const claim = { ...template, id: String(number).padStart(64, '0'), genotype: `g${number}`, fitness, time: START + number }
  return { claim, envelope: new Uint8Array(0), body: Uint8Array.of(1), fingerprint, links: 3 }
}

const made: fc.Arbitrary<readonly Entry[]> = fc
  .array(
    fc.record({ fitness: fc.integer({ min: 1, max: 40 }), fingerprint: fc.constantFrom(0, 1, 3, 255) }),
    { minLength: 1, maxLength: 40 },
  )
  .map((list) => list.map(entryOf))

describe('what goes first', () => {
  const order = (...list: readonly Made[]): readonly string[] => evictionOrder(list.map(entryOf)).map(({ claim }) => claim.genotype)

  test('the less fit, then the less novel, then the older; never the best of a task', () => {
    const best = { fitness: 1_000, fingerprint: 0 }
    expect(order(best, { fitness: 900, fingerprint: 0 }, { fitness: 100, fingerprint: 255 })).toEqual(['g2', 'g1'])
    const alike = [{ fitness: 500, fingerprint: 255 }, { fitness: 501, fingerprint: 0 }, { fitness: 502, fingerprint: 0 }]
    expect(order(best, ...alike)).toEqual(['g2', 'g3', 'g1'])
    expect(order({ fitness: 9, fingerprint: 0 }, { fitness: 8, fingerprint: 0 }, { fitness: 8, fingerprint: 0 })).toEqual(['g1', 'g2'])
  })

  test('is the same whatever order the entries are in', () => {
    const twice = made.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length })))
    fc.assert(fc.property(twice, ([a, b]) => {
      expect(evictionOrder(a)).toEqual(evictionOrder(b))
    }))
  })
})

test('novelty of many at once is the novelty of each against the others', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(0, 1, 3, 128, 255), { minLength: 1, maxLength: 30 }), (fingerprints) => {
    const noveltyOf = noveltyOfEach(fingerprints)
    fingerprints.forEach((fingerprint, i) => {
      expect(noveltyOf(fingerprint)).toBe(noveltyAmong(fingerprint, fingerprints.filter((_, other) => other !== i)))
    })
  }))
})

test('novelty is the mean distance to the nearest three', () => {
  expect(noveltyAmong(0, [255, 1, 3, 7, 255])).toBe(2)
  expect(noveltyAmong(0, [255])).toBe(8)
  expect(noveltyAmong(0, [])).toBe(8)
})
