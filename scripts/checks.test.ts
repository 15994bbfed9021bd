import { expect, test } from 'vitest'
import { determinismFaultsOf } from './check-determinism.ts'

test('every way to reach an engine-dependent result is found', () => {
  const forbidden = ['x ** 2', 'x **= 2', 'Math.exp(x)', 'Math.random()', 'Math["sin"](x)', 'const { tanh } = Math', 'Date.now()', 'new Date()', 'performance.now()', 'for (const k in o) f(k)', 'a.localeCompare(b)']
  for (const text of forbidden) expect(determinismFaultsOf(text), text).not.toEqual([])
})

test('exact arithmetic passes', () => {
  const allowed = ['Math.sqrt(x) + Math.fround(y)', 'a.Date', '({ Date: 1 })', 'x * x', 'for (const k of o) f(k)']
  for (const text of allowed) expect(determinismFaultsOf(text), text).toEqual([])
})
