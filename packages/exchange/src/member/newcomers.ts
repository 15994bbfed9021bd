// Authors of whom nothing has been reproduced here yet. Keys are free, so that budgets per author bind only the honest: all
// newcomers together have this one, and only what they lied about is paid from it. Who has once told the truth needs none.

import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import type { Claim } from '../claim/claim.ts'
import type { MemberOptions } from './member-options.ts'
import { authorOf, type Candidate, type Turn } from './state.ts'

/** Computing time for newcomers' lies: at once (ms), and of each second after that (ms). A relay is where newcomers get in. */
const ALLOWANCE = { island: { burst: 500, perSecond: 10 }, relay: { burst: 5_000, perSecond: 100 } } as const

/** Tokens are milliseconds of computing. */
export function createNewcomers(role: MemberOptions['role']): TokenBucket {
  const { burst, perSecond } = ALLOWANCE[role]
  return createTokenBucket(burst, perSecond)
}

/** Whether an evaluation may be spent on what this author signed. */
export function mayTry({ state, now }: Turn, { author }: Pick<Claim, 'author'>): boolean {
  return authorOf(state, author).isProven || state.newcomers.has(now)
}

/** After the verdict on everything that one measurement was made for. @param tookMs what it took, ms */
export function chargeLies({ state, now }: Turn, candidates: readonly Candidate[], tookMs: number): void {
  if (candidates.some(({ claim }) => authorOf(state, claim.author).isProven)) return
  state.newcomers.spend(now, tookMs)
}
