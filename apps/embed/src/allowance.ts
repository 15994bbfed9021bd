// How many messages the other side may send: a bucket that fills with time. Who goes on regardless is not listened to any more, so
// that a flood costs its sender and nobody else.

export interface Allowance {
  readonly left: number
  /** ms of the caller's monotonic clock. */
  readonly at: number
  /** Messages that were too many or no messages. */
  readonly refused: number
}

export type Verdict = 'take' | 'drop' | 'close'

const BURST = 20
const PER_SECOND = 4
/** After so many refused messages the port is closed. */
const MAX_REFUSED = 200

export function createAllowance(now: number): Allowance {
  return { left: BURST, at: now, refused: 0 }
}

/** Whether one more message may be read. */
export function takeOne(allowance: Allowance, now: number): { readonly allowance: Allowance; readonly verdict: Verdict } {
  const left = Math.min(BURST, allowance.left + Math.max(0, now - allowance.at) / 1_000 * PER_SECOND)
  if (left < 1) return refuseOne({ ...allowance, left, at: now })
  return { allowance: { ...allowance, left: left - 1, at: now }, verdict: 'take' }
}

/** Counts a message that was read and was none. */
export function refuseOne(allowance: Allowance): { readonly allowance: Allowance; readonly verdict: Verdict } {
  const refused = allowance.refused + 1
  return { allowance: { ...allowance, refused }, verdict: refused > MAX_REFUSED ? 'close' : 'drop' }
}
