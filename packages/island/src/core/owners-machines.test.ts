import { expect, test } from 'vitest'
import { isPausedByOwner, isWordDue, machinesView, type HeardWord, type Surroundings } from './owners-machines.ts'

const NOW = 1_796_000_000_000
const stateWord = { of: 'state', name: '', phase: 'running', reason: '', dutyPercent: 25, evaluationsPerSecond: 60 } as const
const state = (device: string, time: number): HeardWord => ({ device, word: stateWord, revision: 1, time })
const wish = (device: string, paused: boolean, revision: number): HeardWord => ({ device, word: { of: 'wish', paused }, revision, time: NOW })
const around = (words: readonly HeardWord[], changes: Partial<Surroundings> = {}): Surroundings => (
  { self: 'here', words, revoked: new Set(), overruled: 0, now: NOW, ...changes })

test('the newest wish holds whichever machine it is from, unless that was taken back, this one was, or it was overruled here', () => {
  const words = [wish('here', false, 5), wish('there', true, 9)]
  expect(isPausedByOwner(around(words))).toBe(true)
  expect(isPausedByOwner(around([...words, wish('third', false, 10)]))).toBe(false)
  expect(isPausedByOwner(around(words, { revoked: new Set(['there']) }))).toBe(false)
  expect(isPausedByOwner(around(words, { revoked: new Set(['here']) }))).toBe(false)
  expect(isPausedByOwner(around(words, { overruled: 9 }))).toBe(false)
  expect(isPausedByOwner(around([...words, wish('third', true, 11)], { overruled: 9 }))).toBe(true)
})

test('this machine comes first, one that has not been heard for three minutes is silent, and no clock is ahead of ours', () => {
  const { machines } = machinesView(around([state('a', NOW - 200_000), state('here', NOW), state('b', NOW + 86_400_000)]), true)
  expect(machines.map(({ device, isSilent, heardAt }) => [device, isSilent, NOW - heardAt])).toEqual([['here', false, 0], ['a', true, 200_000], ['b', false, 0]])
})

test('news is told after five seconds, the same again after a minute, and at once when the clock was set back', () => {
  const told = { word: stateWord, at: NOW }
  const paused = { ...stateWord, phase: 'paused', reason: 'battery' }
  expect(isWordDue(undefined, stateWord, NOW)).toBe(true)
  expect([4_999, 5_000].map((ms) => isWordDue(told, paused, NOW + ms))).toEqual([false, true])
  expect([59_999, 60_000, -1].map((ms) => isWordDue(told, { ...stateWord, evaluationsPerSecond: 0 }, NOW + ms))).toEqual([false, true, true])
})
