// Which of two verified entries of a niche stays. A total order, so that merging archives in any sequence ends the same.

import { compareText } from '../bytes/compare.ts'
import type { Entry } from './entry.ts'

/** What decides: fitness, then fewer links, then the lower CID, then who signed that fitness, then the lower claim id. */
export type Ranked = Pick<Entry, 'links' | 'former'> & { readonly claim: Pick<Entry['claim'], 'fitness' | 'genotype' | 'id'> }

/** Negative when `a` ranks before `b`; 0 only for the same claim. */
export function compareEntries(a: Ranked, b: Ranked): number {
  return (
    b.claim.fitness - a.claim.fitness ||
    a.links - b.links ||
    compareText(a.claim.genotype, b.claim.genotype) ||
    Number(a.former !== undefined) - Number(b.former !== undefined) ||
    compareText(a.claim.id, b.claim.id)
  )
}
