import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judge, judgeAgain, pointed, type Click, type Gate, type Known, type PointerAt } from './gate.ts'
import { causeOf, askingFloor, type Sight } from './sight.ts'

const at = (screenX: number, screenY: number, clientX: number, clientY: number, time = 0): PointerAt => ({ screenX, screenY, clientX, clientY, at: time })
const known = (first: PointerAt, lastAt = 4_500): Known => ({ first, lastAt, isWarned: false })
const open: Gate = { seenSince: 0, cause: 'none', pointer: known(at(100, 100, 20, 20)) }
const press = (pointer: PointerAt | undefined, time = 5_000, isTouch = false): Click => ({ isTrusted: true, pointer: pointer && { ...pointer, isTouch }, at: time })
const here = at(110, 130, 30, 50)

describe('a click counts as consent', () => {
  test('when a person made it, on a question seen plainly for a second, with a hand that was there before', () => {
    expect(judge(open, press(here))).toBeUndefined()
    expect(judge(open, press(undefined))).toBeUndefined()
    expect(judge({ ...open, pointer: undefined }, press(here, 5_000, true))).toBeUndefined()
  })

  test('and else not, for the reason that is told', () => {
    expect(judge(open, { ...press(here), isTrusted: false })).toBe('not-a-person')
    expect(judge({ ...open, cause: 'covered', seenSince: undefined }, press(here))).toBe('covered')
    expect(judge({ ...open, cause: 'too-small', seenSince: undefined }, press(here))).toBe('too-small')
    expect(judge({ ...open, cause: 'out-of-sight', seenSince: undefined }, press(here))).toBe('out-of-sight')
    expect(judge({ ...open, seenSince: 4_500 }, press(here))).toBe('too-soon')
    expect(judge({ ...open, pointer: undefined }, press(here))).toBe('moved')
    expect(judge({ ...open, pointer: known(at(100, 100, 20, 20, 4_900), 4_900) }, press(here))).toBe('moved')
    expect(judge(open, press(at(100, 100, 120, 20))), 'the frame slid under a hand that stood still').toBe('moved')
    const silent: Gate = { ...open, pointer: known(at(100, 100, 20, 20), 1_000) }
    expect(judge(silent, press(here)), 'the frame may have been away and back').toBe('moved')
    expect(judge({ ...silent, pointer: { ...silent.pointer!, isWarned: true } }, press(here)), 'the person was told, and presses again').toBeUndefined()
    expect(judgeAgain({ ...open, cause: 'covered' }, true)).toBe('covered')
  })

  test('never, whatever the times and places, while it cannot be seen or no person clicks', () => {
    const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 })
    const place = fc.tuple(number, number, number, number, number).map(([a, b, c, d, e]) => at(a, b, c, d, e))
    const hidden = fc.constantFrom('covered' as const, 'too-small' as const, 'out-of-sight' as const)
    fc.assert(fc.property(place, fc.option(place, { nil: undefined }), hidden, number, fc.boolean(), (pointer, before, cause, now, isTouch) => {
      const hand = before && known(before)
      expect(judge({ seenSince: undefined, cause, pointer: hand }, { isTrusted: true, pointer: { ...pointer, isTouch }, at: now })).toBeDefined()
      expect(judge({ seenSince: 0, cause: 'none', pointer: hand }, { isTrusted: false, pointer: { ...pointer, isTouch }, at: now })).toBe('not-a-person')
    }))
  })
})

test('a page zoom moves nothing: places on the screen and in the frame grow alike', () => {
  fc.assert(fc.property(fc.constantFrom(0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 4), fc.integer({ min: -300, max: 300 }), fc.integer({ min: -300, max: 300 }), (zoom, x, y) => {
    const from = known(at(500, 500, 100, 100), 0)
    expect(pointed(from, at(500 + zoom * x, 500 + zoom * y, 100 + x, 100 + y, 9))).toEqual({ ...from, lastAt: 9 })
  }))
  expect(pointed(known(at(500, 500, 100, 100), 0), at(500, 500, 160, 100, 9)).first.at, 'a frame that moved 60 px begins anew').toBe(9)
})

test('what cannot be seen has its cause, and a browser that does not tell of covers is believed about the rest', () => {
  const plain: Sight = { width: 360, height: 400, ratio: 1, isPlain: true }
  expect(causeOf(plain, askingFloor)).toBe('none')
  expect(causeOf({ ...plain, isPlain: undefined }, askingFloor)).toBe('none')
  expect(causeOf({ ...plain, isPlain: false }, askingFloor)).toBe('covered')
  expect(causeOf({ ...plain, ratio: 0.9 }, askingFloor)).toBe('out-of-sight')
  expect(causeOf({ ...plain, width: 239 }, askingFloor)).toBe('too-small')
  expect(causeOf(undefined, askingFloor)).toBe('out-of-sight')
})
