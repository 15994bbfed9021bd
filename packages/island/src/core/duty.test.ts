import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDuty, restMs, settleDuty } from './duty.ts'
import { addSample, createDutyMeter, readMeter } from './duty-meter.ts'

/** A minute of slices and rests on a virtual clock; `late` is how much longer than asked each rest took, ms. */
function busyShareOfAMinute(percent: number, sliceMs: () => number, late: () => number): number {
  let now = 0
  let busyMs = 0
  let duty = createDuty(percent, now)
  while (now < 60_000) {
    const slice = sliceMs()
    now += slice
    busyMs += slice
    duty = settleDuty(duty, slice, now)
    now += restMs(duty) + late()
  }
  return busyMs * 100 / now
}

describe('the duty cycle', () => {
  test('keeps its share within 5 points over a minute, whatever slices and timers do', () => {
    fc.assert(fc.property(
      fc.integer({ min: 1, max: 90 }), fc.integer({ min: 20, max: 50 }), fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      (percent, slice, lateness, seed) => {
        let state = seed
        const draw = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
        const share = busyShareOfAMinute(percent, () => slice * (0.5 + draw()), () => lateness * draw())
        expect(Math.abs(share - percent)).toBeLessThan(5)
      },
    ), { numRuns: 200 })
  })

  test('one evaluation of two seconds is paid for in full', () => {
    const duty = settleDuty(createDuty(25, 0), 2_000, 2_000)
    expect(restMs(duty)).toBe(6_000)
  })

  test('an hour without work buys no burst', () => {
    const rested = settleDuty(createDuty(25, 0), 0, 3_600_000)
    expect(restMs(settleDuty(rested, 1_000, 3_601_000))).toBe(2_500)
  })

  test('refuses a share that is none', () => {
    expect(() => createDuty(0, 0)).toThrow('Duty must be 1 to 100 per cent, got 0')
    expect(() => createDuty(Number.NaN, 0)).toThrow(RangeError)
  })
})

describe('the duty meter', () => {
  test('shows the last ten seconds only', () => {
    let meter = createDutyMeter(0)
    for (let at = 1_000; at <= 20_000; at += 1_000) meter = addSample(meter, { at, busyMs: at <= 10_000 ? 900 : 250, evaluations: 10 })
    expect(readMeter(meter, 20_000)).toEqual({ dutyPercent: 25, evaluationsPerSecond: 10 })
  })

  test('falls to nothing ten seconds after the work ended', () => {
    const meter = addSample(createDutyMeter(0), { at: 1_000, busyMs: 500, evaluations: 5 })
    expect(readMeter(meter, 11_001)).toEqual({ dutyPercent: 0, evaluationsPerSecond: 0 })
  })
})
