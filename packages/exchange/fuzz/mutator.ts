// Makes hostile bytes out of good ones: plain damage (flips, cuts, splices, lies in fixed-width counts) here, damage that
// knows protobuf in `field-mutator.ts`. Own code, because a fuzzer for pure functions is shorter than the glue to one.

import type { Random } from '@megabrain/evolve'
import { rewriteField, TELLING_NUMBERS } from './field-mutator.ts'

export interface Mutator {
  /** Hostile bytes made from `base`, some of them taken from `donor`. A view into memory that the next call overwrites. */
  mutate(base: Uint8Array, donor: Uint8Array): Uint8Array
}

const TELLING_BYTES = [0, 1, 8, 10, 18, 26, 32, 127, 128, 254, 255] as const
const TELLING_FLOATS = [-0, Number.NaN, Infinity, -Infinity, 5e-324, 1e-45, 1.7976931348623157e308, 3.4e38, 1.1] as const
/** What a mutation may add at most, bytes, before the cut at `maxBytes`. */
const GROWTH = 4_096
/** Views start at one of these offsets, so that a decoder which forgets `byteOffset` is caught. */
const OFFSETS = [0, 1, 3, 8] as const

/** @param maxBytes of what is made; longer results are cut there */
export function createMutator(random: Random, maxBytes: number): Mutator {
  const memory = new Uint8Array(maxBytes + GROWTH + 8)
  const view = new DataView(memory.buffer)
  let at = 0
  let length = 0

  const pick = <T>(values: readonly T[]): T => values[random.integer(values.length)]!
  const place = (): number => at + random.integer(Math.max(1, length))
  const span = (): number => 1 + random.integer(random.integer(4) === 0 ? Math.max(1, Math.min(length, 1_024)) : 8)

  function insert(from: Uint8Array, start: number, count: number): void {
    const to = place()
    const size = Math.min(count, from.length - start, GROWTH + maxBytes - length)
    if (size <= 0) return
    const piece = from.slice(start, start + size)
    memory.copyWithin(to + size, to, at + length)
    memory.set(piece, to)
    length += size
  }

  const damages: readonly ((donor: Uint8Array) => void)[] = [
    () => { memory[place()]! ^= 1 << random.integer(8) },
    () => { memory[place()] = random.integer(256) },
    () => { memory[place()] = pick(TELLING_BYTES) },
    () => { length = random.integer(length + 1) },
    function remove() {
      const from = place()
      const size = Math.min(span(), at + length - from)
      memory.copyWithin(from, from + size, at + length)
      length -= Math.max(0, size)
    },
    function repeat() {
      const from = random.integer(Math.max(1, length))
      insert(memory.subarray(at, at + length), from, span())
    },
    function overwrite() {
      const from = place()
      const size = Math.min(span(), at + length - from)
      memory.copyWithin(place(), from, from + Math.min(size, at + length - place()))
    },
    function noise() {
      const piece = new Uint8Array(span())
      const filler = random.integer(3)
      for (let i = 0; i < piece.length; i++) piece[i] = filler === 0 ? 0 : filler === 1 ? 255 : random.integer(256)
      insert(piece, 0, piece.length)
    },
    function count16() {
      if (length >= 2) view.setUint16(at + random.integer(length - 1), pick(TELLING_NUMBERS) % 65_536, random.integer(4) > 0)
    },
    function count32() {
      if (length >= 4) view.setUint32(at + random.integer(length - 3), pick(TELLING_NUMBERS) % 2 ** 32, random.integer(4) > 0)
    },
    function header() {
      if (length >= 18) view.setUint16(at + 2 * random.integer(9), pick(TELLING_NUMBERS) % 65_536, true)
    },
    function float() {
      const wide = random.integer(2) === 0
      const size = wide ? 8 : 4
      if (length < size) return
      const to = at + length - size * (1 + random.integer(Math.trunc(length / size)))
      if (wide) view.setFloat64(to, pick(TELLING_FLOATS), true)
      else view.setFloat32(to, pick(TELLING_FLOATS), true)
    },
    (donor) => insert(donor, random.integer(donor.length + 1), span()),
    function crossover(donor) {
      const cut = random.integer(length + 1)
      const from = random.integer(donor.length + 1)
      const size = Math.min(donor.length - from, maxBytes - cut)
      if (size <= 0) return
      memory.set(donor.subarray(from, from + size), at + cut)
      length = cut + size
    },
    function magic(donor) {
      const size = Math.min(donor.length, length, 1 + random.integer(8))
      memory.set(donor.subarray(0, size), at)
    },
  ]

  return {
    mutate(base, donor) {
      at = pick(OFFSETS)
      // Half of the time a field is rewritten with all lengths around it put right, or damage would rarely get past a length.
      const rewritten = random.integer(2) === 0 ? rewriteField(random, base, donor, 0) : undefined
      const start = rewritten ?? base
      length = Math.min(start.length, maxBytes)
      memory.set(start.subarray(0, length), at)
      if (rewritten === undefined || random.integer(8) === 0) {
        for (let again = true; again; again = random.integer(3) === 0) pick(damages)(donor)
      }
      length = Math.min(Math.max(0, length), maxBytes)
      return memory.subarray(at, at + length)
    },
  }
}
