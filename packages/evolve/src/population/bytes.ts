// Reading and writing the columns of a checkpoint, little-endian. The reader checks every count against the bytes that
// are left before anyone allocates; past the end it says so once and returns zeros.

import { readId, writeId } from '../genotype/identity.ts'

export interface ByteWriter {
  u8(x: number): void
  u32(x: number): void
  f64(x: number): void
  /** An integer below 2^48. */
  id(x: number): void
  /** Length as u32, then the bytes. */
  block(bytes: Uint8Array): void
  done(): Uint8Array
}

export function createWriter(): ByteWriter {
  let bytes = new Uint8Array(1_024)
  let view = new DataView(bytes.buffer)
  let length = 0
  const room = (size: number): number => {
    if (length + size > bytes.length) {
      const grown = new Uint8Array(Math.max(2 * bytes.length, length + size))
      grown.set(bytes)
      bytes = grown
      view = new DataView(bytes.buffer)
    }
    length += size
    return length - size
  }
  const writer: ByteWriter = {
    u8: (x) => { const at = room(1); view.setUint8(at, x) },
    u32: (x) => { const at = room(4); view.setUint32(at, x, true) },
    f64: (x) => { const at = room(8); view.setFloat64(at, x, true) },
    id: (x) => { const at = room(6); writeId(view, at, x) },
    block(block) {
      writer.u32(block.length)
      const at = room(block.length)
      bytes.set(block, at)
    },
    done: () => bytes.slice(0, length),
  }
  return writer
}

export interface ByteReader {
  u8(): number
  u32(): number
  f64(): number
  /** An integer below 2^48. */
  id(): number
  block(): Uint8Array
  /** A u32 that counts things of at least `leastBytes` each. */
  count(leastBytes: number): number
  /** Whether a read went past the end or a count could not be true. */
  failed(): boolean
  /** Whether all bytes were read and none was missing. */
  finished(): boolean
}

export function createReader(bytes: Uint8Array): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  let failed = false
  const take = (size: number): number => {
    if (failed || size > bytes.length - at) {
      failed = true
      return -1
    }
    at += size
    return at - size
  }
  const read = (size: number, get: (at: number) => number): number => {
    const from = take(size)
    return from < 0 ? 0 : get(from)
  }
  const reader: ByteReader = {
    u8: () => read(1, (from) => view.getUint8(from)),
    u32: () => read(4, (from) => view.getUint32(from, true)),
    f64: () => read(8, (from) => view.getFloat64(from, true)),
    id: () => read(6, (from) => readId(view, from)),
    block() {
      const size = reader.u32()
      const from = take(size)
      return from < 0 ? new Uint8Array(0) : bytes.slice(from, from + size)
    },
    count(leastBytes) {
      const count = reader.u32()
      if (count * leastBytes <= bytes.length - at) return count
      failed = true
      return 0
    },
    failed: () => failed,
    finished: () => !failed && at === bytes.length,
  }
  return reader
}
