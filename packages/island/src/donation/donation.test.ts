import { expect, test } from 'vitest'
import { createDonation, decide, stepDonation } from './donation.ts'
import type { Conditions, Decision, Donation, DonationEvent } from './donation.ts'
import { changeDonation, defaultDonation } from './donation-settings.ts'
import type { DonationSettings } from './donation-settings.ts'
import { createWallClock, localDay, scheduleOf } from './schedule.ts'

const utc = createWallClock('UTC')
/** A Tuesday. */
const NOON = Date.UTC(2026, 11, 1, 12)
const HOUR_MS = 3_600_000

/** A donation that is told things at times; each tells what is decided then. */
function donor(changes: Partial<DonationSettings> = {}) {
  const settings = { ...defaultDonation, ...changes }
  let donation: Donation = createDonation(NOON)
  return {
    tell(event: DonationEvent, afterMs = 0): Decision {
      donation = stepDonation(donation, event, NOON + afterMs)
      return decide(donation, settings, utc, NOON + afterMs)
    },
    hear(conditions: Partial<Conditions>, afterMs = 0): Decision {
      return this.tell({ kind: 'conditions', conditions }, afterMs)
    },
  }
}

test('by default it runs as set, and rests for the first reason that holds', () => {
  const alice = donor()
  expect(alice.tell({ kind: 'tick' })).toMatchObject({ state: 'running', reason: 'as-set', dutyPercent: 25, workers: 1, nextAt: undefined })
  expect(alice.hear({ saveData: true })).toMatchObject({ state: 'resting', reason: 'save-data', dutyPercent: 0 })
  expect(alice.hear({ onBattery: true })).toMatchObject({ reason: 'battery' })
  expect(alice.hear({ hidden: true })).toMatchObject({ reason: 'hidden' })
  expect(alice.tell({ kind: 'pause' })).toMatchObject({ state: 'resting', reason: 'by-you' })
  expect(alice.hear({ saveData: false, onBattery: false, hidden: false })).toMatchObject({ reason: 'by-you' })
  expect(alice.tell({ kind: 'resume' })).toMatchObject({ state: 'running' })
})

test('what was opted in to is no reason to rest', () => {
  const alice = donor({ runWhenHidden: true, runOnBattery: true })
  expect(alice.hear({ hidden: true, onBattery: true })).toMatchObject({ state: 'running', reason: 'as-set' })
})

test('a snooze ends by itself at its time, a pause does not', () => {
  const alice = donor()
  const until = NOON + HOUR_MS
  expect(alice.tell({ kind: 'snooze', until })).toMatchObject({ state: 'resting', reason: 'snoozed', until, nextAt: until })
  expect(alice.tell({ kind: 'tick' }, HOUR_MS - 1)).toMatchObject({ reason: 'snoozed' })
  expect(alice.tell({ kind: 'tick' }, HOUR_MS)).toMatchObject({ state: 'running', reason: 'as-set' })
  expect(alice.tell({ kind: 'snooze', until: NOON + 3 * HOUR_MS }, HOUR_MS)).toMatchObject({ reason: 'snoozed' })
  expect(alice.tell({ kind: 'pause' }, 2 * HOUR_MS)).toMatchObject({ reason: 'by-you', until: undefined })
  expect(alice.tell({ kind: 'tick' }, 9 * HOUR_MS)).toMatchObject({ reason: 'by-you' })
})

test('hours that were set are kept, and both their beginning and their end are told', () => {
  const alice = donor({ schedule: scheduleOf([1], 13, 15) })
  expect(alice.tell({ kind: 'tick' })).toMatchObject({ state: 'resting', reason: 'schedule', until: NOON + HOUR_MS })
  expect(alice.tell({ kind: 'tick' }, HOUR_MS)).toMatchObject({ state: 'running', until: NOON + 3 * HOUR_MS, nextAt: NOON + 3 * HOUR_MS })
})

test('finish runs until the generation ends and then stops; a reason to rest stops it at once; resume takes it back', () => {
  const alice = donor()
  expect(alice.tell({ kind: 'finish' })).toMatchObject({ state: 'finishing', reason: 'finishing', dutyPercent: 25 })
  expect(alice.tell({ kind: 'finished' })).toMatchObject({ state: 'stopped', reason: 'by-you' })
  const bob = donor()
  bob.tell({ kind: 'finish' })
  expect(bob.hear({ hidden: true })).toMatchObject({ state: 'stopped', reason: 'hidden' })
  const carol = donor()
  carol.tell({ kind: 'finish' })
  carol.tell({ kind: 'resume' })
  expect(carol.tell({ kind: 'finished' })).toMatchObject({ state: 'running', reason: 'as-set' })
})

test('the computing time of a day ends the day, not the next one', () => {
  const alice = donor({ dailyMinutes: 30 })
  const day = localDay(utc, NOON)
  expect(alice.hear({ worked: { day, busyMs: 29.9 * 60_000 } })).toMatchObject({ state: 'running' })
  expect(alice.hear({ worked: { day, busyMs: 30 * 60_000 } })).toMatchObject({ reason: 'daily-limit', until: NOON + 12 * HOUR_MS })
  expect(alice.tell({ kind: 'tick' }, 12 * HOUR_MS)).toMatchObject({ state: 'running' })
})

test('a machine that is busy for three seconds gets half, then a quarter, then nothing; what is over sooner changes nothing', () => {
  const alice = donor({ dutyPercent: 40 })
  const due = alice.hear({ pressure: 'serious' })
  expect(due).toMatchObject({ reason: 'as-set', nextAt: NOON + 3_000 })
  expect(alice.hear({ pressure: 'nominal' }, 2_900)).toMatchObject({ reason: 'as-set', dutyPercent: 40 })
  alice.hear({ pressure: 'serious' }, 10_000)
  expect(alice.tell({ kind: 'tick' }, 13_000)).toMatchObject({ state: 'running', reason: 'busy', dutyPercent: 20 })
  expect(alice.tell({ kind: 'tick' }, 16_000)).toMatchObject({ state: 'running', reason: 'busy', dutyPercent: 10 })
  expect(alice.tell({ kind: 'tick' }, 19_000)).toMatchObject({ state: 'resting', reason: 'busy', dutyPercent: 0 })
  expect(alice.hear({ pressure: 'fair' }, 20_000)).toMatchObject({ state: 'resting', nextAt: NOON + 30_000 })
  expect(alice.tell({ kind: 'tick' }, 30_000)).toMatchObject({ state: 'running', dutyPercent: 10 })
})

test('readings that jump about every few seconds do not make it jump: relapses make it wait ever longer', () => {
  const alice = donor()
  let changes = 0
  let before = alice.tell({ kind: 'tick' })
  for (let second = 0; second < 3_600; second++) {
    // Busy whenever we compute: as if the load were our own.
    const pressure = before.state === 'running' && before.dutyPercent > 10 ? 'critical' : 'nominal'
    const next = alice.hear({ pressure }, second * 1_000)
    if (next.state !== before.state) changes += 1
    before = next
  }
  // Without patience that grows there would be 180 rests in this hour.
  expect(changes).toBeLessThan(40)
})

test('a late event loop is heeded where no pressure is told, and other load is told apart from ours', () => {
  const alice = donor()
  alice.hear({ delayMs: 80 })
  expect(alice.hear({ delayMs: 45 }, 3_000)).toMatchObject({ reason: 'sluggish', dutyPercent: 12.5 })
  const bob = donor()
  bob.hear({ delayMs: 900, pressure: 'nominal' })
  expect(bob.tell({ kind: 'tick' }, 60_000)).toMatchObject({ reason: 'as-set' })
  const carol = donor()
  carol.hear({ otherLoadPercent: 26 })
  expect(carol.tell({ kind: 'tick' }, 3_000)).toMatchObject({ state: 'resting', reason: 'busy' })
  const dave = donor({ giveWay: false })
  dave.hear({ pressure: 'critical' })
  expect(dave.tell({ kind: 'tick' }, 60_000)).toMatchObject({ state: 'running', reason: 'as-set' })
})

test('settings of an older release are read, nonsense changes nothing, and what is out of range is bent into it', () => {
  expect(changeDonation(defaultDonation, { dutyPercent: 60, runOnBattery: true })).toEqual({ ...defaultDonation, dutyPercent: 60, runOnBattery: true })
  const nonsense = { dutyPercent: NaN, workers: '4', schedule: [1], giveWay: 1, dailyMinutes: null, wattsPerCore: Infinity }
  expect(changeDonation(defaultDonation, nonsense)).toEqual(defaultDonation)
  expect(changeDonation(defaultDonation, { dutyPercent: 0, workers: 1e9, dailyMinutes: -5, wattsPerCore: 0 })).toMatchObject({ dutyPercent: 1, workers: 64, dailyMinutes: 0, wattsPerCore: 0.1 })
})
