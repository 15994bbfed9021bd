// Taking a champion out of a realm, or over into another one, as far as containment lets it.

import type { Entry } from '../archive/entry.ts'
import type { Discovery } from '../member/events.ts'
import { mayCarryOver, mayExport } from './containment.ts'
import type { Realm } from './realm.ts'

export type Passage<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: 'contained' }

const contained = { ok: false, reason: 'contained' } as const

/** The genotype alone, for a file or another program. */
export function exportGenotype(realm: Pick<Realm, 'containment'>, { body }: Entry): Passage<Uint8Array> {
  return mayExport(realm, 'genotype') ? { ok: true, value: body } : contained
}

/** The genotype with the claim that says whose it is. */
export function exportClaim(realm: Pick<Realm, 'containment'>, { body, envelope }: Entry): Passage<{ readonly envelope: Uint8Array; readonly body: Uint8Array }> {
  return mayExport(realm, 'claim') ? { ok: true, value: { envelope, body } } : contained
}

/**
 * A champion of `from` as something to publish in `to`, by whoever carries it: claims are signed for one realm, so there it
 * is claimed anew, with the ancestry it had.
 */
export function carryOver(from: Pick<Realm, 'containment'>, to: Pick<Realm, 'containment'>, { claim, body, fingerprint }: Entry): Passage<Discovery> {
  if (!mayCarryOver(from, to)) return contained
  const { task, fitness, generation, parents, operators } = claim
  return { ok: true, value: { task, body, fitness, fingerprint, generation, parents, operators } }
}
