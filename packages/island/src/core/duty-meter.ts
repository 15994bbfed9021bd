// The duty that is shown: busy time as the compute worker measured it, over the last ten seconds. Separate from the
// controller in `duty.ts`, so that a controller that is wrong is seen to be wrong.

const WINDOW_MS = 10_000

interface Sample {
  readonly at: number
  readonly busyMs: number
  readonly evaluations: number
}

export interface DutyMeter {
  readonly since: number
  readonly samples: readonly Sample[]
}

export function createDutyMeter(now: number): DutyMeter {
  return { since: now, samples: [] }
}

/** Adds what was done since the last sample. */
export function addSample(meter: DutyMeter, sample: Sample): DutyMeter {
  return { since: meter.since, samples: [...meter.samples.filter(({ at }) => at > sample.at - WINDOW_MS), sample] }
}

/** Busy share of one core, per cent, and evaluations per second, over the last ten seconds or since the meter began. @param cores at most so many are busy */
export function readMeter(meter: DutyMeter, now: number, cores = 1): { readonly dutyPercent: number; readonly evaluationsPerSecond: number } {
  const spanMs = Math.min(WINDOW_MS, now - meter.since)
  if (spanMs <= 0) return { dutyPercent: 0, evaluationsPerSecond: 0 }
  let busyMs = 0
  let evaluations = 0
  for (const sample of meter.samples) {
    if (sample.at <= now - WINDOW_MS) continue
    busyMs += sample.busyMs
    evaluations += sample.evaluations
  }
  return { dutyPercent: Math.min(100 * cores, busyMs * 100 / spanMs), evaluationsPerSecond: evaluations * 1000 / spanMs }
}
