// The hours of the week in which a machine is lent, in its own local time. Separate from the donation, because clock
// changes make local time the one part that is easy to get wrong: an hour may be missing, come twice, or last 30 minutes.

/** Seven numbers, Monday first; bit h is set when the local hour from h:00 to h:59 is allowed. */
export type Schedule = readonly number[]

const HOURS = 24
const WHOLE_DAY = 0xff_ff_ff
const HOUR_MS = 3_600_000
/** How far ahead a change is looked for: a week, and a day for the clock changes in it. */
const HORIZON_MS = 8 * HOURS * HOUR_MS

export const alwaysAllowed: Schedule = Array.from({ length: 7 }, () => WHOLE_DAY)

/** A time zone's wall clock: what must be added to UTC to read local time as if it were UTC, in ms. */
export interface WallClock {
  offsetMs(now: number): number
}

/**
 * Offsets are what the platform's own time zone data says, to the second.
 * @param zone IANA name, such as `Europe/Berlin`; undefined: the machine's own zone
 * @throws RangeError when the platform does not know the zone
 */
export function createWallClock(zone: string | undefined): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', era: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  })
  return {
    offsetMs(now) {
      const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
      for (const { type, value } of format.formatToParts(now)) part[type] = Number(value)
      const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
      return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(now / 1000) * 1000
    },
  }
}

/** `undefined` for anything but seven masks of 24 bits. */
export function decodeSchedule(value: unknown): Schedule | undefined {
  if (!Array.isArray(value) || value.length !== 7) return undefined
  return value.every((mask) => Number.isInteger(mask) && mask >= 0 && mask <= WHOLE_DAY) ? value as Schedule : undefined
}

export function isHourAllowed(schedule: Schedule, day: number, hour: number): boolean {
  return ((schedule[day] ?? 0) >> hour & 1) === 1
}

/** @param day 0 is Monday */
export function withHour(schedule: Schedule, day: number, hour: number, allowed: boolean): Schedule {
  return schedule.map((mask, index) => index !== day ? mask : allowed ? mask | 1 << hour : mask & ~(1 << hour))
}

/**
 * The same hours on the given days: from `from` until before `to`, past midnight when `to` is not later, all day when equal.
 * The part after midnight belongs to the day that follows.
 * @param days 0 is Monday; @param from, to 0 to 23
 */
export function scheduleOf(days: readonly number[], from: number, to: number): Schedule {
  const lengthHours = (to - from + HOURS - 1) % HOURS + 1
  let schedule: Schedule = alwaysAllowed.map(() => 0)
  for (const day of days) {
    for (let hour = from; hour < from + lengthHours; hour++) schedule = withHour(schedule, (day + Math.floor(hour / HOURS)) % 7, hour % HOURS, true)
  }
  return schedule
}

export function isAllowedAt(schedule: Schedule, clock: WallClock, now: number): boolean {
  return isAllowedLocally(schedule, now + clock.offsetMs(now))
}

/** The first moment after `now` at which `isAllowedAt` gives another answer; undefined when there is none within eight days. */
export function nextChange(schedule: Schedule, clock: WallClock, now: number): number | undefined {
  if (schedule.every((mask) => mask === schedule[0]) && (schedule[0] === 0 || schedule[0] === WHOLE_DAY)) return undefined
  const allowed = isAllowedAt(schedule, clock, now)
  for (let at = now; at < now + HORIZON_MS;) {
    at = nextHour(clock, at)
    if (isAllowedAt(schedule, clock, at) !== allowed) return at
  }
  return undefined
}

/** The start of the next local day. */
export function nextMidnight(clock: WallClock, now: number): number {
  const today = localDay(clock, now)
  let at = now
  while (localDay(clock, at) === today) at = nextHour(clock, at)
  return at
}

/** Counts local days; only equality and order mean something. */
export function localDay(clock: WallClock, now: number): number {
  return Math.floor((now + clock.offsetMs(now)) / (HOURS * HOUR_MS))
}

/** 1970-01-01 was a Thursday: day 3. */
function isAllowedLocally(schedule: Schedule, localMs: number): boolean {
  const hours = Math.floor(localMs / HOUR_MS)
  const day = (Math.floor(hours / HOURS) + 3) % 7
  return isHourAllowed(schedule, (day + 7) % 7, (hours % HOURS + HOURS) % HOURS)
}

/** The next moment at which another local hour begins or the clock is changed, whichever is first. */
function nextHour(clock: WallClock, now: number): number {
  const offset = clock.offsetMs(now)
  const local = now + offset
  const at = (Math.floor(local / HOUR_MS) + 1) * HOUR_MS - offset
  if (clock.offsetMs(at) === offset) return at
  let before = now
  let after = at
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (clock.offsetMs(middle) === offset) before = middle
    else after = middle
  }
  return after
}
