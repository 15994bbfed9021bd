// How authors stand here: strikes and pauses from facts that anyone can check again. For the page and for hosts; never told to others.

import type { MemberState } from './state.ts'

export interface ReputationView {
  /** Owner's public key, hex. */
  readonly author: string
  /** Claims that were not what they said, less those forgiven. */
  readonly strikes: number
  /** Until when the author's claims are refused, ms since 1970; 0: they are not. */
  readonly bannedUntil: number
}

const MAX_SHOWN = 32

/** Authors with strikes, most first. */
export function reputationsOf(state: MemberState): readonly ReputationView[] {
  const struck = [...state.authors.entries()].filter(([, { reputation }]) => reputation.strikes > 0)
  return struck
    .map(([author, { reputation: { strikes, bannedUntil } }]) => ({ author, strikes, bannedUntil }))
    .sort((a, b) => b.strikes - a.strikes || (a.author < b.author ? -1 : 1))
    .slice(0, MAX_SHOWN)
}
