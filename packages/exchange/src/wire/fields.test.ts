import { expect, test } from 'vitest'
import { encodeFields, parseFields, putElement, putNumber } from './fields.ts'

test('a message has at most as many fields as its reader allows, empty and repeated ones counted', () => {
  const bytes = encodeFields((to) => {
    putNumber(to, 1, 1)
    for (let i = 0; i < 4; i++) putElement(to, 3, new Uint8Array(0))
  })
  expect(parseFields(bytes, 5)?.elements(3, 4)).toHaveLength(4)
  expect(parseFields(bytes, 5)?.elements(3, 3)).toBeUndefined()
  expect(parseFields(bytes, 4)).toBeUndefined()
})

test('a field that is repeated has no single value', () => {
  const bytes = encodeFields((to) => {
    putNumber(to, 1, 1)
    putNumber(to, 1, 2)
  })
  expect(parseFields(bytes, 4)?.number(1)).toBeUndefined()
})
