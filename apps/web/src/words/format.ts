// Numbers, times and long names as people read them, in the language of the page.

import { language } from './translate.ts'

interface Formatters {
  readonly whole: Intl.NumberFormat
  readonly compact: Intl.NumberFormat
  readonly tenths: Intl.NumberFormat
  readonly clock: Intl.DateTimeFormat
}

const made = new Map<string, Formatters>()

function formatters(): Formatters {
  const locale = language.current()
  let formats = made.get(locale)
  if (formats === undefined) {
    formats = {
      whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
      compact: new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }),
      tenths: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
      clock: new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
    }
    made.set(locale, formats)
  }
  return formats
}

/** `1,234,567`, for fitness and counts. */
export function count(value: number): string {
  return formatters().whole.format(value)
}

/** `1.2M`, where space is short. */
export function shortCount(value: number): string {
  return formatters().compact.format(value)
}

/** One decimal below 100, none above. */
export function rate(value: number): string {
  return value < 100 ? formatters().tenths.format(value) : formatters().whole.format(value)
}

/** Per cent of one core. */
export function percent(value: number): string {
  return `${value < 9.95 ? formatters().tenths.format(value) : formatters().whole.format(value)} %`
}

/** `23:05:12` in the visitor's own time zone. */
export function timeOfDay(time: number): string {
  return formatters().clock.format(time)
}

/** `23:05` today, else `Tue 23:05`. */
export function momentOf(time: number, now = Date.now()): string {
  const isSoon = time - now < 18 * 3_600_000
  return new Intl.DateTimeFormat(language.current(), { ...(isSoon ? {} : { weekday: 'short' }), hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time)
}

/** The end of a CID or peer id, where it differs from others: `…k3q2m7ab`. */
export function shortId(id: string): string {
  return id.length <= 10 ? id : `…${id.slice(-8)}`
}

/** The beginning of a hexadecimal key, as key fingerprints are usually read. */
export function shortKey(hex: string): string {
  return hex.slice(0, 8)
}

/** `1 island`, `2 islands`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}
