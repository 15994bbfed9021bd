// How a member reads strangers' bytes. A seam, so that a simulation of ten thousand members need not decode one claim ten
// thousand times; whoever stands in here must read what the plain functions read.

import { cidOf, decodeGenotype } from '@megabrain/evolve'
import { decodeClaim, type ClaimResult } from '../claim/claim-codec.ts'

export interface Reading {
  /** The same bytes in memory that nobody will change. */
  own(bytes: Uint8Array): Uint8Array
  decodeClaim(bytes: Uint8Array): ClaimResult
  decodeGenotype(bytes: Uint8Array): ReturnType<typeof decodeGenotype>
  cidOf(bytes: Uint8Array): string
}

export const plainReading: Reading = { own: (bytes) => bytes.slice(), decodeClaim, decodeGenotype, cidOf }
