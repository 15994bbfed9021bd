// What finding is worth: how much better than what was there, times how unlike it. Summed so that one large find outweighs
// many small ones: the same sum split over n claims counts for 1/√n of it.

import { nicheNumber } from '../archive/niche.ts'
import { compareText } from '../bytes/compare.ts'
import type { Find } from './find.ts'

export interface Discovery {
  readonly find: Find
  /** Fitness above the best earlier find of its niche, of the whole range: 0 to 1. */
  readonly improvement: number
  /** 1 when no earlier find of the task was as fit; else (1 + d) / 9, d the least Hamming distance of fingerprints to one that was. */
  readonly novelty: number
  /** improvement × novelty. */
  readonly value: number
  /** Whether it is the first find of its niche. */
  readonly isFirst: boolean
  /** Whether no earlier find of its task was as fit. */
  readonly isRecord: boolean
}

const FITNESS_RANGE = 1_000_000
const FINGERPRINTS = 256
const BITS = 8

/**
 * In the order in which they say they were made: by time, then by id. Only the first claim about a genotype counts, and none
 * that scores an old one anew.
 */
export function discoveriesOf(finds: readonly Find[]): readonly Discovery[] {
  const ordered = [...finds].sort((a, b) => a.claim.time - b.claim.time || compareText(a.claim.id, b.claim.id))
  const tasks = new Map<string, { readonly niches: Map<number, number>; readonly best: Int32Array; readonly known: Set<string> }>()
  const discoveries: Discovery[] = []
  for (const find of ordered) {
    const { claim, fingerprint, links } = find
    if (claim.supersedes !== undefined) continue
    const key = `${claim.task}/${claim.evaluator}`
    const task = tasks.get(key) ?? { niches: new Map(), best: new Int32Array(FINGERPRINTS).fill(-1), known: new Set() }
    tasks.set(key, task)
    if (task.known.has(claim.genotype)) continue
    task.known.add(claim.genotype)
    const niche = nicheNumber(fingerprint, links)
    const before = task.niches.get(niche)
    const distance = distanceTo(task.best, fingerprint, claim.fitness)
    const improvement = Math.max(0, claim.fitness - (before ?? 0)) / FITNESS_RANGE
    const novelty = distance === undefined ? 1 : (1 + distance) / (1 + BITS)
    discoveries.push({
      find, improvement, novelty, value: improvement * novelty, isFirst: before === undefined, isRecord: distance === undefined,
    })
    task.niches.set(niche, Math.max(before ?? 0, claim.fitness))
    task.best[fingerprint] = Math.max(task.best[fingerprint]!, claim.fitness)
  }
  return discoveries
}

/** √Σ value². */
export function discoverySum(values: readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value * value
  return Math.sqrt(sum)
}

function distanceTo(best: Int32Array, fingerprint: number, fitness: number): number | undefined {
  let least: number | undefined
  for (let other = 0; other < FINGERPRINTS; other++) {
    if (best[other]! < fitness) continue
    const distance = bitsOf(other ^ fingerprint)
    if (least === undefined || distance < least) least = distance
  }
  return least
}

function bitsOf(byte: number): number {
  let count = 0
  for (let rest = byte; rest > 0; rest &= rest - 1) count++
  return count
}
