// A short picture of an archive for anti-entropy: twelve bytes for each niche, and one root hash over everything. Equal
// roots mean equal archives; different heads say which claims to ask for and which to offer.

import { sha256 } from '@noble/hashes/sha2.js'
import { joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import type { Entry } from './entry.ts'
import { nicheNumber } from './niche.ts'
import { sortedEntries, type Niches } from './niches.ts'

/** Of a claim id, hex: enough to name a claim between two archives. */
export const HEAD_ID_LENGTH = 16

export interface Head {
  /** Niche number within the task, 0 to 255. */
  readonly niche: number
  readonly fitness: number
  /** First 8 bytes of the claim id, hex. */
  readonly id: string
}

export interface TaskHeads {
  readonly task: string
  readonly evaluator: string
  /** Ascending by niche, no niche twice. Made anew at each reading where it came in a message. */
  readonly heads: readonly Head[]
}

export function headId(claimId: string): string {
  return claimId.slice(0, HEAD_ID_LENGTH)
}

export function headOf(entry: Entry): Head {
  return { niche: nicheNumber(entry.fingerprint, entry.links), fitness: entry.claim.fitness, id: headId(entry.claim.id) }
}

/** Grouped by task and evaluator version, in the order of the niches' names. */
export function headsOf(niches: Niches): readonly TaskHeads[] {
  const groups = new Map<string, { task: string; evaluator: string; heads: Head[] }>()
  for (const entry of sortedEntries(niches)) {
    const { task, evaluator } = entry.claim
    const key = `${task}/${evaluator}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { task, evaluator, heads: [headOf(entry)] })
    else group.heads.push(headOf(entry))
  }
  return [...groups.values()]
}

/** 64 hex characters: sha256 over task, evaluator version, niche and claim id of every entry, in niche order. */
export function rootOf(niches: Niches): string {
  const parts = sortedEntries(niches).flatMap(({ claim, fingerprint, links }) => [
    Uint8Array.of(claim.task.length),
    asciiBytes(claim.task),
    hexBytes(claim.evaluator),
    Uint8Array.of(nicheNumber(fingerprint, links)),
    hexBytes(claim.id),
  ])
  return hexText(sha256(joinBytes(parts)))
}
