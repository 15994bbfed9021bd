import { expect, test } from 'vitest'
import { copyOf, newColumn } from './column.ts'

test('columns of every length are 0 and nobody else writes into them', () => {
  const columns = Array.from({ length: 400 }, (_, i) => newColumn(i % 41))
  for (const column of columns) expect(column.every((x) => x === 0)).toBe(true)
  columns.forEach((column, i) => column.fill(i + 1))
  columns.forEach((column, i) => {
    expect(column.length).toBe(i % 41)
    expect(column.every((x) => x === i + 1)).toBe(true)
  })
})

test('a copy is equal and its own', () => {
  for (const length of [0, 5, 8, 9, 32, 33, 500]) {
    const column = Float64Array.from({ length }, (_, i) => i / 3)
    const copy = copyOf(column)
    expect(copy).toEqual(column)
    if (length === 0) continue
    copy[0] = 9
    expect(column[0]).toBe(0)
  }
})
