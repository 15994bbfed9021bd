// `--hours`: the week in which a donor computes, as somebody writes it on a command line.

import { alwaysAllowed, scheduleOf } from '@megabrain/island/node'
import type { Schedule } from '@megabrain/island/node'
import { UsageError } from '../usage.ts'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const EVERY_DAY = DAYS.map((_, day) => day)
const FORM = 'is such as 22-6, "mon-fri 22-6" or "mon-fri 22-6, sat-sun 0-24"'

/**
 * Whole local hours, past midnight where the end is not later than the start. Parts divided by commas add up.
 * @throws UsageError naming the part that is wrong
 */
export function readHours(text: string): Schedule {
  const parts = text.split(',').map((part) => part.trim().toLowerCase())
  return parts.map(readPart).reduce((week, part) => week.map((mask, day) => mask | part[day]!), alwaysAllowed.map(() => 0))
}

function readPart(part: string): Schedule {
  const [, first, last, from, to] = /^(?:([a-z]{3})(?:-([a-z]{3}))? +)?(\d{1,2})-(\d{1,2})$/.exec(part) ?? []
  const [start, end] = [Number(from), Number(to)]
  if (from === undefined || to === undefined || start > 23 || end > 24) throw new UsageError(`--hours ${FORM}, got ${JSON.stringify(part)}`)
  return scheduleOf(first === undefined ? EVERY_DAY : daysFrom(first, last ?? first), start, end % 24)
}

/** Past Sunday too: sat-mon. */
function daysFrom(first: string, last: string): number[] {
  const [from, to] = [first, last].map((name) => {
    const day = DAYS.findIndex((known) => known === name)
    if (day < 0) throw new UsageError(`--hours ${FORM}; days are ${DAYS.join(', ')}, not ${name}`)
    return day
  })
  return EVERY_DAY.slice(0, (to! - from! + 7) % 7 + 1).map((step) => (from! + step) % 7)
}
