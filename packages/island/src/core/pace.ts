// Tells of changes seldom enough: at once after a quiet while, then at most once in an interval. Apart because it holds a timer.

import type { Clock } from './host.ts'

export interface Pace {
  /** Something has changed. */
  touch(): void
  /** Nothing is told any more. */
  end(): void
}

/** @param tell called some time after each change, `intervalMs` after the last call at the soonest */
export function createPace(intervalMs: number, clock: Clock, tell: () => void): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined
  let toldAt = -intervalMs
  let hasEnded = false
  return {
    touch() {
      if (hasEnded) return
      timer ??= setTimeout(() => {
        timer = undefined
        toldAt = clock.monotonic()
        tell()
      }, Math.max(0, toldAt + intervalMs - clock.monotonic()))
    },
    end() {
      hasEnded = true
      clearTimeout(timer)
    },
  }
}
