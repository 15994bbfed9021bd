import { expect, test } from 'vitest'
import { createOutOfReach } from './out-of-reach.ts'

test('a peer that cannot be linked is left alone longer each time, until a link works', () => {
  const outOfReach = createOutOfReach()
  const pauses: number[] = []
  let now = 0
  for (let round = 0; round < 8; round++) {
    expect(outOfReach.isLeftAlone('bob', now)).toBe(false)
    outOfReach.failed('bob', now)
    const from = now
    while (outOfReach.isLeftAlone('bob', now)) now += 1_000
    pauses.push((now - from) / 1_000)
  }
  expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1_800, 1_800])
  outOfReach.failed('bob', now)
  outOfReach.linked('bob')
  expect(outOfReach.isLeftAlone('bob', now)).toBe(false)
  outOfReach.failed('bob', now)
  expect(outOfReach.isLeftAlone('bob', now + 30_000)).toBe(false)
})

test('strangers cannot make it remember without end', () => {
  const outOfReach = createOutOfReach()
  for (let peer = 0; peer <= 1_024; peer++) outOfReach.failed(`peer ${peer}`, 0)
  expect(outOfReach.isLeftAlone('peer 0', 1)).toBe(false)
  expect(outOfReach.isLeftAlone('peer 1', 1)).toBe(true)
})
