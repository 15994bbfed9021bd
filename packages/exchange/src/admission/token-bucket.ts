// A rate as a bucket: `capacity` tokens at most, refilled evenly, one taken for each thing done.

export interface TokenBucket {
  /** Takes a token if there is one. @param now ms; going backwards refills nothing */
  take(now: number): boolean
  /** Whether `take` would succeed. */
  has(now: number): boolean
  /** Takes `count` tokens whether or not they are there; a debt is refilled first. For what is known only afterwards, as bytes are. */
  spend(now: number, count: number): void
  /** Whole tokens that are there, 0 in debt. */
  level(now: number): number
}

/** @param perSecond refill; the bucket starts full */
export function createTokenBucket(capacity: number, perSecond: number): TokenBucket {
  let tokens = capacity
  let filledAt: number | undefined
  function fill(now: number): void {
    const elapsedMs = filledAt === undefined ? 0 : Math.max(0, now - filledAt)
    tokens = Math.min(capacity, tokens + (elapsedMs * perSecond) / 1_000)
    filledAt = now
  }
  return {
    take(now) {
      fill(now)
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
    has(now) {
      fill(now)
      return tokens >= 1
    },
    spend(now, count) {
      fill(now)
      tokens -= count
    },
    level(now) {
      fill(now)
      return Math.max(0, Math.floor(tokens))
    },
  }
}
