// One verified result: a claim that held, and the genotype it is about. The only thing an archive of record holds.

import type { Claim } from '../claim/claim.ts'

export interface Entry {
  readonly claim: Claim
  /** The signed envelope, as it travels. */
  readonly envelope: Uint8Array
  /** Canonical genotype; empty once it had to make room for others. */
  readonly body: Uint8Array
  /** Behaviour fingerprint, 0 to 255, as measured here. */
  readonly fingerprint: number
  readonly links: number
  /**
   * What the author signed, where that was under an earlier evaluator version: `claim` then has the present version and the
   * fitness measured here.
   */
  readonly former?: { readonly evaluator: string; readonly fitness: number } | undefined
  /** The claim that this one supersedes, as it travels: it tells parents and operators. */
  readonly origin?: Uint8Array | undefined
}
