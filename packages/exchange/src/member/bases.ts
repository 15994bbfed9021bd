// Which of the bodies here a stranger's genotype is likely to be a small change of: its parents by the claim, what its
// author had before, and the best of its task. Named when asking for it, so that only edits need to travel.

import { digestOfCid } from '../claim/cid-digest.ts'
import type { Claim } from '../claim/claim.ts'
import type { Entry } from '../archive/entry.ts'
import { compareEntries } from '../archive/order.ts'
import { MAX_HELD } from '../limits.ts'
import { bodyOf, type MemberState } from './state.ts'

export interface HeldBody {
  readonly digest: Uint8Array
  readonly body: Uint8Array
}

/** At most four, the likeliest first. */
export function basesFor(state: MemberState, claim: Claim): readonly HeldBody[] {
  const parents = heldOf(state, claim.parents)
  // A name costs as many bytes as a small edit: nothing beats a parent, so no more are named beside one.
  if (parents.length > 0) return parents
  const { newest, best } = relatives(state, claim)
  return heldOf(state, [newest, best].flatMap((entry) => entry?.claim.genotype ?? []))
}

function heldOf(state: MemberState, cids: readonly string[]): readonly HeldBody[] {
  const held: HeldBody[] = []
  for (const cid of new Set(cids)) {
    const [body, digest] = [bodyOf(state, cid), digestOfCid(cid)]
    if (body !== undefined && digest !== undefined && held.length < MAX_HELD) held.push({ digest, body })
  }
  return held
}

function relatives(state: MemberState, { task, author }: Claim): { readonly newest: Entry | undefined; readonly best: Entry | undefined } {
  let newest: Entry | undefined
  let best: Entry | undefined
  for (const entry of state.niches.values()) {
    if (entry.claim.task !== task) continue
    if (best === undefined || compareEntries(entry, best) < 0) best = entry
    if (entry.claim.author === author && (newest === undefined || entry.claim.time > newest.claim.time)) newest = entry
  }
  return { newest, best }
}
