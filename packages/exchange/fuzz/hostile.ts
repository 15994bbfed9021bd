// Bytes that broke others: lengths and counts that lie, endless varints, nesting, millions of empty entries, foreign formats,
// after the published faults of libp2p, gossipsub, floodsub, protobufjs, CBOR readers and Yjs (CVE-2022-23487, CVE-2026-44289,
// CVE-2026-86040, CVE-2026-110789, GHSA-5jg4-p4qw-cgfr, Yjs issues 498 and 687), rebuilt here by their pattern.

import { varint } from './field-mutator.ts'

export interface Hostile {
  readonly name: string
  readonly bytes: Uint8Array
}

const LYING_LENGTHS = [
  1, 27, 127, 128, 16_384, 262_145, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64 - 1,
]
const WORDS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '../../etc/passwd', '\u0000', '%s%n', '<script>']
const GENOTYPE_HEADER = [0x4d, 0x42, 0x67, 0x74, 1, 0, 0, 0] as const
const LARGE_BYTES = 262_144

/** Cases that no format of ours takes; many apply to several decoders, so each decoder gets all. */
export function hostileCases(): readonly Hostile[] {
  return [...short(), ...lyingLengths(), ...crowds(), ...nesting(), ...lyingGenotypes(), ...foreign(), ...words()]
}

/** Every cut and every flipped bit of good bytes: refused, or read as what they then say. */
export function* damaged(good: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < good.length; length++) yield good.slice(0, length)
  for (let bit = 0; bit < good.length * 8; bit++) {
    const copy = good.slice()
    copy[bit >> 3]! ^= 1 << (bit & 7)
    yield copy
  }
}

/** All lengths to 64 of bytes that say "more follows", "nothing here" and "a field begins": Yjs looped on 27 of them. */
function* short(): Generator<Hostile> {
  for (const filler of [0x00, 0x01, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x12, 0x1a]) {
    for (let length = 0; length <= 64; length++) yield { name: `${length} times ${filler}`, bytes: new Uint8Array(length).fill(filler) }
  }
}

/** Each field of each format with a length that is not there, with nothing or 27 bytes behind it, alone or after a version. */
function* lyingLengths(): Generator<Hostile> {
  for (let field = 1; field <= 24; field++) {
    for (const length of LYING_LENGTHS) {
      for (const tail of [0, 27]) {
        for (const before of [[], [8, 1], [8, 1, 16, 3]]) {
          const rest = new Uint8Array(Math.min(tail, length - 1)).fill(1)
          const bytes = Uint8Array.from([...before, ...varint(field * 8 + 2, 0), ...varint(length, 0), ...rest])
          yield { name: `field ${field} claims ${length} bytes, ${tail} follow`, bytes }
        }
      }
    }
  }
}

/** As many empty or tiny entries as fit into the largest frame: counting bytes alone would let them all in. */
function* crowds(): Generator<Hostile> {
  for (let field = 1; field <= 8; field++) {
    for (const size of [4_096, 32_768, LARGE_BYTES]) {
      for (const content of [[0], [1, 0]]) {
        const entry = [field * 8 + 2, ...content]
        const bytes = new Uint8Array(size)
        for (let at = 2; at + entry.length <= size; at += entry.length) bytes.set(entry, at)
        bytes.set([8, 1])
        yield { name: `${Math.trunc(size / entry.length)} entries of field ${field}`, bytes }
      }
    }
  }
}

/** Messages in messages, groups in groups, arrays in arrays: 12 KB of the last end a recursive CBOR reader. */
function* nesting(): Generator<Hostile> {
  for (const field of [1, 2, 3, 4]) {
    for (const depth of [12, 100, 5_000]) {
      const parts: number[][] = []
      let length = 0
      for (let i = 0; i < depth; i++) {
        const head = [field * 8 + 2, ...varint(length, 0)]
        parts.push(head)
        length += head.length
      }
      yield { name: `field ${field}, ${depth} deep`, bytes: Uint8Array.from(parts.reverse().flat()) }
    }
    yield { name: `groups of field ${field}`, bytes: new Uint8Array(100_000).fill(field * 8 + 3) }
  }
  for (const blocks of [5, 6_000, 50_000]) yield { name: `${blocks} empty blocks of a deflated body`, bytes: emptyBlocks(blocks) }
  for (const opening of [0x5b, 0x7b, 0x81, 0xa1, 0x9f, 0xbf]) {
    yield { name: `byte ${opening} opens 200,000 times`, bytes: new Uint8Array(200_000).fill(opening) }
  }
}

/** Stored blocks of nothing: each begins anew, and none brings the end nearer. */
function emptyBlocks(count: number): Uint8Array {
  const bytes = new Uint8Array(count * 5)
  for (let at = 0; at < bytes.length; at += 5) bytes.set([at + 5 === bytes.length ? 1 : 0, 0, 0, 255, 255], at)
  return bytes
}

function* lyingGenotypes(): Generator<Hostile> {
  const counts = [0, 1, 4_095, 4_096, 4_097, 65_535]
  const links = [0, 1, 65_535, 65_536, 65_537, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]
  for (const hidden of counts) {
    for (const link of links) {
      for (const size of [18, 45, LARGE_BYTES]) {
        const bytes = new Uint8Array(size)
        const view = new DataView(bytes.buffer)
        bytes.set(GENOTYPE_HEADER)
        view.setUint16(8, 3, true)
        view.setUint16(10, 1, true)
        view.setUint16(12, hidden, true)
        view.setUint32(14, link, true)
        yield { name: `genotype of ${hidden} neurons and ${link} links in ${size} bytes`, bytes }
      }
    }
  }
}

function* foreign(): Generator<Hostile> {
  const heads: Readonly<Record<string, readonly number[]>> = {
    gzip: [0x1f, 0x8b, 8, 0],
    zip: [0x50, 0x4b, 3, 4],
    png: [0x89, 0x50, 0x4e, 0x47],
    wasm: [0, 0x61, 0x73, 0x6d],
    'DER key': [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
    deflate: [0x78, 0x9c, 0xed, 0xc1],
    'UTF-16': [0xff, 0xfe, 0x5b, 0],
    population: [0x4d, 0x42, 0x70, 0x6f, 1],
  }
  for (const [name, head] of Object.entries(heads)) {
    for (const size of [head.length, 27, 1_024, LARGE_BYTES]) {
      for (const filler of [0, 255]) {
        const bytes = new Uint8Array(Math.max(size, head.length)).fill(filler)
        bytes.set(head)
        yield { name: `${name} of ${size} bytes, then ${filler}`, bytes }
      }
    }
  }
}

/** Names that mean something to objects, file systems, formats and pages, where a text is expected. */
function* words(): Generator<Hostile> {
  for (const word of WORDS) {
    const text = Array.from(word, (letter) => letter.charCodeAt(0))
    for (const field of [1, 2, 4, 11]) {
      yield { name: `${word} in field ${field}`, bytes: Uint8Array.from([8, 1, field * 8 + 2, text.length, ...text]) }
    }
  }
}
