// How much of a machine is lent and when: what a person sets. Apart from the island's other settings, because a donor
// without a page has the same ones.

import { alwaysAllowed, decodeSchedule, scheduleOf } from './schedule.ts'
import type { Schedule } from './schedule.ts'

export interface DonationSettings {
  /** Busy share of one core for each worker, per cent, 1 to 100. @default 25 */
  readonly dutyPercent: number
  /** Compute workers, each at most one core, 1 to 64. @default 1 */
  readonly workers: number
  readonly runWhenHidden: boolean
  readonly runOnBattery: boolean
  /** Gives less, and then nothing, while the machine is busy with other things. @default true */
  readonly giveWay: boolean
  /** Local hours of the week. @default always */
  readonly schedule: Schedule
  /** Busy time of one core per local day, minutes, all workers together; 0: no limit. @default 0 */
  readonly dailyMinutes: number
  /** What one busy core draws beyond an idle one, watts, 0.1 to 100; only for the estimate of energy. @default 10 */
  readonly wattsPerCore: number
}

/** Polite from the first day: a quarter of one core, and only while somebody looks and the machine is plugged in. */
export const defaultDonation: DonationSettings = {
  dutyPercent: 25, workers: 1, runWhenHidden: false, runOnBattery: false, giveWay: true, schedule: alwaysAllowed, dailyMinutes: 0, wattsPerCore: 10,
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

/** Starting points; what they say nothing about stays as it is. */
export const donationPresets = {
  Gentle: { dutyPercent: 10, workers: 1, runWhenHidden: false, runOnBattery: false, giveWay: true, schedule: alwaysAllowed },
  Balanced: { dutyPercent: 25, workers: 1, runWhenHidden: false, runOnBattery: false, giveWay: true, schedule: alwaysAllowed },
  Overnight: { dutyPercent: 100, workers: 2, runWhenHidden: true, runOnBattery: false, giveWay: true, schedule: scheduleOf(EVERY_DAY, 22, 7) },
} as const satisfies Readonly<Record<string, Partial<DonationSettings>>>

const MAX_WORKERS = 64
const DAY_MINUTES = 24 * 60

/**
 * `changes` on top of `settings`. Values of the wrong kind, as an old archive row may hold them, change nothing; numbers out
 * of range become the nearest that is in it.
 */
export function changeDonation(settings: DonationSettings, changes: Partial<Record<keyof DonationSettings, unknown>>): DonationSettings {
  const { dutyPercent, workers, runWhenHidden, runOnBattery, giveWay, schedule, dailyMinutes, wattsPerCore } = changes
  return {
    dutyPercent: Math.round(within(dutyPercent, 1, 100, settings.dutyPercent)),
    workers: Math.round(within(workers, 1, MAX_WORKERS, settings.workers)),
    runWhenHidden: typeof runWhenHidden === 'boolean' ? runWhenHidden : settings.runWhenHidden,
    runOnBattery: typeof runOnBattery === 'boolean' ? runOnBattery : settings.runOnBattery,
    giveWay: typeof giveWay === 'boolean' ? giveWay : settings.giveWay,
    schedule: decodeSchedule(schedule) ?? settings.schedule,
    dailyMinutes: Math.round(within(dailyMinutes, 0, DAY_MINUTES * MAX_WORKERS, settings.dailyMinutes)),
    wattsPerCore: within(wattsPerCore, 0.1, 100, settings.wattsPerCore),
  }
}

function within(value: unknown, low: number, high: number, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise
}
