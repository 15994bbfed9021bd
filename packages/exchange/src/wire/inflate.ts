// Undoes DEFLATE (RFC 1951) into a buffer of the size that was announced, and not one byte further. Own code because
// libraries go on computing past the end of such a buffer (32 kB of input kept one busy for 300 ms) and build tables of
// 64 kB for each block of a dozen bytes; here time follows the sizes of input and output alone.

const MAX_BITS = 15
const LITERALS = 288
const DISTANCES = 32
const END_OF_BLOCK = 256
/**
 * Blocks allowed: a few, and one for each so many bytes of the result. Compressors begin one every 7,000 symbols or more; a
 * stranger's could hold nothing and take eleven bytes each, and the codes of 22,000 of them kept us busy for 100 ms.
 */
const FREE_BLOCKS = 4
const BYTES_PER_BLOCK = 4_096

/** RFC 1951, section 3.2.5: base values and extra bits of the length codes 257 to 285 and of the distance codes. */
const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073, 4_097, 6_145, 8_193, 12_289,
  16_385, 24_577,
]
const distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
/** Section 3.2.7: in which order the lengths of the code length codes stand. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** A prefix code in its canonical form: how many codes of each length there are, and their symbols in order. */
interface PrefixCode {
  readonly counts: Uint16Array
  readonly symbols: Uint16Array
}

interface Stream {
  readonly bytes: Uint8Array
  /** Next bit, counted from the lowest of the first byte. */
  at: number
  readonly out: Uint8Array
  length: number
}

/**
 * @param length of the result; the caller bounds it before it is allocated
 * @returns undefined when `bytes` is not a whole DEFLATE stream of exactly `length` bytes, with nothing after it
 */
export function inflate(bytes: Uint8Array, length: number): Uint8Array | undefined {
  const stream: Stream = { bytes, at: 0, out: new Uint8Array(length), length: 0 }
  let blocks = FREE_BLOCKS + length / BYTES_PER_BLOCK
  for (let isLast = false; !isLast;) {
    if (--blocks < 0) return undefined
    isLast = take(stream, 1) === 1
    const kind = take(stream, 2)
    const isSound = kind === 0 ? copyStored(stream) : kind === 1 ? copyCoded(stream, fixed) : kind === 2 && copyDynamic(stream)
    if (!isSound) return undefined
  }
  return stream.length === length && (stream.at + 7) >> 3 === bytes.length ? stream.out : undefined
}

/** −1 when there are not that many bits left. */
function take(stream: Stream, count: number): number {
  if (stream.at + count > stream.bytes.length * 8) return -1
  let value = 0
  for (let i = 0; i < count; i++, stream.at++) value |= ((stream.bytes[stream.at >> 3]! >> (stream.at & 7)) & 1) << i
  return value
}

/** −1 when the bits are no code or end too early. */
function takeSymbol(stream: Stream, { counts, symbols }: PrefixCode): number {
  let code = 0
  let first = 0
  let index = 0
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    const bit = take(stream, 1)
    if (bit < 0) return -1
    code |= bit
    const count = counts[bits]!
    if (code - first < count) return symbols[index + code - first]!
    index += count
    first = (first + count) << 1
    code <<= 1
  }
  return -1
}

/** @returns undefined for lengths that make no prefix code; a code may be incomplete only if it has a single symbol or none */
function prefixCode(lengths: Uint8Array): PrefixCode | undefined {
  const counts = new Uint16Array(MAX_BITS + 1)
  for (const length of lengths) counts[length]!++
  let free = 1
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    free = free * 2 - counts[bits]!
    if (free < 0) return undefined
  }
  const used = lengths.length - counts[0]!
  if (free > 0 && used > 1) return undefined
  const offsets = new Uint16Array(MAX_BITS + 2)
  for (let bits = 1; bits <= MAX_BITS; bits++) offsets[bits + 1] = offsets[bits]! + counts[bits]!
  const symbols = new Uint16Array(used)
  lengths.forEach((length, symbol) => {
    if (length > 0) symbols[offsets[length]!++] = symbol
  })
  counts[0] = 0
  return { counts, symbols }
}

interface BlockCodes {
  readonly literals: PrefixCode
  readonly distances: PrefixCode
}

/** Section 3.2.6. */
const fixed: BlockCodes = {
  literals: prefixCode(Uint8Array.from({ length: LITERALS }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)))!,
  distances: prefixCode(new Uint8Array(DISTANCES).fill(5))!,
}

function copyStored(stream: Stream): boolean {
  stream.at = (stream.at + 7) & ~7
  const length = take(stream, 16)
  const complement = take(stream, 16)
  if (length < 0 || complement !== (length ^ 0xffff)) return false
  const from = stream.at >> 3
  if (from + length > stream.bytes.length || stream.length + length > stream.out.length) return false
  stream.out.set(stream.bytes.subarray(from, from + length), stream.length)
  stream.at += length * 8
  stream.length += length
  return true
}

function copyCoded(stream: Stream, { literals, distances }: BlockCodes): boolean {
  const { out } = stream
  for (;;) {
    const symbol = takeSymbol(stream, literals)
    if (symbol < 0) return false
    if (symbol === END_OF_BLOCK) return true
    if (symbol < END_OF_BLOCK) {
      if (stream.length === out.length) return false
      out[stream.length++] = symbol
      continue
    }
    const length = takeValue(stream, symbol - END_OF_BLOCK - 1, lengthBase, lengthBits)
    const distance = takeValue(stream, takeSymbol(stream, distances), distanceBase, distanceBits)
    if (length < 0 || distance < 0 || distance > stream.length || stream.length + length > out.length) return false
    for (let i = 0; i < length; i++, stream.length++) out[stream.length] = out[stream.length - distance]!
  }
}

function takeValue(stream: Stream, code: number, base: readonly number[], bits: readonly number[]): number {
  if (code < 0 || code >= base.length) return -1
  const extra = take(stream, bits[code]!)
  return extra < 0 ? -1 : base[code]! + extra
}

/** Section 3.2.7: the two codes of this block come first, themselves coded. */
function copyDynamic(stream: Stream): boolean {
  const literals = take(stream, 5) + 257
  const distances = take(stream, 5) + 1
  const count = take(stream, 4) + 4
  if (count < 4 || literals > 286 || distances > 30) return false
  const own = new Uint8Array(lengthOrder.length)
  for (let i = 0; i < count; i++) {
    const length = take(stream, 3)
    if (length < 0) return false
    own[lengthOrder[i]!] = length
  }
  const code = prefixCode(own)
  const lengths = code === undefined ? undefined : takeLengths(stream, code, literals + distances)
  if (lengths === undefined || lengths[END_OF_BLOCK] === 0) return false
  const codes = [prefixCode(lengths.subarray(0, literals)), prefixCode(lengths.subarray(literals))] as const
  return codes[0] !== undefined && codes[1] !== undefined && copyCoded(stream, { literals: codes[0], distances: codes[1] })
}

/** Code lengths; 16 repeats the one before, 17 and 18 are runs of zeros. */
function takeLengths(stream: Stream, code: PrefixCode, count: number): Uint8Array | undefined {
  const lengths = new Uint8Array(count)
  for (let at = 0; at < count;) {
    const symbol = takeSymbol(stream, code)
    if (symbol < 0 || (symbol === 16 && at === 0)) return undefined
    if (symbol < 16) {
      lengths[at++] = symbol
      continue
    }
    const extra = take(stream, symbol === 16 ? 2 : symbol === 17 ? 3 : 7)
    const end = at + extra + (symbol === 18 ? 11 : 3)
    if (extra < 0 || end > count) return undefined
    lengths.fill(symbol === 16 ? lengths[at - 1]! : 0, at, end)
    at = end
  }
  return lengths
}
