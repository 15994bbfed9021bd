// Where an entry competes: entries of one task and evaluator version, alike in behaviour and of similar size, share a
// niche, and each niche keeps its best. Few enough niches that an archive is bounded without evicting anything.

import type { Entry } from './entry.ts'

/** Behaviour fingerprints fall into 32 buckets, sizes into 8: 256 niches per task. */
const FINGERPRINT_SHIFT = 3
const SIZE_BUCKETS = 8

/** 0 to 255. @param links one bucket per factor of four: 1 to 3, 4 to 15, 16 to 63, … */
export function nicheNumber(fingerprint: number, links: number): number {
  let size = 0
  for (let rest = links >>> 2; rest > 0 && size < SIZE_BUCKETS - 1; rest >>>= 2) size++
  return (fingerprint >>> FINGERPRINT_SHIFT) * SIZE_BUCKETS + size
}

/** Names a niche within one realm: `task/evaluator/number`, the number in three digits. */
export function nicheOf(
  entry: Pick<Entry, 'fingerprint' | 'links'> & { readonly claim: Pick<Entry['claim'], 'task' | 'evaluator'> },
): string {
  return nicheName(entry.claim.task, entry.claim.evaluator, nicheNumber(entry.fingerprint, entry.links))
}

/** @param number 0 to 255 */
export function nicheName(task: string, evaluator: string, number: number): string {
  return `${task}/${evaluator}/${String(number).padStart(3, '0')}`
}
