import { describe, expect, test } from 'vitest'
import { readNumbers, readOptions } from './usage.ts'

describe('readOptions', () => {
  test('takes a value that starts with a minus sign when it is a number', () => {
    expect(readOptions(['--state', '-1,2', '--actions', '-.5'], { state: { type: 'string' }, actions: { type: 'string' } }).values)
      .toMatchObject({ state: '-1,2', actions: '-.5' })
  })
})

describe('readNumbers', () => {
  test('takes every way to write a number and nothing else', () => {
    expect(readNumbers('1, -2.5,1e-3', '--x')).toEqual([1, -2.5, 0.001])
    for (const text of ['', '1,', '1,,2', 'NaN', 'Infinity', '1 2']) expect(() => readNumbers(text, '--x')).toThrow(/--x must be numbers/)
  })
})
