// Who descends from whom, as far as this member knows. Parents are what a claim says, and anybody can claim anybody's genotype,
// so a genotype's parents are those of the first claim about it that held here, and they count only for what was heard after
// it: nobody can give the ancestors of something that is already here other parents. Of his own line an author's word counts.

import type { BoundedMap } from '../admission/bounded-map.ts'
import type { Claim } from '../claim/claim.ts'

export interface Ancestry {
  readonly parents: readonly string[]
  /** Place in the order in which genotypes were heard of here. */
  readonly at: number
}

/** The parts of a member's state that this file keeps. */
export interface Lineage {
  /** By genotype. */
  readonly lineage: BoundedMap<string, Ancestry>
  /** What an author said of the parents of a genotype that was not let in: `author/genotype` → parents. */
  readonly confessed: BoundedMap<string, readonly string[]>
  heardOf: number
}

export const MAX_LINEAGE = 16_384
export const MAX_CONFESSED = 4_096
/** Ancestors looked at for one claim. */
const MAX_WALK = 4_096

/** A claim held here. */
export function rememberParents(state: Lineage, { genotype, parents }: Pick<Claim, 'genotype' | 'parents'>): void {
  if (!state.lineage.has(genotype)) state.lineage.set(genotype, { parents, at: state.heardOf++ })
}

/** A claim was refused because of its ancestry: that much its author has said of his own line. */
export function rememberWord({ confessed }: Lineage, { author, genotype, parents }: Pick<Claim, 'author' | 'genotype' | 'parents'>): void {
  confessed.set(`${author}/${genotype}`, parents)
}

/** Whether one of `roots` is an ancestor of the claim's genotype. */
export function descendsFrom(state: Lineage, claim: Pick<Claim, 'author' | 'genotype' | 'parents'>, roots: ReadonlySet<string>): boolean {
  if (roots.size === 0) return false
  const known = state.lineage.get(claim.genotype)
  const heardAt = known?.at ?? Number.POSITIVE_INFINITY
  const walk = new Map<string, number>()
  for (const parent of [...claim.parents, ...(known?.parents ?? [])]) walk.set(parent, heardAt)
  for (const [cid, before] of walk) {
    if (roots.has(cid)) return true
    const edge = state.lineage.get(cid)
    const isEarlier = edge !== undefined && edge.at < before
    const parents = isEarlier ? edge.parents : (state.confessed.get(`${claim.author}/${cid}`) ?? [])
    for (const parent of parents) if (walk.size < MAX_WALK && !walk.has(parent)) walk.set(parent, isEarlier ? edge.at : before)
  }
  return false
}

/** /** Generations looked back for the line that a genotype belongs to. */
const LINE_WALK = 32

/** The oldest ancestor that is known through first parents, at most 32 generations back: names the line of descent. */
export function lineOf({ lineage }: Pick<Lineage, 'lineage'>, cid: string): string {
  let oldest = cid
  for (let i = 0; i < LINE_WALK; i++) {
    const parent = lineage.get(oldest)?.parents[0]
    if (parent === undefined) break
    oldest = parent
  }
  return oldest
}
