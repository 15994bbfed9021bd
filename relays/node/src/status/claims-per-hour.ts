// How many claims held within the last hour, from a counter that only grows: one sample a minute.

const MINUTE_MS = 60_000
const KEPT = 61

export interface ClaimsPerHour {
  /** @param total since the start */
  sample(total: number, now: number): void
  /** Fewer while the relay is younger than an hour. */
  read(total: number): number
}

export function createClaimsPerHour(): ClaimsPerHour {
  const samples: { readonly at: number; readonly total: number }[] = []
  return {
    sample(total, now) {
      if (now - (samples.at(-1)?.at ?? -Infinity) < MINUTE_MS) return
      samples.push({ at: now, total })
      if (samples.length > KEPT) samples.shift()
    },
    read: (total) => Math.max(0, total - (samples[0]?.total ?? 0)),
  }
}
