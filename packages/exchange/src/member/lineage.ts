// Who descends from whom, as far as this member knows. An edge comes from the first claim about a genotype whose fitness held
// here: a later claim cannot give somebody else's genotype other parents. What a banned claim says of its own parents counts
// only until a claim that held says otherwise, so that naming another's genotype does not get that one banned.

import type { Claim } from '../claim/claim.ts'
import type { MemberState } from './state.ts'

export interface Ancestry {
  readonly parents: readonly string[]
  /** Whether the claim that says so held. */
  readonly held: boolean
}

export const MAX_LINEAGE = 16_384
/** Ancestors looked at for one claim. */
const MAX_WALK = 4_096

/** @returns whether it was news */
export function rememberParents({ lineage }: Pick<MemberState, 'lineage'>, { genotype, parents }: Pick<Claim, 'genotype' | 'parents'>, held: boolean): boolean {
  const known = lineage.get(genotype)
  if (known !== undefined && (known.held || !held)) return false
  lineage.set(genotype, { parents, held })
  return true
}

/** Whether one of `roots` is among the ancestors that are known of a genotype with these parents. */
export function descendsFrom({ lineage }: Pick<MemberState, 'lineage'>, parents: readonly string[], roots: ReadonlySet<string>): boolean {
  if (roots.size === 0) return false
  const seen = new Set(parents)
  for (const cid of seen) {
    if (roots.has(cid)) return true
    if (seen.size < MAX_WALK) for (const parent of lineage.get(cid)?.parents ?? []) seen.add(parent)
  }
  return false
}

/** Generations looked back for the line that a genotype belongs to. */
const LINE_WALK = 32

/** The oldest ancestor that is known through first parents, at most 32 generations back: names the line of descent. */
export function lineOf({ lineage }: Pick<MemberState, 'lineage'>, cid: string): string {
  let oldest = cid
  for (let i = 0; i < LINE_WALK; i++) {
    const parent = lineage.get(oldest)?.parents[0]
    if (parent === undefined) break
    oldest = parent
  }
  return oldest
}
