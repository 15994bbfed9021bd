// The parts of a delta as bytes: counts, subsets of a list, parameters. The reader never throws and never allocates on a
// number it has read; the first thing that is wrong makes everything after it wrong.

import { isParameter } from './genotype.ts'

/** Varints are at most this long: numbers below 2^28, far above any count. */
const MAX_VARINT_BYTES = 4
/** A subset that lists its members takes a byte each, one as bits an eighth of a byte for each that could be one. */
const BITS_PER_BYTE = 8

export const DELTA_VERSION = 1
export const WIDE = 1
/** Parts in the order in which they stand, each at most once and never empty. */
export const REMOVED_NEURONS = 1
export const ADDED_NEURONS = 2
export const ACTIVATIONS = 3
export const AGGREGATIONS = 4
export const BIASES = 5
export const RESPONSES = 6
export const REMOVED_LINKS = 7
export const ADDED_LINKS = 8
export const WEIGHTS = 9

export interface DeltaWriter {
  byte(value: number): void
  /** Unsigned LEB128. */
  count(value: number): void
  /** Which of `size` things: ascending indices, at least one. */
  subset(indices: readonly number[], size: number): void
  parameter(value: number): void
  /** Little-endian, six bytes. */
  id(value: number): void
  finish(): Uint8Array
}

/** @param wide eight bytes for a parameter instead of four */
export function createDeltaWriter(wide: boolean): DeltaWriter {
  const bytes: number[] = []
  const scratch = new DataView(new ArrayBuffer(8))
  const push = (length: number): void => {
    for (let i = 0; i < length; i++) bytes.push(scratch.getUint8(i))
  }
  function count(value: number): void {
    let rest = value
    for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128)
    bytes.push(rest)
  }
  return {
    byte: (value) => void bytes.push(value),
    count,
    subset(indices, size) {
      count(indices.length)
      if (indices.length === size) return
      if (indices.length * BITS_PER_BYTE < size) {
        let next = 0
        for (const index of indices) {
          count(index - next)
          next = index + 1
        }
        return
      }
      const bits = new Uint8Array(Math.ceil(size / BITS_PER_BYTE))
      for (const index of indices) bits[index >> 3]! |= 1 << (index & 7)
      bytes.push(...bits)
    },
    parameter(value) {
      if (wide) scratch.setFloat64(0, value, true)
      else scratch.setFloat32(0, value, true)
      push(wide ? 8 : 4)
    },
    id(value) {
      scratch.setUint32(0, value % 4_294_967_296, true)
      scratch.setUint16(4, Math.floor(value / 4_294_967_296), true)
      push(6)
    },
    finish: () => Uint8Array.from(bytes),
  }
}

export interface DeltaReader {
  /** Whether something has been wrong, or read past the end. */
  readonly failed: boolean
  /** Bytes not yet read. */
  readonly left: number
  /** Whether this part comes next; then it is entered. */
  enters(part: number): boolean
  /** What was read makes no sense. */
  fail(): void
  byte(): number
  count(): number
  /** How many things of at least `leastBytes` each follow: 1 or more, and no more than there are bytes for; else 0. */
  length(leastBytes: number): number
  /** Ascending indices below `size`; empty when wrong. Takes memory in proportion to `size`. */
  subset(size: number): readonly number[]
  parameter(): number
  id(): number
}

export function createDeltaReader(bytes: Uint8Array, wide: boolean, start: number): DeltaReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start
  let failed = false
  /** Moves past the next `length` bytes. @returns whether they are there */
  function take(length: number): boolean {
    if (failed || bytes.length - at < length) failed = true
    else at += length
    return !failed
  }
  const byte = (): number => (take(1) ? bytes[at - 1]! : 0)
  function count(): number {
    let value = 0
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const next = byte()
      value |= (next & 127) << (7 * i)
      if (next >= 128) continue
      if (next === 0 && i > 0) failed = true // a shorter form exists
      return failed ? 0 : value
    }
    failed = true
    return 0
  }
  return {
    get failed() {
      return failed
    },
    get left() {
      return bytes.length - at
    },
    enters(part) {
      if (failed || bytes[at] !== part) return false
      at++
      return true
    },
    fail() {
      failed = true
    },
    byte,
    count,
    length(leastBytes) {
      const length = count()
      if (length === 0 || length * leastBytes > bytes.length - at) failed = true
      return failed ? 0 : length
    },
    subset(size) {
      const length = count()
      if (length === 0 || length > size) failed = true
      if (failed) return []
      if (length === size) return Array.from({ length }, (_, i) => i)
      const indices: number[] = []
      if (length * BITS_PER_BYTE < size) {
        let next = 0
        while (indices.length < length && !failed) {
          const index = next + count()
          if (index >= size) failed = true
          indices.push(index)
          next = index + 1
        }
      } else if (take(Math.ceil(size / BITS_PER_BYTE))) {
        const from = at - Math.ceil(size / BITS_PER_BYTE)
        for (let i = 0; i < (at - from) * BITS_PER_BYTE; i++) {
          if ((bytes[from + (i >> 3)]! & (1 << (i & 7))) === 0) continue
          if (i >= size) failed = true
          indices.push(i)
        }
        if (indices.length !== length) failed = true
      }
      return failed ? [] : indices
    },
    parameter() {
      if (!take(wide ? 8 : 4)) return 0
      const value = wide ? view.getFloat64(at - 8, true) : view.getFloat32(at - 4, true)
      if (!isParameter(value)) failed = true
      return failed ? 0 : value
    },
    id: () => (take(6) ? view.getUint32(at - 6, true) + view.getUint16(at - 2, true) * 4_294_967_296 : 0),
  }
}
