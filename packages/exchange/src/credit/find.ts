// A find: a claim that held when it was evaluated here, with what was measured. Credit is counted in finds, also of genotypes
// that something better has displaced since: an archive remembers them without their bodies.

import { decodeClaim } from '../claim/claim-codec.ts'
import type { Claim } from '../claim/claim.ts'
import type { Entry } from '../archive/entry.ts'

export interface Find {
  readonly claim: Claim
  /** The signed envelope. */
  readonly envelope: Uint8Array
  /** Behaviour fingerprint, 0 to 255, and links, as measured where the find was admitted. */
  readonly fingerprint: number
  readonly links: number
}

/** By what was signed: an entry that was scored anew here may say otherwise. Undefined for a claim that cannot be read. */
export function findOf({ envelope, fingerprint, links }: Pick<Entry, 'envelope' | 'fingerprint' | 'links'>): Find | undefined {
  const decoded = decodeClaim(envelope)
  return decoded.ok ? { claim: decoded.value.claim, envelope, fingerprint, links } : undefined
}
