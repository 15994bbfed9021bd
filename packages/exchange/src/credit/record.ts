// Keeping the account of a search while it runs: which state the present stretch began with, whom it let in, what it has
// cost so far. The other half of `replay.ts`; the loop that evaluates calls it between generations.

import type { Evaluation, Genotype, Search } from '@megabrain/evolve'
import { MAX_ADMITTED, type Stretch } from './receipt.ts'
import { workOf } from './replay.ts'
import { stateRoot } from './state-root.ts'

/** A stretch that goes on. Plain data: it is stored beside the checkpoint that it belongs to. */
export type OpenStretch = Omit<Stretch, 'task' | 'after'>

/** @param origin set when `search` is new, made from `seedOf(…, origin)` */
export function beginStretch(search: Search, origin: number | undefined): OpenStretch {
  const before = stateRoot(search.encode())
  return { before, origin, admitted: [], entered: before, evaluations: 0, work: 0 }
}

/** Strangers come in at the start of a stretch or not at all: whether there is room for one more now. */
export function canAdmit(stretch: OpenStretch): boolean {
  return stretch.evaluations === 0 && stretch.admitted.length < MAX_ADMITTED
}

/**
 * @param search with the stranger in it; when that changed nothing, nothing is noted
 * @throws RangeError past the start, or when `MAX_ADMITTED` are in already
 */
export function withAdmitted(stretch: OpenStretch, cid: string, search: Search): OpenStretch {
  if (!canAdmit(stretch)) throw new RangeError(`A stretch lets in strangers at its start only, got one after ${stretch.evaluations} evaluations`)
  const entered = stateRoot(search.encode())
  return entered === stretch.entered ? stretch : { ...stretch, admitted: [...stretch.admitted, cid], entered }
}

/** A whole generation was told. */
export function withTold(
  stretch: OpenStretch, candidates: readonly { readonly genotype: Genotype }[], evaluations: readonly Evaluation[],
): OpenStretch {
  let { work } = stretch
  candidates.forEach(({ genotype }, i) => { work += workOf(genotype, evaluations[i]!) })
  return { ...stretch, evaluations: stretch.evaluations + candidates.length, work }
}

/** @param encoded the state it ends with, between two generations */
export function endStretch(task: string, stretch: OpenStretch, encoded: Uint8Array): Stretch {
  return { task, ...stretch, after: stateRoot(encoded) }
}
