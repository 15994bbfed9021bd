// The last events in words, for the report of a failure: who, when, what happened and what came of it.

import type { Effect, MemberEvent } from '../member/events.ts'

export interface TraceLines {
  add(time: number, island: string, event: MemberEvent, effects: readonly Effect[]): void
  /** Oldest first. */
  last(): readonly string[]
}

/** @param count 0 keeps nothing and costs nothing */
export function createTraceLines(count: number): TraceLines {
  const kept: (readonly [number, string, MemberEvent, readonly Effect[]])[] = []
  return {
    add(time, island, event, effects) {
      if (count === 0 || (event.kind === 'heartbeat' && effects.length === 0)) return
      kept.push([time, island, event, effects])
      if (kept.length >= 2 * count) kept.splice(0, kept.length - count)
    },
    last: () => kept.slice(-count).map(([time, island, event, effects]) =>
      `${(time / 1_000).toFixed(3)} s ${island}: ${wordsOf(event)}${effects.length === 0 ? '' : ` → ${effects.map(wordsOf).join(', ')}`}`),
  }
}

function wordsOf(thing: MemberEvent | Effect): string {
  if (thing.kind === 'delivered') return `delivered from ${thing.from}`
  if (thing.kind === 'requested') return `asked by ${thing.from}`
  if (thing.kind === 'answered') return thing.result.ok ? `answered with ${thing.result.value.length} bytes` : thing.result.reason
  if (thing.kind === 'request') return `ask ${thing.to}`
  if (thing.kind === 'verdict') return thing.verdict
  if (thing.kind === 'notice') return thing.notice.kind === 'refused' ? `refused ${thing.notice.reason}` : thing.notice.kind
  if (thing.kind === 'keep') return `keep ${thing.entry.claim.fitness} in ${thing.entry.claim.genotype.slice(-6)}`
  return thing.kind
}
