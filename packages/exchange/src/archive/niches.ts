// The archive of record as a join-semilattice: the best verified entry of each niche. `merge` is commutative,
// associative and idempotent, so archives that have heard the same entries are equal, whatever the order.

import { compareText } from '../bytes/compare.ts'
import type { Entry } from './entry.ts'
import { nicheOf } from './niche.ts'
import { compareEntries } from './order.ts'

/** Niche name → its best entry. Bounded by the number of niches: 256 per task and evaluator version. */
export type Niches = ReadonlyMap<string, Entry>

export function nichesOf(entries: Iterable<Entry>): Niches {
  const niches = new Map<string, Entry>()
  for (const entry of entries) raise(niches, entry)
  return niches
}

/** The least archive that contains both. */
export function merge(a: Niches, b: Niches): Niches {
  return nichesOf([...a.values(), ...b.values()])
}

/** Whether `a` holds everything of `b` or something better. */
export function dominates(a: Niches, b: Niches): boolean {
  for (const [niche, entry] of b) {
    const holder = a.get(niche)
    if (holder === undefined || compareEntries(holder, entry) > 0) return false
  }
  return true
}

/** Entries in the order of their niches' names. */
export function sortedEntries(niches: Niches): readonly Entry[] {
  return [...niches].sort(([a], [b]) => compareText(a, b)).map(([, entry]) => entry)
}

/** Puts `entry` into a map that the caller owns. @returns whether its niche rose, and whose place it took */
export function raise(niches: Map<string, Entry>, entry: Entry): { readonly raised: boolean; readonly replaces: Entry | undefined } {
  const niche = nicheOf(entry)
  const holder = niches.get(niche)
  if (holder !== undefined && compareEntries(holder, entry) <= 0) return { raised: false, replaces: undefined }
  niches.set(niche, entry)
  return { raised: true, replaces: holder }
}
