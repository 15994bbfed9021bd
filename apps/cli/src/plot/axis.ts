// An axis: which numbers get a tick, how they are written, and where they lie on the picture.

export interface Axis {
  readonly label: string
  readonly most: number
  readonly ticks: readonly number[]
  /** From 0 at the axis' start to 1 at its end. */
  place(value: number): number
}

/**
 * An axis from 0 that reaches at least `most`, with ticks at 1, 2 or 5 times a power of ten.
 * @param wanted about how many ticks
 */
export function createAxis(label: string, most: number, wanted = 5): Axis {
  const reach = most > 0 ? most : 1
  const rough = reach / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough * 0.999)!
  const count = Math.ceil(reach / step - 1e-9)
  const end = count * step
  return { label, most: end, ticks: Array.from({ length: count + 1 }, (_, i) => i * step), place: (value) => value / end }
}

/** A logarithmic axis between two powers of ten; what is below `least` lies on its start. */
export function createLogAxis(label: string, least: number, most: number): Axis {
  const from = Math.floor(Math.log10(least))
  const to = Math.ceil(Math.log10(most))
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => Number(`1e${from + i}`))
  return { label, most: ticks.at(-1)!, ticks, place: (value) => Math.max(0, (Math.log10(value) - from) / (to - from)) }
}

/** `25k`, `1.5M`, `0.25`. */
export function formatTick(value: number): string {
  const scaled = (by: number, unit: string): string => `${Number((value / by).toPrecision(4))}${unit}`
  return value >= 1_000_000 ? scaled(1_000_000, 'M') : value >= 10_000 ? scaled(1_000, 'k') : scaled(1, '')
}
