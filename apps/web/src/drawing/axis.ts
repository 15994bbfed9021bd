// Axes and their ticks: even ones with ticks at 1, 2 or 5 times a power of ten, and logarithmic ones with a tick at each
// power of ten.

export interface Axis {
  readonly kind: 'even' | 'logarithmic'
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
}

/** Covers `low` to `high` with about `wanted` steps. */
export function createAxis(low: number, high: number, wanted: number): Axis {
  const span = Math.max(high - low, 1)
  const power = 10 ** Math.floor(Math.log10(span / wanted))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= wanted) ?? span
  const from = Math.floor(low / step) * step
  const to = Math.max(Math.ceil(high / step) * step, from + step)
  return { kind: 'even', from, to, ticks: Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step) }
}

/** Covers `low` to `high` in powers of ten; values below 1 are drawn at 1. */
export function createLogarithmicAxis(low: number, high: number): Axis {
  const first = Math.floor(Math.log10(Math.max(low, 1)))
  const last = Math.max(Math.ceil(Math.log10(Math.max(high, 1))), first + 1)
  return {
    kind: 'logarithmic',
    from: 10 ** first,
    to: 10 ** last,
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
  }
}

/** Pixels for `value` when the axis lies between `start` and `end` pixels. */
export function place({ kind, from, to }: Axis, value: number, start: number, end: number): number {
  const share = kind === 'even' ? (value - from) / (to - from) : Math.log10(Math.max(value, from) / from) / Math.log10(to / from)
  return start + share * (end - start)
}
