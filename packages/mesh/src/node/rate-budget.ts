// A token bucket per peer, bounded in memory: how often one peer may do something in a while.

/** Peers whose buckets we remember; the one that was used longest ago is forgotten, which refills it. */
const MAX_BUCKETS = 8_192

/** @returns a function that takes one token of `peer` and says whether there was one; `count` come back within `periodMs` */
export function createRateBudget(count: number, periodMs: number, now: () => number = Date.now): (peer: string) => boolean {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (peer) => {
    const at = now()
    const bucket = buckets.get(peer) ?? { tokens: count, at }
    bucket.tokens = Math.min(count, bucket.tokens + ((at - bucket.at) * count) / periodMs)
    bucket.at = at
    buckets.delete(peer)
    buckets.set(peer, bucket)
    if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value ?? '')
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}
