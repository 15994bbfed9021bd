import { expect, test } from 'vitest'
import { createClock, tick } from './clock.ts'

test('time passes with the clock, also over a jump forward, and goes on at once after a jump back', () => {
  const clock = createClock()
  expect([1_000, 1_500, 9_000, 4_000, 4_250, 4_250].map((shown) => tick(clock, shown))).toEqual([1_000, 1_500, 9_000, 9_000, 9_250, 9_250])
})
