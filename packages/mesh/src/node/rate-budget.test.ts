import { expect, test } from 'vitest'
import { createRateBudget } from './rate-budget.ts'

test('a peer has its budget and gets it back with time, whatever others do', () => {
  let now = 0
  const take = createRateBudget(2, 1_000, () => now)
  expect([take('carol'), take('carol'), take('carol')]).toEqual([true, true, false])
  expect(take('alice')).toBe(true)
  now = 500
  expect([take('carol'), take('carol')]).toEqual([true, false])
})
