import { expect, test } from 'vitest'
import { createSpareRelays } from './spare-relays.ts'

const any = (): boolean => true
const relay = (peer: string, port = 1) => ({ peer, addresses: [`/ip4/8.8.8.8/tcp/${port}/ws/p2p/${peer}`] })

test('one that failed rests, longer each time, and is forgotten after the fifth; other addresses make it new', () => {
  const spares = createSpareRelays(() => 0.5)
  spares.add(relay('a'), 0)
  let now = 0
  const rests: number[] = []
  for (let failures = 0; failures < 4; failures++) {
    expect(spares.choose(now, any)?.peer).toBe('a')
    spares.failed('a', now)
    const before = now
    while (spares.choose(now, any) === undefined) now += 1_000
    rests.push((now - before) / 1_000)
  }
  expect(rests).toEqual([60, 120, 240, 480])
  spares.add(relay('a'), 0) // the same again is no news
  spares.failed('a', now)
  expect(spares.choose(Infinity, any)).toBeUndefined()
  spares.add(relay('a', 2), 0)
  spares.failed('a', now)
  expect(spares.choose(now, any)).toBeUndefined()
  spares.add(relay('a', 3), now)
  expect(spares.choose(now, any)).toMatchObject(relay('a', 3))
})

test('a crowd pushes out only those that failed', () => {
  const spares = createSpareRelays(() => 0)
  spares.add(relay('honest'), 0)
  spares.add(relay('failing'), 0)
  spares.failed('failing', 0)
  for (let at = 0; at < 1_000; at++) spares.add(relay(`sybil-${at}`), 0)
  const known = (peer: string): boolean => spares.choose(Infinity, (candidate) => candidate === peer) !== undefined
  expect([known('honest'), known('failing'), known('sybil-30'), known('sybil-31')]).toEqual([true, false, true, false])
})
