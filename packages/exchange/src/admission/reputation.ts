// What an author has earned here, from facts that anyone can re-check: bodies that were no genotypes, fitness that did
// not reproduce. Forgiven with time; never voted on, never told to others.

export interface Reputation {
  readonly strikes: number
  /** Until when the author's claims are refused as `banned`, ms. */
  readonly bannedUntil: number
  readonly struckAt: number
}

export const CLEAN: Reputation = { strikes: 0, bannedUntil: 0, struckAt: 0 }

const STRIKES_UNTIL_BAN = 3
const FIRST_BAN_MS = 600_000
/** Bans double with each further strike, up to 2^7 times the first: a little under a day. */
const MAX_DOUBLINGS = 7
/** A strike is forgiven after this long without another. */
const FORGIVEN_AFTER_MS = 3_600_000

export function strike(reputation: Reputation, now: number): Reputation {
  const strikes = (now - reputation.struckAt > FORGIVEN_AFTER_MS ? Math.max(0, reputation.strikes - 1) : reputation.strikes) + 1
  const doublings = Math.min(MAX_DOUBLINGS, strikes - STRIKES_UNTIL_BAN)
  return { strikes, bannedUntil: doublings < 0 ? 0 : now + FIRST_BAN_MS * (1 << doublings), struckAt: now }
}

export function isBanned(reputation: Reputation, now: number): boolean {
  return now < reputation.bannedUntil
}
