// The protobuf subset that all our formats share: numbers (varint) and byte strings, fields in ascending order, defaults
// left out, nothing unknown. Decoders re-encode what they read and compare, so each value has exactly one encoding.

import { reader, writer, type Writer } from 'protons-runtime'
import { asciiBytes, asciiText } from '../bytes/text.ts'

const VARINT = 0
const LENGTH_DELIMITED = 2

export function encodeFields(write: (to: Writer) => void): Uint8Array {
  const to = writer()
  write(to)
  return to.finish().slice() // the writer's memory may be part of a shared pool
}

/** Zero is left out. */
export function putNumber(to: Writer, field: number, value: number): void {
  if (value === 0) return
  to.uint32((field << 3) | VARINT)
  to.uint64Number(value)
}

/** The empty string is left out. */
export function putBytes(to: Writer, field: number, value: Uint8Array): void {
  if (value.length > 0) putElement(to, field, value)
}

export function putText(to: Writer, field: number, value: string): void {
  putBytes(to, field, asciiBytes(value))
}

/** One element of a repeated field: the empty one counts too. */
export function putElement(to: Writer, field: number, value: Uint8Array): void {
  to.uint32((field << 3) | LENGTH_DELIMITED)
  to.bytes(value)
}

/** What one message held, by field. Byte strings are views of the message. */
export interface Fields {
  /** 0 when absent; undefined when repeated, not a number, or not a safe integer. */
  number(field: number): number | undefined
  /** Empty when absent; undefined when repeated or not a byte string. */
  bytes(field: number): Uint8Array | undefined
  /** Empty when absent; undefined when `bytes` is, or not printable ASCII of at most `maxLength`. */
  text(field: number, maxLength: number): string | undefined
  /** Undefined when any element is not a byte string or there are more than `max`. */
  elements(field: number, max: number): readonly Uint8Array[] | undefined
}

/**
 * Takes a message apart. Work and memory are proportional to `bytes`, never to a number in them; nothing nests.
 * @param maxElements fields in the whole message, repetitions counted
 * @returns undefined for anything that is not a flat protobuf message of varints and byte strings
 */
export function parseFields(bytes: Uint8Array, maxElements: number): Fields | undefined {
  const values = new Map<number, (number | Uint8Array)[]>()
  try {
    const from = reader(bytes)
    for (let count = 0; from.pos < from.len; count++) {
      if (count === maxElements) return undefined
      const tag = from.uint32()
      const type = tag & 7
      if (type !== VARINT && type !== LENGTH_DELIMITED) return undefined
      const value = type === VARINT ? from.uint64Number() : from.bytes()
      const field = tag >>> 3
      const list = values.get(field)
      if (list === undefined) values.set(field, [value])
      else list.push(value)
    }
    if (from.pos !== from.len) return undefined
  } catch {
    return undefined // the reader throws where the bytes end too early
  }

  function single(field: number): number | Uint8Array | undefined {
    const list = values.get(field)
    return list?.length === 1 ? list[0] : undefined
  }
  function bytesOf(field: number): Uint8Array | undefined {
    if (!values.has(field)) return new Uint8Array(0)
    const value = single(field)
    return typeof value === 'object' ? value : undefined
  }
  return {
    number(field) {
      if (!values.has(field)) return 0
      const value = single(field)
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
    },
    bytes: bytesOf,
    text(field, maxLength) {
      const value = bytesOf(field)
      return value === undefined || value.length > maxLength ? undefined : asciiText(value)
    },
    elements(field, max) {
      const list = values.get(field) ?? []
      return list.length <= max && list.every((value) => typeof value === 'object') ? list : undefined
    },
  }
}
