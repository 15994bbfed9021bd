import { expect, test } from 'vitest'
import { createBackoff } from './backoff.ts'

test('waits grow, stay within their bounds, and start again after a reset', () => {
  const backoff = createBackoff(500, 30_000, () => 0.999)
  const waits = Array.from({ length: 12 }, () => backoff.next())
  expect(waits.every((ms, at) => ms >= 500 && ms <= 30_000 && ms >= (waits[at - 1] ?? 0))).toBe(true)
  expect(waits.at(-1)).toBe(30_000)
  backoff.reset()
  expect(backoff.next()).toBeLessThan(1_501)
  expect(createBackoff(500, 30_000, () => 0).next()).toBe(500)
})
