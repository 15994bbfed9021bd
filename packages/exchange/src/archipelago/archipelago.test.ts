import { describe, expect, test } from 'vitest'
import { compile, decodeGenotype, fingerprintOf } from '@megabrain/evolve'
import { EVALUATOR, xor } from '../../fixtures/xor.ts'
import { createArchipelago, runArchipelago } from './archipelago.ts'
import type { ArchipelagoOptions } from './options.ts'
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

const base: ArchipelagoOptions = { mutantsPerSecond: 2, islands: 20, minutes: 3, seed: 7, task: xor, evaluator: EVALUATOR, evaluate: measure }
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

  test('that crash, come back with what they stored or nothing, and have wrong clocks agree once all is well', () => {
    const faults = { crashes: 60, wipes: 0.3, awayMs: 5_000, skewMs: 60_000, jumps: 10, jumpMs: 3_600_000, churn: 0.2 }
    const report = runArchipelago({ ...base, minutes: 4, duplication: 0.1, reordering: 0.1, faults, quietMs: 90_000, calmMs: 60_000 })
    expect(report.violations).toEqual([])
    expect(report.falseEntries).toBe(0)
    expect(report.archivesEqual).toBe(true)
    expect(report.invariantChecks).toBeGreaterThan(10_000)
  })

  test('beside two sybils for each admits no false entry and still spreads', () => {
    const report = runArchipelago({ ...base, minutes: 2, sybils: 2 })
    expect(report.falseEntries).toBe(0)
    expect(report.violations).toEqual([])
    expect(report.refused['not-reproduced']).toBeGreaterThan(0)
    expect(report.delivery.ratio).toBe(1)
  })

  test('can be looked at while it runs, and looking changes nothing', () => {
    const archipelago = createArchipelago({ ...base, minutes: 0.5, traceLines: 5 })
    while (archipelago.advance(1_000)) archipelago.view()
    expect(archipelago.report().traceHash).toBe(runArchipelago({ ...base, minutes: 0.5 }).traceHash)
    expect(archipelago.view()).toMatchObject({ virtualMs: 30_000, islandsUp: 20, isCut: false })
    expect(archipelago.traceLines()).toHaveLength(5)
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

test.each([
  [{ islands: 0 }, /1 to 1000000 islands, got 0/],
  [{ minutes: 0 }, /more than 0 minutes, got 0/],
  [{ loss: 2 }, /loss 2/],
  [{ partition: [2, 1] as const }, /within 0 to 3 minutes, got 2-1/],
])('an archipelago with %j is refused', (change, cause) => {
  expect(() => createArchipelago({ ...base, ...change })).toThrow(cause)
})
