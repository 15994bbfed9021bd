// How long to rest after work so that the busy share of a core is the share that was promised. Closed loop: what a timer
// overslept or a slice overran is made good in the next rest, so the share holds over a minute whatever the timers do.

export interface Duty {
  /** Busy share of one core, per cent, 1 to 100. */
  readonly percent: number
  /** Rest still owed for work done, in ms; negative when it rested longer than it had to. */
  readonly owedMs: number
  /** Until when the account is settled, in ms of the caller's monotonic clock. */
  readonly settledAt: number
}

/** Time without work is not saved up beyond this: after a pause there is no burst. */
const MAX_CREDIT_MS = 500

export function createDuty(percent: number, now: number): Duty {
  if (!(percent >= 1 && percent <= 100)) throw new RangeError(`Duty must be 1 to 100 per cent, got ${percent}`)
  return { percent, owedMs: 0, settledAt: now }
}

/** Settles the account up to `now`: `busyMs` of the time since the last call was work. */
export function settleDuty(duty: Duty, busyMs: number, now: number): Duty {
  const elapsedMs = Math.max(0, now - duty.settledAt)
  const owedMs = duty.owedMs + busyMs * 100 / duty.percent - elapsedMs
  return { ...duty, owedMs: Math.max(owedMs, -MAX_CREDIT_MS), settledAt: now }
}

/** How long to rest before the next slice, in ms. */
export function restMs(duty: Duty): number {
  return Math.max(0, duty.owedMs)
}
