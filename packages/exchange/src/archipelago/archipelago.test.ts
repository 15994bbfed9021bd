import { describe, expect, test } from 'vitest'
import { compile, decodeGenotype, fingerprintOf } from '@megabrain/evolve'
import { EVALUATOR, xor } from '../../fixtures/xor.ts'
import { runArchipelago, type ArchipelagoOptions } from './archipelago.ts'
import type { Measure } from './search.ts'

/** How well a network follows a parabola: a climb without an end, so that there is always news. */
const measure: Measure = (_, body) => {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) return { ok: false, reason: 'malformed' }
  const network = compile(decoded.value)
  let error = 0
  for (let x = -1; x <= 1; x += 0.125) {
    network.reset()
    const miss = network.activate([1, x, x * x])[0]! - (0.2 + 0.6 * x * x + 0.1 * x)
    error += miss * miss
  }
  const fitness = Math.trunc(1_000_000 / (1 + error))
  return { ok: true, fitness, fingerprint: fingerprintOf(decoded.value), links: decoded.value.links.weights.length }
}

const base: ArchipelagoOptions = { islands: 20, minutes: 3, seed: 7, task: xor, evaluator: EVALUATOR, evaluate: measure }
const rough: ArchipelagoOptions = { ...base, loss: 0.1, duplication: 0.05, reordering: 0.05, liars: 0.05 }

describe('an archipelago of 20 islands', () => {
  test('with loss and a liar converges, admits no false entry, adopts from strangers, and replays to the same trace', () => {
    const report = runArchipelago(rough)
    expect(report.falseEntries).toBe(0)
    expect(report.violations).toEqual([])
    expect(report.archivesEqual).toBe(true)
    expect(report.adoptions).toBeGreaterThan(0)
    expect(report.refused['not-reproduced']).toBeGreaterThan(0)
    expect(report.delivery.ratio).toBeGreaterThan(0.99)
    expect(report.delivery.p50Ms).toBeLessThan(1_000)
    expect(report.bytesPerIslandPerSecond).toBeLessThan(10_240)
    expect(runArchipelago(rough)).toEqual(report)
  })

  test('with another seed has another trace', () => {
    const short = { ...base, minutes: 0.2 }
    expect(runArchipelago({ ...short, seed: 8 }).traceHash).not.toBe(runArchipelago(short).traceHash)
  })

  test('cut in halves and healed agrees again within 30 heartbeats', () => {
    const report = runArchipelago({ ...base, minutes: 4, partition: [0.5, 2.5], quietMs: 60_000 })
    expect(report.behindAtHeal).toBeGreaterThanOrEqual(10)
    expect(report.convergedAfterHealMs).not.toBeNull()
    expect(report.convergedAfterHealMs).toBeLessThan(30_000)
    expect(report.archivesEqual).toBe(true)
    expect(report.falseEntries).toBe(0)
  })

  test('of which half lie admits no false entry and still converges', () => {
    const report = runArchipelago({ ...base, minutes: 2, liars: 0.5 })
    expect(report.falseEntries).toBe(0)
    expect(report.archivesEqual).toBe(true)
  })
})

test('an honest start of four islands is told nothing of `too-many`', () => {
  for (const seed of [1, 2, 3]) {
    const report = runArchipelago({ ...base, islands: 4, minutes: 1, seed })
    expect(report.published).toBeGreaterThan(0)
    expect(report.refused['too-many']).toBeUndefined()
  }
})
