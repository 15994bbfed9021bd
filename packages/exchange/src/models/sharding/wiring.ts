// What a part reads and owns, by its place in the whole network: a block of its own beside the part's genotype, whose sensors
// and actuators have numbers of their own. Bytes: `docs/models/sharding.md`.

import { MAX_NEURONS, MAX_SENSORS } from '@megabrain/evolve'
import { bytesEqual } from '../../bytes/compare.ts'
import { MAX_LARGE_INTERFACE, MAX_LARGE_NEURONS } from './limits.ts'

export interface Wiring {
  /** What the part's sensor i reads: 2 × slot, plus 1 for the value of the pass before. Ascending. */
  readonly imports: Int32Array
  /** Slot of the part's actuator i in the whole network. Ascending. */
  readonly owned: Int32Array
}

/** @param previous whether it is the value of the pass before */
export function keyOf(slot: number, previous: boolean): number {
  return 2 * slot + (previous ? 1 : 0)
}

export const slotOfKey = (key: number): number => key >>> 1
export const isPrevious = (key: number): boolean => (key & 1) === 1

export type WiringResult = { readonly ok: true; readonly value: Wiring } | { readonly ok: false; readonly reason: WiringRefusal }
export type WiringRefusal = 'bad-magic' | 'bad-version' | 'bad-length' | 'bad-number' | 'not-canonical'

/** `MBwi`, little-endian. */
const MAGIC = 0x6977424d
const VERSION = 1
const HEADER_BYTES = 9
const END_OF_SLOTS = MAX_LARGE_INTERFACE + MAX_LARGE_NEURONS
export const END_OF_KEYS = 2 * END_OF_SLOTS
/** A key below 2^22 has at most four bytes of seven bits. */
const MAX_GAP_BYTES = 4
export const MAX_WIRING_BYTES = HEADER_BYTES + MAX_GAP_BYTES * (MAX_SENSORS + MAX_NEURONS)

export function encodeWiring({ imports, owned }: Wiring): Uint8Array {
  const bytes = [0x4d, 0x42, 0x77, 0x69, VERSION, imports.length & 255, imports.length >> 8, owned.length & 255, owned.length >> 8]
  for (const column of [imports, owned]) {
    let previous = -1
    for (const value of column) {
      let gap = value - previous - 1
      for (; gap >= 0x80; gap >>>= 7) bytes.push((gap & 0x7f) | 0x80)
      bytes.push(gap)
      previous = value
    }
  }
  return Uint8Array.from(bytes)
}

/** Never throws; allocates at most a small multiple of the bytes given. */
export function decodeWiring(bytes: Uint8Array): WiringResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) return { ok: false, reason: 'bad-magic' }
  if (bytes[4] !== VERSION) return { ok: false, reason: 'bad-version' }
  const [imports, owned] = [view.getUint16(5, true), view.getUint16(7, true)]
  if (imports < 1 || imports > MAX_SENSORS || owned < 1 || owned > MAX_NEURONS) return { ok: false, reason: 'bad-number' }
  if (bytes.length > MAX_WIRING_BYTES || imports + owned > bytes.length - HEADER_BYTES) return { ok: false, reason: 'bad-length' }
  let at = HEADER_BYTES
  const column = (count: number, end: number): Int32Array | undefined => {
    const values = new Int32Array(count)
    let value = -1
    for (let i = 0; i < count; i++) {
      let gap = 0
      let shift = 0
      for (; ;) {
        const byte = bytes[at++]
        if (byte === undefined || shift === 7 * MAX_GAP_BYTES) return undefined
        gap += (byte & 0x7f) * 2 ** shift
        if (byte < 0x80) break
        shift += 7
      }
      value += gap + 1
      if (value >= end) return undefined
      values[i] = value
    }
    return values
  }
  const keys = column(imports, END_OF_KEYS)
  const slots = keys === undefined ? undefined : column(owned, END_OF_SLOTS)
  if (keys === undefined || slots === undefined) return { ok: false, reason: 'bad-number' }
  if (at !== bytes.length) return { ok: false, reason: 'bad-length' }
  const value = { imports: keys, owned: slots }
  return bytesEqual(encodeWiring(value), bytes) ? { ok: true, value } : { ok: false, reason: 'not-canonical' }
}
