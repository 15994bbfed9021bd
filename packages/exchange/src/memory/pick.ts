// A random few of many.

import type { Random } from '@megabrain/evolve'

/** @returns up to `count` of `items`, each equally likely, in random order; `items` stays as it is */
export function pick<T>(items: readonly T[], count: number, random: Random): T[] {
  const pool = [...items]
  const taken = Math.min(count, pool.length)
  for (let i = 0; i < taken; i++) {
    const j = i + random.integer(pool.length - i)
    const item = pool[j]!
    pool[j] = pool[i]!
    pool[i] = item
  }
  pool.length = taken
  return pool
}
