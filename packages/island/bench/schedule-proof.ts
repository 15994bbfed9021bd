// A proof of the schedule against another reader of local time: the getters of `Date` in a process whose zone is set. Never
// exported. `node packages/island/bench/schedule-proof.ts 100000` runs it at full size over all zones of the platform.

import { pathToFileURL } from 'node:url'
import { createWallClock, isAllowedAt, isHourAllowed, localDay, nextChange, nextMidnight } from '../src/donation/schedule.ts'
import type { Schedule } from '../src/donation/schedule.ts'

const MINUTE_MS = 60_000
const FIRST_MS = Date.UTC(1975, 0)
const LAST_MS = Date.UTC(2040, 0)
/** What a zone's clock is known to do in this span; the rest of the cases are spread over all zones and times. */
const ODD_ZONES = ['Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns', 'Africa/Casablanca', 'Pacific/Apia', 'Europe/Dublin', 'Asia/Gaza', 'Pacific/Chatham', 'Antarctica/Troll']

/** @returns a sentence for each case that failed */
export function proveSchedule(cases: number, seed: number): readonly string[] {
  const zoneBefore = process.env['TZ']
  const random = createRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const zones = Intl.supportedValuesOf('timeZone')
  const faults: string[] = []
  const perZone = 20
  for (let done = 0; done < cases; done += perZone) {
    const zone = random() < 0.3 ? pick(ODD_ZONES) : pick(zones)
    process.env['TZ'] = zone
    const clock = createWallClock(zone)
    for (let index = 0; index < Math.min(perZone, cases - done); index++) {
      const anywhen = FIRST_MS + random() * (LAST_MS - FIRST_MS)
      const now = Math.floor(random() < 0.5 ? aroundChange(anywhen, random) : anywhen)
      const schedule = randomSchedule(random)
      const fault = faultOf(schedule, clock, now)
      if (fault !== undefined) faults.push(`${zone} at ${new Date(now).toISOString()} with [${schedule.join()}]: ${fault}`)
    }
  }
  if (zoneBefore === undefined) delete process.env['TZ']
  else process.env['TZ'] = zoneBefore
  return faults
}

function faultOf(schedule: Schedule, clock: ReturnType<typeof createWallClock>, now: number): string | undefined {
  const allowed = byDate(schedule, now)
  if (isAllowedAt(schedule, clock, now) !== allowed) return `allowed should be ${allowed}`
  const change = nextChange(schedule, clock, now)
  const expected = scan(now, now + 8 * 24 * 60 * MINUTE_MS, (at) => byDate(schedule, at) !== allowed)
  if (change !== expected) return `the next change should be ${expected}, got ${change}`
  const today = dayByDate(now)
  const midnight = scan(now, now + 3 * 24 * 60 * MINUTE_MS, (at) => dayByDate(at) !== today)
  const found = nextMidnight(clock, now)
  if (found !== midnight) return `the next day should begin at ${midnight}, got ${found}`
  return localDay(clock, found) === localDay(clock, now) ? 'another day has the same number' : undefined
}

/** The first whole second after `from` at which it holds: minute by minute as a clock on the wall goes, then to the second. */
function scan(from: number, to: number, holds: (at: number) => boolean): number | undefined {
  // Offsets of this span are whole minutes, so nothing happens within one.
  for (let at = (Math.floor(from / MINUTE_MS) + 1) * MINUTE_MS; at < to; at += MINUTE_MS) if (holds(at)) return at
  return undefined
}

function byDate(schedule: Schedule, at: number): boolean {
  const date = new Date(at)
  return isHourAllowed(schedule, (date.getDay() + 6) % 7, date.getHours())
}

function dayByDate(at: number): string {
  return new Date(at).toDateString()
}

/** Within a day of a clock change of the process's zone, where there is one within a year. */
function aroundChange(at: number, random: () => number): number {
  const offset = new Date(at).getTimezoneOffset()
  for (let days = 1; days < 366; days++) {
    const then = at + days * 24 * 60 * MINUTE_MS
    if (new Date(then).getTimezoneOffset() !== offset) return then - random() * 2 * 24 * 60 * MINUTE_MS
  }
  return at
}

/** Whole days, nights or single hours: what people set, and what they do not. */
function randomSchedule(random: () => number): Schedule {
  const density = random()
  return Array.from({ length: 7 }, () => Array.from({ length: 24 }, (_, hour) => (random() < density ? 1 << hour : 0)).reduce((mask, bit) => mask | bit, 0))
}

/** Park and Miller's generator (1988), https://doi.org/10.1145/63039.63042 */
function createRandom(seed: number): () => number {
  let state = seed % 2_147_483_646 + 1
  return () => {
    state = state * 48_271 % 2_147_483_647
    return state / 2_147_483_647
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const cases = Number(process.argv[2] ?? 100_000)
  const seed = Number(process.argv[3] ?? 1)
  const began = performance.now()
  const faults = proveSchedule(cases, seed)
  console.log(`${cases} cases, seed ${seed}: ${faults.length} failures in ${Math.round((performance.now() - began) / 1000)} s`)
  for (const fault of faults.slice(0, 10)) console.log(fault)
  process.exitCode = faults.length > 0 ? 1 : 0
}
