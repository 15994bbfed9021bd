// An owner from 16 random bytes, which people keep as twelve words: the owner key, and a secret that only the owner's
// machines know. Apart from the word list, which is large and not needed to sign.

import { sha256 } from '@noble/hashes/sha2.js'
import { joinBytes } from '../bytes/compare.ts'
import { asciiBytes } from '../bytes/text.ts'

/** 128 bits: twelve words of BIP 39. */
export const OWNER_ENTROPY_BYTES = 16

/** Seed of the owner's Ed25519 key, 32 bytes (RFC 8032). @throws RangeError unless there are 16 bytes */
export function ownerSeed(entropy: Uint8Array): Uint8Array {
  return derived('megabrain-owner/1:', entropy)
}

/** 32 bytes with which the owner's machines encrypt what they tell one another. @throws RangeError unless there are 16 bytes */
export function machinesSecret(entropy: Uint8Array): Uint8Array {
  return derived('megabrain-machines/1:', entropy)
}

/** One hash is enough: the bytes are random, not a password. */
function derived(purpose: string, entropy: Uint8Array): Uint8Array {
  if (entropy.length !== OWNER_ENTROPY_BYTES) throw new RangeError(`An owner is made from ${OWNER_ENTROPY_BYTES} bytes, got ${entropy.length}`)
  return sha256(joinBytes([asciiBytes(purpose), entropy]))
}
