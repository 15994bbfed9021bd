import { expect, test } from 'vitest'
import { CLEAN, isBanned, strike, type Reputation } from './reputation.ts'

const HOUR_MS = 3_600_000

/** Struck once at each of these times, ms. */
const struckAt = (...times: readonly number[]): Reputation => times.reduce((reputation, now) => strike(reputation, now), CLEAN)

test('a strike is forgiven after more than an hour without another, and only one for each that follows', () => {
  expect(struckAt(0, HOUR_MS).strikes).toBe(2)
  expect(struckAt(0, HOUR_MS + 1).strikes).toBe(1)
  expect(struckAt(0, 1, 2, 3, 3 * HOUR_MS).strikes).toBe(4)
  expect(isBanned(struckAt(0, HOUR_MS + 1, 2 * HOUR_MS + 2, 3 * HOUR_MS + 3), 3 * HOUR_MS + 3)).toBe(false)
  expect(isBanned(struckAt(0, 1, 2), 2)).toBe(true)
})

test('a ban is for the time it says, though the author goes on', () => {
  const banned = struckAt(0, 0, 0)
  expect(banned.bannedUntil).toBe(600_000)
  expect(strike(banned, 100).bannedUntil).toBe(100 + 1_200_000)
})
