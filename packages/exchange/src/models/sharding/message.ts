// What asker and donor of a sharded run say on their stream: fixed layouts, little-endian, values as the 8 bytes that they are.
// Bytes: `docs/models/sharding.md`.

import { MAX_NEURONS } from '@megabrain/evolve'
import { MAX_STREAM_MESSAGE_BYTES } from '../../limits.ts'
import { MAX_BATCH, MAX_PARTS } from './limits.ts'
import { END_OF_KEYS } from './wiring.ts'

export interface Row {
  /** 2 × slot, plus 1 for the value of the pass before. */
  readonly key: number
  /** One value per sample. */
  readonly values: Float64Array
}

export type ShardMessage =
  /** To the donor: hold this part. */
  | { readonly kind: 'install'; readonly part: number; readonly level: number; readonly wiring: Uint8Array; readonly body: Uint8Array }
  /** To the donor: which of this part's neurons others read; bit i of byte i >> 3. */
  | { readonly kind: 'exports'; readonly part: number; readonly bits: Uint8Array }
  /** To the donor: forget all values; a pass of so many samples begins. */
  | { readonly kind: 'begin'; readonly pass: number; readonly lanes: number }
  /** Either way. To the donor: what it lacks for the next level; back: what others read of it. */
  | { readonly kind: 'rows'; readonly pass: number; readonly rows: readonly Row[] }
  /** To the donor: compute your parts of this level. */
  | { readonly kind: 'go'; readonly pass: number; readonly level: number }
  /** Back: the part is held, or not. */
  | { readonly kind: 'held'; readonly part: number }
  | { readonly kind: 'declined'; readonly part: number }
  /** Back: all rows of this level have been sent. `failed`: bit per sample in which a neuron is NaN or infinite. */
  | { readonly kind: 'done'; readonly pass: number; readonly level: number; readonly failed: Uint8Array }

const kinds = ['install', 'exports', 'begin', 'rows', 'go', 'held', 'declined', 'done'] as const
const VALUE_BYTES = 8
const ROWS_HEADER = 7
/** Passes of one run. */
const MAX_PASS = 2 ** 31

export function encodeMessage(message: ShardMessage): Uint8Array {
  const kind = kinds.indexOf(message.kind)
  switch (message.kind) {
    case 'install': {
      const { wiring, body } = message
      const bytes = header(kind, 9 + wiring.length + body.length, message.part)
      const view = new DataView(bytes.buffer)
      view.setUint16(5, message.level, true)
      view.setUint16(7, wiring.length, true)
      bytes.set(wiring, 9)
      bytes.set(body, 9 + wiring.length)
      return bytes
    }
    case 'exports': {
      const bytes = header(kind, 5 + message.bits.length, message.part)
      bytes.set(message.bits, 5)
      return bytes
    }
    case 'begin': return withShort(kind, message.pass, message.lanes)
    case 'go': return withShort(kind, message.pass, message.level)
    case 'held': case 'declined': return header(kind, 5, message.part)
    case 'done': {
      const bytes = header(kind, 7 + message.failed.length, message.pass)
      new DataView(bytes.buffer).setUint16(5, message.level, true)
      bytes.set(message.failed, 7)
      return bytes
    }
    case 'rows': return encodeRows(kind, message.pass, message.rows)
  }
}

/** Rows as messages, each within the limit. */
export function* rowMessages(pass: number, rows: readonly Row[]): Generator<Uint8Array> {
  const lanes = rows[0]?.values.length ?? 1
  const most = Math.floor((MAX_STREAM_MESSAGE_BYTES - ROWS_HEADER) / (4 + VALUE_BYTES * lanes))
  for (let from = 0; from < rows.length; from += most) yield encodeRows(kinds.indexOf('rows'), pass, rows.slice(from, from + most))
}

/** Undefined for anything that is no message. Never throws; allocates at most a small multiple of the bytes given. */
export function decodeMessage(bytes: Uint8Array): ShardMessage | undefined {
  const kind = kinds[bytes[0] ?? 255]
  if (kind === undefined || bytes.length < 5 || bytes.length > MAX_STREAM_MESSAGE_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = view.getUint32(1, true)
  const short = bytes.length >= 7 ? view.getUint16(5, true) : 0
  const isPart = first < MAX_PARTS
  const isPass = first < MAX_PASS
  switch (kind) {
    case 'install': {
      if (bytes.length < 9 || !isPart) return undefined
      const end = 9 + view.getUint16(7, true)
      return end > bytes.length ? undefined : { kind, part: first, level: short, wiring: bytes.slice(9, end), body: bytes.slice(end) }
    }
    case 'exports':
      return !isPart || bytes.length > 5 + MAX_NEURONS / 8 ? undefined : { kind, part: first, bits: bytes.slice(5) }
    case 'begin':
      return !isPass || bytes.length !== 7 || short < 1 || short > MAX_BATCH ? undefined : { kind, pass: first, lanes: short }
    case 'go':
      return !isPass || bytes.length !== 7 ? undefined : { kind, pass: first, level: short }
    case 'held': case 'declined':
      return !isPart || bytes.length !== 5 ? undefined : { kind, part: first }
    case 'done':
      return !isPass || bytes.length < 8 || bytes.length > 7 + MAX_BATCH / 8 ? undefined : { kind, pass: first, level: short, failed: bytes.slice(7) }
    case 'rows': {
      const stride = 4 + VALUE_BYTES * short
      const count = (bytes.length - ROWS_HEADER) / stride
      if (!isPass || short < 1 || short > MAX_BATCH || !Number.isInteger(count) || count < 1) return undefined
      return decodeRows(bytes, view, first, short, count)
    }
  }
}

function decodeRows(bytes: Uint8Array, view: DataView, pass: number, lanes: number, count: number): ShardMessage | undefined {
  const rows: Row[] = []
  for (let i = 0, at = ROWS_HEADER; i < count; i++) {
    const key = view.getUint32(at, true)
    if (key >= END_OF_KEYS) return undefined
    const values = new Float64Array(lanes)
    new Uint8Array(values.buffer).set(bytes.subarray(at + 4, at + 4 + VALUE_BYTES * lanes))
    rows.push({ key, values })
    at += 4 + VALUE_BYTES * lanes
  }
  return { kind: 'rows', pass, rows }
}

/** Values are copied as they lie in memory: WebAssembly is little-endian everywhere, and so is every engine that runs it. */
function encodeRows(kind: number, pass: number, rows: readonly Row[]): Uint8Array {
  const lanes = rows[0]?.values.length ?? 1
  const stride = 4 + VALUE_BYTES * lanes
  const bytes = header(kind, ROWS_HEADER + rows.length * stride, pass)
  const view = new DataView(bytes.buffer)
  view.setUint16(5, lanes, true)
  rows.forEach(({ key, values }, i) => {
    const at = ROWS_HEADER + i * stride
    view.setUint32(at, key, true)
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at + 4)
  })
  return bytes
}

function header(kind: number, length: number, first: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  bytes[0] = kind
  new DataView(bytes.buffer).setUint32(1, first, true)
  return bytes
}

function withShort(kind: number, first: number, short: number): Uint8Array {
  const bytes = header(kind, 7, first)
  new DataView(bytes.buffer).setUint16(5, short, true)
  return bytes
}

/** Whether bit `i` is set. */
export function hasBit(bits: Uint8Array, i: number): boolean {
  return ((bits[i >> 3] ?? 0) & (1 << (i & 7))) !== 0
}

export function setBit(bits: Uint8Array, i: number): void {
  bits[i >> 3]! |= 1 << (i & 7)
}
