// The shared part of an evolution strategy's state as bytes. What comes back can be gone on with, whatever the bytes were.

import type { ByteReader, ByteWriter } from '../population/bytes.ts'
import type { Strategy } from './strategy.ts'
import type { Tuned } from './tuner.ts'

const MAX_SIGMA = 1e100

export function writeStrategy(strategy: Strategy, writer: ByteWriter): void {
  writer.u32(strategy.mean.length)
  for (const column of [strategy.mean, strategy.pathSigma, strategy.pathC]) for (const x of column) writer.f64(x)
  writer.f64(strategy.sigma)
  for (const count of [strategy.generation, strategy.stale, strategy.restarts]) writer.f64(count)
}

/** @param n the number of parameters that it must be of */
export function readStrategy(reader: ByteReader, n: number, best: Tuned | undefined): Strategy | undefined {
  if (reader.count(24) !== n) return undefined
  const column = (): Float64Array => Float64Array.from({ length: n }, () => reader.f64())
  const [mean, pathSigma, pathC] = [column(), column(), column()]
  const sigma = reader.f64()
  const [generation, stale, restarts] = [reader.f64(), reader.f64(), reader.f64()]
  const finite = [mean, pathSigma, pathC].every((each) => each.every((x) => x - x === 0))
  const counted = [generation, stale, restarts].every((x) => Number.isSafeInteger(x) && x >= 0 && !Object.is(x, -0))
  const fits = finite && counted && sigma > 0 && sigma <= MAX_SIGMA && restarts <= 8
  // Who has told something has a best.
  return fits && (best !== undefined || (generation === 0 && restarts === 0)) ? { best, mean, sigma, pathSigma, pathC, generation, stale, restarts } : undefined
}
