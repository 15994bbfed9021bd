// A token bucket per key, bounded in memory: how much one peer, address prefix or realm may do in a while.

/** Keys whose buckets we remember; the one that was used longest ago is forgotten, which refills it. */
const MAX_BUCKETS = 8_192

/** Takes `cost` tokens of `key` (one if absent) and says whether they were there; if not, none is taken. */
export type RateBudget = (key: string, cost?: number) => boolean

/** @param count tokens of a full bucket; as many come back within `periodMs` */
export function createRateBudget(count: number, periodMs: number, now: () => number = Date.now): RateBudget {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (key, cost = 1) => {
    const at = now()
    const bucket = buckets.get(key) ?? { tokens: count, at }
    bucket.tokens = Math.min(count, bucket.tokens + (Math.max(0, at - bucket.at) * count) / periodMs)
    bucket.at = at
    buckets.delete(key)
    buckets.set(key, bucket)
    if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value ?? '')
    if (bucket.tokens < cost) return false
    bucket.tokens -= cost
    return true
  }
}
