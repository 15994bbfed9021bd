// How late an event loop runs, over the last seconds: what a page can hear of a busy machine where the browser tells no pressure.

export interface DelayMeter {
  readonly samples: readonly { readonly at: number; readonly delayMs: number }[]
}

const WINDOW_MS = 5_000
/** Fewer say nothing yet: a page that starts is late by its own doing. */
const MIN_SAMPLES = 16

export function createDelayMeter(): DelayMeter {
  return { samples: [] }
}

/** @param delayMs how much later than asked a timer rang @param at monotonic, ms */
export function withDelay({ samples }: DelayMeter, delayMs: number, at: number): DelayMeter {
  return { samples: [...samples.filter((sample) => sample.at > at - WINDOW_MS), { at, delayMs }] }
}

/** The 95th percentile of the last five seconds; undefined before there are enough samples. */
export function delayOf({ samples }: DelayMeter): number | undefined {
  if (samples.length < MIN_SAMPLES) return undefined
  const sorted = samples.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1]
}
