// Waiting times between attempts: decorrelated jitter (Marc Brooker, "Exponential Backoff And Jitter", AWS 2015), so that
// a thousand tabs that lost the same relay do not come back in the same second.

export interface Backoff {
  /** The next waiting time, ms: uniform between the shortest and three times the last one, at most the longest. */
  next(): number
  /** Starts again from the shortest. */
  reset(): void
}

/** @param random uniform in [0, 1) */
export function createBackoff(shortestMs: number, longestMs: number, random: () => number): Backoff {
  let last = shortestMs
  return {
    next() {
      last = Math.min(longestMs, shortestMs + random() * (last * 3 - shortestMs))
      return last
    },
    reset() {
      last = shortestMs
    },
  }
}

/** Resolves after `ms` or at once when the signal fires. */
export async function wait(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      for (const signal of signals) signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    for (const signal of signals) signal.addEventListener('abort', done, { once: true })
  })
}
