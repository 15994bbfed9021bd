import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allMutants } from './all-mutants.ts'

const source = (file: string): string => readFileSync(join(import.meta.dirname, '../src', file), 'utf8')

test('there are enough planted bugs, each with its own name', () => {
  expect(allMutants.length).toBeGreaterThanOrEqual(30)
  expect(new Set(allMutants.map(({ breaks }) => breaks)).size).toBe(allMutants.length)
})

test.each(allMutants)('$file: "$breaks" can still be planted', ({ file, find, replace }) => {
  expect(source(file).split(find).length - 1, `occurrences of ${JSON.stringify(find)}`).toBe(1)
  expect(replace).not.toBe(find)
})
