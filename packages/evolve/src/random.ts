// Seeded randomness from 32-bit integer arithmetic only. Two kinds: a stream with a small state for evolution, and a
// counter-based one for episodes, where number n of episode e is the same without having drawn those before it.

import { sha256 } from '@noble/hashes/sha2.js'
import { asciiBytes } from './ascii.ts'
import { log } from './math.ts'

/** A stream of random numbers. */
export interface Random {
  /** In [0, 1), 53 bits. */
  uniform(): number
  /** Integer in [0, n), every value equally likely; n from 1 to 2^32. */
  integer(n: number): number
  /** Mean 0, standard deviation 1. */
  normal(): number
  /** Everything needed to go on from here with `resumeRandom`. */
  state(): RandomState
}

/** Four unsigned 32-bit integers. */
export type RandomState = readonly [number, number, number, number]

/**
 * sfc32 by Chris Doty-Humphrey (PractRand 0.9x, https://pracrand.sourceforge.net), seeded his way: twelve rounds.
 * @param seed integer from 0 to 2^53 − 1
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`A seed must be an integer from 0 to 2^53 - 1, got ${seed}`)
  const words = streamOf([0, seed >>> 0, Math.floor(seed / 4_294_967_296), 1])
  for (let i = 0; i < 12; i++) words.next()
  return randomFrom(words)
}

/** Goes on exactly where `state` was taken. */
export function resumeRandom(state: RandomState): Random {
  return randomFrom(streamOf(state))
}

/**
 * The numbers of one episode: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, https://doi.org/10.1145/2063384.2063405).
 * The key is the first 8 bytes of sha256(`key`), little-endian; the counter is (block, 0, episode, 0).
 * @param key ASCII, such as the task's id and version
 * @param episode integer from 0 to 2^32 − 1
 */
export function episodeRandom(key: string, episode: number): Random {
  if (episode >>> 0 !== episode) throw new RangeError(`An episode must be an integer from 0 to 2^32 - 1, got ${episode}`)
  const digest = sha256(asciiBytes(key))
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength)
  const key0 = view.getUint32(0, true)
  const key1 = view.getUint32(4, true)
  let block = 0
  let used = 4
  let words: readonly number[] = []
  return randomFrom({
    next() {
      if (used === 4) {
        words = philox(block, 0, episode, 0, key0, key1)
        block = (block + 1) >>> 0
        used = 0
      }
      return words[used++]!
    },
    state() {
      throw new TypeError('The numbers of an episode have no state to resume: ask for the episode again')
    },
  })
}

/** One block of Philox4x32-10: four words from a counter of four and a key of two. */
export function philox(c0: number, c1: number, c2: number, c3: number, key0: number, key1: number): RandomState {
  let [a, b, c, d, k0, k1] = [c0, c1, c2, c3, key0, key1]
  for (let round = 0; round < 10; round++) {
    const highA = multiplyHigh(0xd2511f53, a)
    const lowA = Math.imul(0xd2511f53, a)
    const highC = multiplyHigh(0xcd9e8d57, c)
    const lowC = Math.imul(0xcd9e8d57, c)
    a = (highC ^ b ^ k0) >>> 0
    b = lowC >>> 0
    c = (highA ^ d ^ k1) >>> 0
    d = lowA >>> 0
    k0 = (k0 + 0x9e3779b9) >>> 0
    k1 = (k1 + 0xbb67ae85) >>> 0
  }
  return [a, b, c, d]
}

interface Words {
  /** 32 bits as an integer, signed or not: a signed one needs no room on the heap. */
  next(): number
  state(): RandomState
}

function streamOf(state: RandomState): Words {
  let [a, b, c, counter] = state.map((word) => word | 0) as [number, number, number, number]
  return {
    next() {
      const result = (a + b + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + result) | 0
      return result
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, counter >>> 0],
  }
}

function randomFrom(words: Words): Random {
  const uniform = (): number => {
    const high = words.next() >>> 5
    const low = words.next() >>> 6
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }
  return {
    uniform,
    integer(n) {
      if (!Number.isInteger(n) || n < 1 || n > 4_294_967_296) throw new RangeError(`integer(n) needs n from 1 to 2^32, got ${n}`)
      // Words past the last whole multiple of n would favour small results.
      const limit = 4_294_967_296 - (4_294_967_296 % n)
      let word = words.next() >>> 0
      while (word >= limit) word = words.next() >>> 0
      return word % n
    },
    normal() {
      // Marsaglia's polar method (1964); the second number is dropped so that the state stays four words.
      for (;;) {
        const x = 2 * uniform() - 1
        const y = 2 * uniform() - 1
        const s = x * x + y * y
        if (s > 0 && s < 1) return x * Math.sqrt((-2 * log(s)) / s)
      }
    },
    state: () => words.state(),
  }
}

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiplyHigh(x: number, y: number): number {
  const x0 = x & 0xffff
  const x1 = x >>> 16
  const y0 = y & 0xffff
  const y1 = y >>> 16
  const middle = x1 * y0 + Math.floor((x0 * y0) / 65_536)
  const other = x0 * y1 + (middle % 65_536)
  return x1 * y1 + Math.floor(middle / 65_536) + Math.floor(other / 65_536)
}
