// Damage that knows protobuf: takes a message apart, rewrites one field at any depth and puts the lengths around it right, so
// that what is wrong lies behind the outer checks. Lying lengths, repeated, missing, swapped and unknown fields too.

import type { Random } from '@megabrain/evolve'
import { joinBytes } from '../src/bytes/compare.ts'

/** Where signed and unsigned arithmetic, shifts, lengths and float conversions break. */
export const TELLING_NUMBERS = [
  0, 1, 2, 7, 8, 31, 32, 63, 64, 127, 128, 255, 256, 511, 512, 4_095, 4_096, 16_383, 16_384, 65_535, 65_536, 262_144, 1_000_000, 1_000_001,
  2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 47, 2 ** 53 - 1, 2 ** 53, 2 ** 63, 2 ** 64 - 1,
] as const

interface Field {
  readonly start: number
  /** Where the number or the content begins. */
  readonly value: number
  readonly end: number
  readonly type: number
  /** Where a byte string's length begins. */
  readonly lengthAt: number
}

const MAX_FIELDS = 96
/** Envelope, payload and what lies in it; offers put one more around them. */
const MAX_DEPTH = 4

/** The fields of a flat protobuf message; undefined when the bytes are none, or empty. */
export function fieldsOf(bytes: Uint8Array): readonly Field[] | undefined {
  const fields: Field[] = []
  for (let at = 0; at < bytes.length; ) {
    const start = at
    if (fields.length === MAX_FIELDS) return undefined
    const type = bytes[at]! & 7
    while (bytes[at]! >= 0x80) at++
    const lengthAt = ++at
    if (type !== 0 && type !== 2) return undefined
    let number = 0
    for (let shift = 1; ; shift *= 128) {
      if (at >= bytes.length || shift > 2 ** 56) return undefined
      const byte = bytes[at++]!
      number += (byte & 127) * shift
      if (byte < 128) break
    }
    const value = type === 2 ? at : lengthAt
    if (type === 2) at += number
    if (at > bytes.length) return undefined
    fields.push({ start, value, end: at, type, lengthAt })
  }
  return fields.length === 0 ? undefined : fields
}

/** @returns undefined when `bytes` is no protobuf message */
export function rewriteField(random: Random, bytes: Uint8Array, donor: Uint8Array, depth: number): Uint8Array | undefined {
  const fields = fieldsOf(bytes)
  if (fields === undefined) return undefined
  const field = fields[random.integer(fields.length)]!
  const before = bytes.subarray(0, field.start)
  const whole = bytes.subarray(field.start, field.end)
  const after = bytes.subarray(field.end)
  const tag = bytes.subarray(field.start, field.lengthAt)
  switch (random.integer(10)) {
    case 0:
      return joinBytes([before, whole, whole, after])
    case 1:
      return joinBytes([before, after])
    case 2: {
      const other = fields[random.integer(fields.length)]!
      return joinBytes([before, bytes.subarray(other.start, other.end), after])
    }
    case 3: {
      const from = fieldsOf(donor)
      const { start, end } = from?.[random.integer(from.length)] ?? { start: 0, end: 64 }
      return joinBytes([before, donor.subarray(start, end), whole, after])
    }
    case 4: // another field or wire type
      return joinBytes([before, varint(random.integer(160), 0), bytes.subarray(field.lengthAt, field.end), after])
    case 5: // a length that lies, or a number that tells
      return joinBytes([before, tag, tellingVarint(random), bytes.subarray(field.type === 2 ? field.value : field.end, field.end), after])
    default:
      if (field.type === 0) return joinBytes([before, tag, tellingVarint(random), after])
      return joinBytes([before, tag, ...framed(changed(random, bytes.subarray(field.value, field.end), donor, depth)), after])
  }
}

function changed(random: Random, content: Uint8Array, donor: Uint8Array, depth: number): Uint8Array {
  const inner = depth < MAX_DEPTH && random.integer(4) > 0 ? rewriteField(random, content, donor, depth + 1) : undefined
  if (inner !== undefined) return inner
  const copy = content.slice()
  switch (random.integer(5)) {
    case 0:
      return copy.subarray(0, random.integer(copy.length + 1))
    case 1:
      return joinBytes([copy, donor.subarray(0, random.integer(Math.min(64, donor.length) + 1))])
    case 2:
      return donor.slice(0, Math.max(copy.length, random.integer(donor.length + 1)))
    default:
      if (copy.length > 0) copy[random.integer(copy.length)]! ^= 1 << random.integer(8)
      return copy
  }
}

function tellingVarint(random: Random): Uint8Array {
  const number = TELLING_NUMBERS[random.integer(TELLING_NUMBERS.length)]!
  const nudged = Math.max(0, number + (random.integer(4) === 0 ? random.integer(3) - 1 : 0))
  return varint(nudged, random.integer(12) === 0 ? 1 + random.integer(9) : 0)
}

function framed(content: Uint8Array): readonly [Uint8Array, Uint8Array] {
  return [varint(content.length, 0), content]
}

/** @param padding bytes more than needed: the same number in a form that is not the shortest */
export function varint(number: number, padding: number): Uint8Array {
  const bytes: number[] = []
  let rest = number
  while (rest >= 128) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  for (let i = 0; i < padding; i++) {
    bytes[bytes.length - 1]! |= 128
    bytes.push(0)
  }
  return Uint8Array.from(bytes)
}
