import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CALM, stepLoad } from './load-state.ts'
import type { LoadState } from './load-state.ts'

const run = (state: LoadState, memory: number, from: number, seconds: number): LoadState => {
  let next = state
  for (let at = 0; at <= seconds; at++) next = stepLoad(next, { memory, lag: 0 }, from + at * 1_000)
  return next
}

test('rises at once to what memory or lateness asks for, and falls a step at a time after a while of calm', () => {
  expect(stepLoad(CALM, { memory: 0.9, lag: 0 }, 0).level).toBe(1)
  expect(stepLoad(CALM, { memory: 0.1, lag: 3.5 }, 0).level).toBe(2)
  const full = stepLoad(CALM, { memory: 1.2, lag: 0 }, 0)
  expect(full.level).toBe(3)
  expect(run(full, 0.5, 1_000, 4).level).toBe(3)
  expect(run(full, 0.5, 1_000, 5).level).toBe(2)
  expect(run(full, 0.5, 1_000, 15).level).toBe(0)
})

test('does not flap around a bound, and no load keeps it up for ever', () => {
  const one = stepLoad(CALM, { memory: 0.86, lag: 0 }, 0)
  let state = one
  for (let at = 1; at < 100; at++) state = stepLoad(state, { memory: at % 2 === 0 ? 0.86 : 0.84, lag: 0 }, at * 1_000)
  expect(state.level).toBe(1)
  const observation = fc.record({ memory: fc.double({ min: 0, max: 3, noNaN: true }), lag: fc.double({ min: 0, max: 9, noNaN: true }) })
  fc.assert(fc.property(fc.array(observation), (observations) => {
    let any = CALM
    for (const [at, seen] of observations.entries()) any = stepLoad(any, seen, at * 1_000)
    expect(run(any, 0.1, 1e9, 20)).toEqual({ level: 0, calmSince: undefined })
  }))
})
