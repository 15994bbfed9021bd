// A CID's text and the 32-byte digest that travels in its place. All genotypes share one CID prefix (CIDv1, raw codec,
// sha2-256), so the digest says everything.

const PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20)
/** RFC 4648, lower case, without padding; multibase prefix `b`. */
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const CID_LENGTH = 59

/** @param digest 32 bytes */
export function cidFromDigest(digest: Uint8Array): string {
  if (digest.length !== 32) throw new RangeError(`A digest must have 32 bytes, got ${digest.length}`)
  let text = 'b'
  let buffer = 0
  let bits = 0
  for (const byte of [...PREFIX, ...digest]) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(buffer >> bits) & 31]!
    }
    buffer &= 31
  }
  return text + alphabet[(buffer << (5 - bits)) & 31]!
}

/** @returns undefined when the text is not the CID of a genotype */
export function digestOfCid(cid: string): Uint8Array | undefined {
  if (cid.length !== CID_LENGTH || cid[0] !== 'b') return undefined
  const bytes = new Uint8Array(36)
  let buffer = 0
  let bits = 0
  let length = 0
  for (let i = 1; i < cid.length; i++) {
    const value = alphabet.indexOf(cid[i]!)
    if (value < 0) return undefined
    buffer = (buffer << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[length++] = (buffer >> bits) & 255
      buffer &= 255
    }
  }
  if ((buffer & ((1 << bits) - 1)) !== 0) return undefined // bits past the last byte must be zero
  for (let i = 0; i < PREFIX.length; i++) if (bytes[i] !== PREFIX[i]) return undefined
  return bytes.slice(PREFIX.length)
}
