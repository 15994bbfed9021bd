// Names for states of a search, and the seeds that new ones must have. A seed is made from the device's key, so that one
// device's work is never another's.

import { sha256 } from '@noble/hashes/sha2.js'
import { joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'

/** sha256 over `Search.encode()`, lower-case hex. */
export function stateRoot(encoded: Uint8Array): string {
  return hexText(sha256(encoded))
}

/**
 * The seed of a search that earns credit: the first 52 bits of sha256 over `megabrain-seed/1:`, the raw device key, the
 * realm id, the origin (four bytes, big-endian) and the task id.
 * @param origin integer from 0 to 2^32 − 1, another one for each search
 */
export function seedOf(chain: { readonly device: string; readonly realm: string; readonly task: string }, origin: number): number {
  if (origin >>> 0 !== origin) throw new RangeError(`An origin must be an integer from 0 to 2^32 - 1, got ${origin}`)
  const number = Uint8Array.of(origin >>> 24, (origin >>> 16) & 255, (origin >>> 8) & 255, origin & 255)
  const parts = [asciiBytes('megabrain-seed/1:'), hexBytes(chain.device), hexBytes(chain.realm), number, asciiBytes(chain.task)]
  const digest = sha256(joinBytes(parts))
  let seed = 0
  for (let i = 0; i < 6; i++) seed = seed * 256 + digest[i]!
  return seed * 16 + (digest[6]! >>> 4)
}
