// When anti-entropy hurries: after a change of neighbours and after learning something, until enough neighbours agree.

import type { Entry } from '../archive/entry.ts'
import type { MemberState, Turn } from './state.ts'

/** Heartbeats at the fast pace without anything learned: a partner that differs for good must not keep us busy. */
const FAST_BEATS = 15

/** Everybody's agreement is out of date: compare with one neighbour every heartbeat for a while. */
export function hurry(state: MemberState): void {
  state.sync.agreed.clear()
  state.sync.fastBeats = FAST_BEATS
  state.sync.isWeary = false
}

/**
 * An entry came from a neighbour's archive, so others may lack it too.
 * @param isFresh within the channel's time window; older claims spread by synchronising alone
 */
export function nicheRose(turn: Turn, entry: Entry, isFresh: boolean): void {
  const { state, now, effects } = turn
  hurry(state)
  if (!isFresh || !state.sync.reannounce.take(now)) return
  state.counters.reannounced++
  effects.push({ kind: 'publish', bytes: entry.envelope })
}
