import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBoundedMap } from './bounded-map.ts'
import { CLEAN, isBanned, strike } from './reputation.ts'
import { admitSequence, type SequenceWindow } from './sequence-window.ts'
import { createTokenBucket } from './token-bucket.ts'

test('a bounded map never outgrows its cap and forgets what was set longest ago', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (keys) => {
      const map = createBoundedMap<number, number>(5)
      for (const key of keys) map.set(key, key)
      const newest = [...new Set([...keys].reverse())].slice(0, 5)
      expect([...map.values()].reverse()).toEqual(newest)
      expect(map.size).toBe(newest.length)
    }),
  )
})

test('a token bucket gives at most its capacity and its rate, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { maxLength: 200 }), (jumps) => {
      const bucket = createTokenBucket(4, 2)
      let now = 1_000_000
      let forwardMs = 0
      let taken = 0
      for (const jump of jumps) {
        now += jump
        forwardMs += Math.max(0, jump)
        if (bucket.take(now)) taken++
      }
      expect(taken).toBeLessThanOrEqual(4 + (forwardMs * 2) / 1_000)
    }),
  )
})

test('a sequence window admits each number once, and exactly those within 32 of the highest', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 80 }), (sequences) => {
      let window: SequenceWindow | undefined
      const heard = new Set<number>()
      for (const sequence of sequences) {
        const highest = Math.max(...heard, -1)
        const wanted = !heard.has(sequence) && (heard.size === 0 || sequence > highest - 33)
        const next = admitSequence(window, sequence)
        expect(next !== undefined, `${sequence} after ${[...heard].join(' ')}`).toBe(wanted)
        if (next !== undefined) {
          window = next
          heard.add(sequence)
        }
      }
    }),
  )
})

test('a jump by exactly the width of a sequence window forgets what was heard before it', () => {
  let window: SequenceWindow | undefined
  for (const sequence of [100, 101, 102]) window = admitSequence(window, sequence)
  window = admitSequence(window, 134)
  for (let sequence = 103; sequence < 134; sequence++) expect(admitSequence(window, sequence), String(sequence)).toBeDefined()
  expect(admitSequence(window, 102)).toBeUndefined()
  expect(admitSequence(window, 101)).toBeUndefined()
})

test('a token bucket saves up no more than its capacity, and works off a debt before it gives again', () => {
  const bucket = createTokenBucket(3, 1)
  bucket.take(0)
  const taken = [1, 2, 3, 4, 5].map(() => bucket.take(1_000_000))
  expect(taken).toEqual([true, true, true, false, false])
  bucket.spend(1_000_000, 2)
  expect([bucket.has(1_002_000), bucket.level(1_002_000), bucket.has(1_003_000), bucket.level(1_003_000)]).toEqual([false, 0, true, 1])
})

test('three strikes ban for ten minutes, each further one twice as long, up to a day', () => {
  let reputation = CLEAN
  const bans: number[] = []
  for (let i = 0; i < 14; i++) {
    reputation = strike(reputation, 1_000)
    bans.push(reputation.bannedUntil === 0 ? 0 : (reputation.bannedUntil - 1_000) / 60_000)
  }
  expect(bans).toEqual([0, 0, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_280, 1_280, 1_280, 1_280])
  expect(isBanned(reputation, 1_000)).toBe(true)
  expect(isBanned(reputation, reputation.bannedUntil)).toBe(false)
})
