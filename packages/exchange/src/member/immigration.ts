// Verified strangers on their way into the local population: only those that are at least comparable with what it found
// itself, the best first, and few at a time, so that a flood of immigrants cannot take a population over.

import { compareEntries } from '../archive/order.ts'
import type { Entry } from '../archive/entry.ts'
import type { Turn } from './state.ts'

const MAX_WAITING = 16
/** Comparable: at least nine tenths of the best fitness found here. */
const COMPARABLE_TENTHS = 9

export function considerImmigrant(turn: Turn, entry: Entry): void {
  const { state } = turn
  if (state.options.role !== 'island' || !isComparable(turn, entry)) return
  const { immigration } = state
  immigration.waiting = [...immigration.waiting, entry].sort(compareEntries).slice(0, MAX_WAITING)
  sendImmigrants(turn)
}

export function sendImmigrants(turn: Turn): void {
  const { state, now, effects } = turn
  const { immigration } = state
  while (immigration.waiting.length > 0 && immigration.bucket.has(now)) {
    const entry = immigration.waiting.shift()!
    // The population may have moved on while the entry waited.
    if (!isComparable(turn, entry)) continue
    immigration.bucket.take(now)
    state.counters.immigrated++
    effects.push({ kind: 'immigrate', entry })
  }
}

function isComparable({ state }: Turn, { claim }: Entry): boolean {
  return claim.fitness * 10 >= (state.publish.bestFound.get(claim.task) ?? 0) * COMPARABLE_TENTHS
}
