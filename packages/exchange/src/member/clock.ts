// Two times of one member: its clock, which people and claims speak of and which may jump, and the time that has passed
// since it began, which waiting goes by. A clock that is set back an hour must not make anything wait an hour.

export interface Clock {
  /** What the clock showed last, ms. */
  shown: number
  /** Never goes back; equal to the clock until that is set back, ms. */
  passed: number
}

/** Takes note of what the clock shows now. @returns the time that waiting goes by */
export function tick(clock: Clock, shown: number): number {
  clock.passed = clock.shown === Number.NEGATIVE_INFINITY ? shown : clock.passed + Math.max(0, shown - clock.shown)
  clock.shown = shown
  return clock.passed
}

export function createClock(): Clock {
  return { shown: Number.NEGATIVE_INFINITY, passed: Number.NEGATIVE_INFINITY }
}
