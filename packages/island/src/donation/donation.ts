// Whether a machine computes now, how much, and why: one pure decision for a tab and for a donor without a page. Adapters
// tell it what happens and what the machine says; it has no clock, timer or sensor of its own.

import type { DonationSettings } from './donation-settings.ts'
import { createYielding, nextYielding, shareOf, stepYielding } from './give-way.ts'
import type { Load, Yielding } from './give-way.ts'
import { isAllowedAt, localDay, nextChange, nextMidnight } from './schedule.ts'
import type { WallClock } from './schedule.ts'

/** Why it is in its state. The page has words for each. */
export type DonationReason =
  | 'as-set' // it runs as the settings have it
  | 'by-you' // paused or stopped by a person
  | 'snoozed' // paused by a person until a time
  | 'schedule' // outside the hours that were set
  | 'hidden' // the page is in the background and background work is not allowed
  | 'battery' // the machine runs on battery
  | 'save-data' // the browser asks to save data
  | 'in-use' // somebody is at the machine, and it is lent only when nobody is
  | 'busy' // the machine is busy with other things
  | 'sluggish' // the page would become sluggish
  | 'daily-limit' // today's share of computing is used up
  | 'data-limit' // today's share of data is used up
  | 'finishing' // it stops at the end of the generation

export interface Conditions extends Load {
  readonly hidden: boolean
  readonly onBattery: boolean
  readonly saveData: boolean
  readonly inUse: boolean
  /** The local day (`localDay`) on which the day's share of data was used up last. */
  readonly dataSpentOn: number | undefined
  /** Busy time on the last local day with any, all workers together. */
  readonly worked: { readonly day: number; readonly busyMs: number }
}

export const freeConditions: Conditions = {
  hidden: false, onBattery: false, saveData: false, inUse: false, dataSpentOn: undefined, worked: { day: 0, busyMs: 0 },
  pressure: undefined, delayMs: undefined, otherLoadPercent: undefined,
}

export interface Donation {
  readonly will: 'run' | 'pause' | 'finish' | 'stop'
  /** Milliseconds since 1970. */
  readonly snoozedUntil: number | undefined
  readonly conditions: Conditions
  readonly yielding: Yielding
}

export type DonationEvent =
  /** What a person wants. `resume` ends a snooze too; `finish` ends the generation first and then stops. */
  | { readonly kind: 'resume' | 'pause' | 'finish' | 'stop' }
  | { readonly kind: 'snooze'; readonly until: number }
  /** Every worker has ended a generation since `finish`. */
  | { readonly kind: 'finished' }
  /** What the machine says; what is absent is as it was. */
  | { readonly kind: 'conditions'; readonly conditions: Partial<Conditions> }
  /** Time has passed. */
  | { readonly kind: 'tick' }

export interface Decision {
  readonly state: 'running' | 'resting' | 'finishing' | 'stopped'
  readonly reason: DonationReason
  /** When the reason ends by itself, or when `as-set` ends by the schedule, if that is known. Milliseconds since 1970. */
  readonly until: number | undefined
  /** Busy share of one core for each worker, per cent; 0 unless running or finishing. */
  readonly dutyPercent: number
  readonly workers: number
  /** When to step with `tick` and decide again, if nothing happens before. */
  readonly nextAt: number | undefined
}

export function createDonation(now: number): Donation {
  return { will: 'run', snoozedUntil: undefined, conditions: freeConditions, yielding: createYielding(now) }
}

/** @param now milliseconds since 1970 */
export function stepDonation(donation: Donation, event: DonationEvent, now: number): Donation {
  const told = event.kind === 'conditions' ? { ...donation, conditions: { ...donation.conditions, ...event.conditions } } : donation
  const next = { ...told, yielding: stepYielding(told.yielding, told.conditions, now) }
  switch (event.kind) {
    case 'resume':
      return { ...next, will: 'run', snoozedUntil: undefined }
    case 'pause':
      return next.will === 'stop' ? next : { ...next, will: 'pause', snoozedUntil: undefined }
    case 'snooze':
      return next.will === 'stop' ? next : { ...next, will: 'run', snoozedUntil: event.until }
    case 'finish':
      return next.will === 'stop' ? next : { ...next, will: 'finish' }
    case 'stop':
      return { ...next, will: 'stop', snoozedUntil: undefined }
    case 'finished':
      return next.will === 'finish' ? { ...next, will: 'stop' } : next
    default:
      return next
  }
}

/** @param clock the wall clock that the schedule is meant by */
export function decide(donation: Donation, settings: DonationSettings, clock: WallClock, now: number): Decision {
  const { workers } = settings
  const rest = (reason: DonationReason, until?: number, nextAt = until): Decision =>
    ({ state: donation.will === 'finish' ? 'stopped' : 'resting', reason, until, dutyPercent: 0, workers, nextAt })
  if (donation.will === 'stop') return { ...rest('by-you'), state: 'stopped' }
  const hindrance = hindranceOf(donation, settings, clock, now)
  // Nothing is gained by waiting to finish: what the generation had so far is lost either way.
  if (hindrance !== undefined) return rest(...hindrance)
  const change = nextChange(settings.schedule, clock, now)
  const { yielding } = donation
  const share = settings.giveWay ? shareOf(yielding) : 1
  const reason = donation.will === 'finish' ? 'finishing' : share < 1 ? yielding.cause : 'as-set'
  return {
    state: donation.will === 'finish' ? 'finishing' : 'running',
    reason,
    until: reason === 'as-set' ? change : undefined,
    dutyPercent: Math.max(1, settings.dutyPercent * share),
    workers,
    nextAt: earliest(change, settings.giveWay ? nextYielding(yielding) : undefined),
  }
}

type Hindrance = readonly [reason: DonationReason, until?: number | undefined, nextAt?: number | undefined]

/** The first reason that holds for which nothing is computed. */
function hindranceOf(donation: Donation, settings: DonationSettings, clock: WallClock, now: number): Hindrance | undefined {
  const { will, snoozedUntil, conditions, yielding } = donation
  if (will === 'pause') return ['by-you']
  if (snoozedUntil !== undefined && now < snoozedUntil) return ['snoozed', snoozedUntil]
  if (!isAllowedAt(settings.schedule, clock, now)) return ['schedule', nextChange(settings.schedule, clock, now)]
  if (conditions.hidden && !settings.runWhenHidden) return ['hidden']
  if (conditions.onBattery && !settings.runOnBattery) return ['battery']
  if (conditions.saveData) return ['save-data']
  if (conditions.inUse) return ['in-use']
  if (settings.giveWay && shareOf(yielding) === 0) return [yielding.cause, undefined, nextYielding(yielding)]
  const { worked: { day, busyMs }, dataSpentOn } = conditions
  const today = localDay(clock, now)
  const isSpent = settings.dailyMinutes > 0 && day === today && busyMs >= settings.dailyMinutes * 60_000
  if (isSpent) return ['daily-limit', nextMidnight(clock, now)]
  return dataSpentOn === today ? ['data-limit', nextMidnight(clock, now)] : undefined
}

function earliest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
