import { expect, test } from 'vitest'
import { rememberedTally, rememberTally } from './tally.ts'

const drawerOf = (text: string | null) => {
  let kept = text
  return { getItem: () => kept, setItem: (_: string, value: string) => { kept = value }, removeItem: () => { kept = null } }
}

test('a tally is read as it was kept', () => {
  const drawer = drawerOf(null)
  const tally = { time: 5, busyMs: 4, evaluations: 3, published: 2, discoveries: 0.5, finds: 1, bestInMesh: 9 }
  expect(rememberedTally(drawer)).toBeUndefined()
  rememberTally(drawer, tally)
  expect(rememberedTally(drawer)).toEqual(tally)
})

test.each(['', '{', 'null', '[]', '7', '{"time":"5"}', '{"time":-1,"busyMs":0,"evaluations":0,"published":0,"discoveries":0,"finds":0,"bestInMesh":0}'])('%j is none', (text) => {
  expect(rememberedTally(drawerOf(text))).toBeUndefined()
})

test('a store that refuses costs nothing', () => {
  const drawer = { ...drawerOf(null), setItem: () => { throw new DOMException('full', 'QuotaExceededError') } }
  expect(() => rememberTally(drawer, { time: 1, busyMs: 1, evaluations: 1, published: 1, discoveries: 1, finds: 1, bestInMesh: 1 })).not.toThrow()
})
