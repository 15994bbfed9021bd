// How late this thread is: the delay of timers over the last whole minute. A relay that lags forwards late, and says so
// here before anybody notices.

import { monitorEventLoopDelay } from 'node:perf_hooks'

const WINDOW_MS = 60_000
const RESOLUTION_MS = 20
const NANOSECONDS = 1e9

export interface EventLoopLag {
  /** Seconds by quantile: '0.5', '0.99' and '1'. */
  quantiles(): Readonly<Record<string, number>>
  close(): void
}

export function openEventLoopLag(): EventLoopLag {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let last: Readonly<Record<string, number>> | undefined
  // The histogram measures from timer to timer, so an idle thread reads as its resolution.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1000)
  const read = () => ({ 0.5: late(histogram.percentile(50)), 0.99: late(histogram.percentile(99)), 1: late(histogram.max) })
  const turn = setInterval(() => {
    last = read()
    histogram.reset()
  }, WINDOW_MS).unref()
  return {
    quantiles: () => last ?? read(),
    close() {
      clearInterval(turn)
      histogram.disable()
    },
  }
}
