import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusals } from '../admission/refusal.ts'
import { anomalyKinds, nothingSeen, stepAnomaly, type Anomaly, type AnomalyState, type Observation } from './anomaly.ts'

const START = 1_700_000_000_000

function watch(from: AnomalyState, seen: readonly { readonly observation: Observation; readonly at: number }[]): { readonly state: AnomalyState; readonly alarms: readonly Anomaly[] } {
  let state = from
  const alarms: Anomaly[] = []
  for (const { observation, at } of seen) {
    const next = stepAnomaly(state, observation, at)
    state = next.state
    alarms.push(...next.alarms)
  }
  return { state, alarms }
}

/** Minutes of evolution as it is: fitness creeps up, networks grow slowly, a few claims a minute and now and then an innocent refusal. */
const evolution = fc.record({
  gains: fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 60, maxLength: 120 }),
  sizes: fc.array(fc.integer({ min: 20, max: 60 }), { minLength: 120, maxLength: 120 }),
}).map(({ gains, sizes }) => {
  let fitness = 1_000
  return gains.map((gain, at) => ({ observation: { kind: 'admitted', task: 'xor', fitness: (fitness += gain), links: sizes[at]! } as Observation, at: START + at * 6_000 }))
})

describe('a watch over a realm', () => {
  test('says nothing about evolution as it is', () => {
    fc.assert(fc.property(evolution, (seen) => {
      expect(watch(nothingSeen, seen).alarms).toEqual([])
    }))
  })

  test('tells each kind when it comes, once, and again after a while', () => {
    fc.assert(fc.property(evolution, fc.constantFrom(...anomalyKinds), (seen, kind) => {
      const { state } = watch(nothingSeen, seen)
      const last = seen.at(-1)!.at
      const { best, meanLinks } = state.tasks['xor']!
      const strange = (from: number) => {
        const many = (observation: Observation, count: number) => Array.from({ length: count }, (_, at) => ({ observation, at: from + at }))
        switch (kind) {
          case 'fitness-jump': return many({ kind: 'admitted', task: 'xor', fitness: best + 100_000, links: 30 }, 1)
          case 'size-explosion': return many({ kind: 'admitted', task: 'xor', fitness: best, links: Math.ceil(meanLinks * 5 + 64) }, 2)
          case 'burst': return many({ kind: 'admitted', task: 'xor', fitness: best, links: 30 }, 80)
          case 'refusals': return many({ kind: 'refused', reason: 'not-reproduced' }, 40)
        }
      }
      const first = watch(state, strange(last + 1_000))
      expect(first.alarms.map((alarm) => alarm.kind)).toEqual([kind])
      expect(first.alarms[0]!.seen).toBeGreaterThan(first.alarms[0]!.usual)
      if (kind === 'fitness-jump') return
      expect(watch(first.state, strange(last + 30_000)).alarms).toEqual([])
      expect(watch(first.state, strange(last + 400_000)).alarms.map((alarm) => alarm.kind)).toContain(kind)
    }), { numRuns: 60 })
  })

  test('stays finite and bounded whatever is seen, in whatever order, by whatever clock', () => {
    const observation: fc.Arbitrary<Observation> = fc.oneof(
      fc.record({ kind: fc.constant('admitted' as const), task: fc.oneof(fc.string(), fc.constant('__proto__')), fitness: fc.integer({ min: 0, max: 1_000_000 }), links: fc.nat(65_536) }),
      fc.record({ kind: fc.constant('refused' as const), reason: fc.constantFrom(...refusals) }),
    )
    fc.assert(fc.property(fc.array(fc.record({ observation, at: fc.integer({ min: 0, max: 2 ** 41 }) }), { maxLength: 200 }), (seen) => {
      const { state } = watch(nothingSeen, seen)
      expect(Object.keys(state.tasks).length).toBeLessThanOrEqual(16)
      expect(Object.keys(state.told).length).toBeLessThanOrEqual(2 * 16 + 2)
      for (const record of Object.values(state.tasks)) for (const value of Object.values(record as object)) expect(Number.isFinite(value)).toBe(true)
      expect(state.usualClaims === undefined || Number.isFinite(state.usualClaims)).toBe(true)
    }))
  })
})
