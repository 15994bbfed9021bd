// Content ids: CIDv1, raw codec, sha2-256, base32. Written out because the prefix is constant and the hash synchronous;
// the tests compare with `multiformats`.

import { sha256 } from '@noble/hashes/sha2.js'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** CIDv1, raw, sha2-256, 32 bytes: https://github.com/multiformats/multicodec */
const PREFIX = [0x01, 0x55, 0x12, 0x20]
/** 59 characters: multibase `b`, 36 bytes in base32 without padding, the last two bits 0. */
const PATTERN = /^bafkrei[a-h][a-z2-7]{50}[aeimquy4]$/

/** Any stranger may compute the same id from the same bytes, with any CID library. */
export function cidOf(bytes: Uint8Array): string {
  return cidOfDigest(sha256(bytes))
}

/** @param digest sha2-256 of the bytes, 32 bytes, from whoever computes it */
export function cidOfDigest(digest: Uint8Array): string {
  let text = 'b'
  let bits = 0
  let held = 0
  const push = (byte: number): void => {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[held >>> bits]
      held &= (1 << bits) - 1
    }
  }
  for (const byte of PREFIX) push(byte)
  for (const byte of digest) push(byte)
  return text + ALPHABET[held << (5 - bits)]
}

/** Whether `text` is an id that `cidOf` could have made. */
export function isCid(text: string): boolean {
  return text.length === 59 && PATTERN.test(text)
}
