// What write number n of the kill tests changes, and what the rows must be when the writes up to n are on disk and no other.
// Writer and checker share it, so that a whole database can be told right or wrong by one number.

import type { Change } from '@megabrain/exchange'

/** The number of the newest write; part of each write, so that it says how far the database has come. */
export const HEAD = 'head'
export const SLOTS = 48
/** One write in three carries a genotype of this size, as large as tabs announce. */
const LARGE_BYTES = 50_000
const SMALL_BYTES = 300
/** One write in sixteen removes its rows instead. */
const REMOVES_EVERY = 16

/** The changes of write `n`: a body, a row about it and the head, which must never come apart. */
export function changesOf(n: number): readonly Change[] {
  const slot = n % SLOTS
  return [...pairOf(slot, n), { key: HEAD, value: bytesOf(n, 8) }]
}

/** Every row after the writes 0 to `n`, by key; none for -1. */
export function rowsAfter(n: number): ReadonlyMap<string, Uint8Array> {
  const rows = new Map<string, Uint8Array>()
  for (let slot = 0; slot < SLOTS && slot <= n; slot++) {
    const newest = n - ((n - slot) % SLOTS)
    for (const { key, value } of pairOf(slot, newest)) if (value !== undefined) rows.set(key, value)
  }
  if (n >= 0) rows.set(HEAD, bytesOf(n, 8))
  return rows
}

export function numberOf(head: Uint8Array | undefined): number {
  return head === undefined ? -1 : new DataView(head.buffer, head.byteOffset).getUint32(0, true)
}

function pairOf(slot: number, n: number): readonly Change[] {
  const removes = Math.floor(n / SLOTS + slot) % REMOVES_EVERY === REMOVES_EVERY - 1
  const size = n % 3 === 0 ? LARGE_BYTES : SMALL_BYTES + (n % 7) * SMALL_BYTES
  return [
    { key: `body/${slot}`, value: removes ? undefined : bytesOf(n, size) },
    { key: `claim/${slot}`, value: removes ? undefined : bytesOf(n, SMALL_BYTES) },
  ]
}

/** `length` bytes, a multiple of four, that start with `n` and look random (xorshift32): nothing compresses, a mix of two shows. */
function bytesOf(n: number, length: number): Uint8Array {
  const words = new Uint32Array(length / 4)
  let x = (n * 2_654_435_761 + 1) >>> 0
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    words[i] = x
  }
  words[0] = n
  return new Uint8Array(words.buffer)
}
