import { expect, test } from 'vitest'
import { proveSchedule } from '../../bench/schedule-proof.ts'
import { alwaysAllowed, createWallClock, decodeSchedule, isAllowedAt, nextChange, scheduleOf } from './schedule.ts'

const HOUR_MS = 3_600_000
const everyDay = [0, 1, 2, 3, 4, 5, 6]

test('another reader of local time finds the same hours, changes and midnights in all zones', () => {
  expect(proveSchedule(500, 2026)).toEqual([])
})

test('the hour that is skipped in spring is not waited for, and the one that comes twice in autumn is given twice', () => {
  const berlin = createWallClock('Europe/Berlin')
  const atTwo = scheduleOf(everyDay, 2, 3)
  const spring = Date.UTC(2026, 2, 28, 23)
  expect(nextChange(atTwo, berlin, spring)).toBe(Date.UTC(2026, 2, 30, 0))
  const autumn = Date.UTC(2026, 9, 24, 23)
  expect(nextChange(atTwo, berlin, autumn)).toBe(Date.UTC(2026, 9, 25, 0))
  expect(nextChange(atTwo, berlin, Date.UTC(2026, 9, 25, 0))).toBe(Date.UTC(2026, 9, 25, 2))
})

test('a change of half an hour, and a day that a whole country left out', () => {
  const lordHowe = createWallClock('Australia/Lord_Howe')
  // 2026-10-04 02:00 becomes 02:30 there, at 15:30 UTC the day before.
  expect(nextChange(scheduleOf(everyDay, 3, 4), lordHowe, Date.UTC(2026, 9, 3, 15))).toBe(Date.UTC(2026, 9, 3, 16))
  // Samoa had no 30 December 2011, a Friday.
  const fridays = scheduleOf([4], 0, 0)
  const apia = createWallClock('Pacific/Apia')
  const thursday = Date.UTC(2011, 11, 29, 12)
  expect(nextChange(fridays, apia, thursday)).toBe(Date.UTC(2012, 0, 5, 10))
})

test('a clock that is set back a minute after midnight ends the new day at once', () => {
  // Newfoundland, 2008-11-02: 00:01 became 23:01 of the day before, at 02:31 UTC.
  const sundayMidnight = scheduleOf([6], 0, 1)
  expect(nextChange(sundayMidnight, createWallClock('America/St_Johns'), Date.UTC(2008, 10, 2, 2, 30, 30))).toBe(Date.UTC(2008, 10, 2, 2, 31))
})

test('a night goes over into the morning of the day that follows', () => {
  const utc = createWallClock('UTC')
  const sundayNight = scheduleOf([6], 22, 6)
  const monday = Date.UTC(2026, 10, 30)
  expect(isAllowedAt(sundayNight, utc, monday + 5 * HOUR_MS)).toBe(true)
  expect(isAllowedAt(sundayNight, utc, monday + 6 * HOUR_MS)).toBe(false)
  expect(isAllowedAt(sundayNight, utc, monday - 2 * HOUR_MS)).toBe(true)
})

test.each([undefined, 'always', [], [1, 2, 3], [...alwaysAllowed.slice(1), -1], [...alwaysAllowed.slice(1), 2 ** 24], [...alwaysAllowed.slice(1), '1']])(
  '%j is no schedule', (value) => {
    expect(decodeSchedule(value)).toBeUndefined()
  },
)
