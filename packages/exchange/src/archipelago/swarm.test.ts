import { describe, expect, test } from 'vitest'
import { EVALUATOR, measure, xor } from '../../fixtures/xor.ts'
import { runArchipelago } from './archipelago.ts'
import { shrinkFailure } from './shrink.ts'
import { drawScene, faultsOf } from './swarm.ts'

const base = { task: xor, evaluator: EVALUATOR, evaluate: measure }

test('a seed draws its scene, always the same, and seeds differ in what goes wrong', () => {
  const scenes = Array.from({ length: 200 }, (_, seed) => drawScene(seed, base))
  expect(scenes).toEqual(Array.from({ length: 200 }, (_, seed) => drawScene(seed, base)))
  const kinds = new Map<string, number>()
  for (const scene of scenes) for (const fault of faultsOf(scene)) kinds.set(fault, (kinds.get(fault) ?? 0) + 1)
  expect([...kinds.keys()].sort()).toEqual([
    'churn', 'crashes', 'duplication', 'jumps', 'latencyMs', 'liars', 'loss', 'partition', 'reordering', 'skewMs', 'sybils', 'wipes',
  ])
  for (const count of kinds.values()) expect(count).toBeGreaterThan(40)
  expect(scenes.filter(({ islands }) => islands < 15).length).toBeGreaterThan(80)
})

describe('every invariant holds in the scene of', () => {
  test.each([1, 2, 5, 9])('seed %i, and it leaves the same trace again', (seed) => {
    const scene = drawScene(seed, base)
    const small = { ...scene, islands: Math.min(scene.islands, 12) }
    const report = runArchipelago(small)
    expect(report.violations).toEqual([])
    expect(report.falseEntries).toBe(0)
    expect(runArchipelago(small)).toEqual(report)
  }, 60_000)
})

test('a failure is made small and told in words: here an evaluator that gives another answer now and then', () => {
  let measurements = 0
  const scene = {
    ...base, islands: 12, minutes: 2, seed: 3, mutantsPerSecond: 2, loss: 0.1, faults: { crashes: 30, churn: 0.2 },
    evaluate: (task: string, body: Uint8Array) => {
      const measurement = measure(task, body)
      measurements++
      return measurement.ok && measurements % 7 === 0 ? { ...measurement, fitness: measurement.fitness + 1 } : measurement
    },
  }
  const failure = shrinkFailure(scene)
  expect(failure).toBeDefined()
  expect(failure!.scene.islands).toBeLessThan(12)
  expect(failure!.scene.loss).toBeUndefined()
  expect(failure!.violation).toMatch(/^\d+ ms: [IL]\d+: /)
  expect(failure!.trace.at(-1)).toMatch(/^\d+\.\d{3} s island-\d+: /)
  expect(shrinkFailure({ ...base, islands: 3, minutes: 0.5, seed: 1 })).toBeUndefined()
}, 60_000)
