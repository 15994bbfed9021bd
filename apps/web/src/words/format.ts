// Numbers, times and long names as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })

/** `1,234,567`, for fitness and counts. */
export function count(value: number): string {
  return whole.format(value)
}

/** `1.2M`, where space is short. */
export function shortCount(value: number): string {
  return compact.format(value)
}

/** One decimal below 100, none above. */
export function rate(value: number): string {
  return value < 100 ? tenths.format(value) : whole.format(value)
}

/** Per cent of one core. */
export function percent(value: number): string {
  return `${value < 9.95 ? tenths.format(value) : whole.format(value)} %`
}

/** `23:05:12` in the visitor's own time zone. */
export function timeOfDay(time: number): string {
  return clock.format(time)
}

/** `23:05` today, else `Tue 23:05`. */
export function momentOf(time: number, now = Date.now()): string {
  const isSoon = time - now < 18 * 3_600_000
  return new Intl.DateTimeFormat('en', { ...(isSoon ? {} : { weekday: 'short' }), hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time)
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
