// Which evaluator a fitness belongs to. The version is a hash of what the task answers on its golden genotypes, not of
// any program, so that another implementation with the same answers has the same version and a changed answer another.

import { asciiBytes, decodeGenotype, evaluate, kernelAgrees } from '@megabrain/evolve'
import type { Genotype, Task } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { goldenResults } from './golden-results.ts'
import type { GoldenCase } from './golden-results.ts'

/**
 * Lower-case hex of sha256, 64 characters: over the text `megabrain/evaluator/1`, the task's id and version, a zero byte
 * after each, and the sha256 of the golden results.
 * @throws RangeError for a task that is not in the registry
 */
export function evaluatorVersion(task: Task): string {
  const header = asciiBytes(`megabrain/evaluator/1\0${task.id}\0${task.version}\0`)
  return bytesToHex(sha256(concatenate([header, sha256(concatenate(goldenResults(task).cases.map(caseBytes)))])))
}

/** Whether this engine's kernel agrees with the reference and gives the golden results, to the bit. If not, it may explore, never claim. */
export function selfTest(task: Task): boolean {
  return kernelAgrees() && goldenResults(task).cases.every((expected) => {
    const { fitness, score, steps } = evaluate(task, goldenGenotype(expected))
    return fitness === expected.fitness && score === expected.score && steps === expected.steps
  })
}

export function goldenGenotype(golden: GoldenCase): Genotype {
  const decoded = decodeGenotype(hexToBytes(golden.genotype))
  if (!decoded.ok) throw new TypeError(`A golden genotype does not decode: ${decoded.reason}`)
  return decoded.value
}

/** sha256 of the genotype's canonical bytes, then fitness, score and steps as f64, little-endian. */
function caseBytes(golden: GoldenCase): Uint8Array {
  const bytes = new Uint8Array(32 + 3 * 8)
  bytes.set(sha256(hexToBytes(golden.genotype)))
  const view = new DataView(bytes.buffer)
  view.setFloat64(32, golden.fitness, true)
  view.setFloat64(40, golden.score, true)
  view.setFloat64(48, golden.steps, true)
  return bytes
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
