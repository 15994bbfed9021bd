// What the two halves of the fuzzing tests share: half of the targets each, so that two cores do it in half the time.

import { expect, test } from 'vitest'
import { fuzz, type Target } from './fuzz.ts'
import { goldenBytes } from './seeds.ts'
import { targets } from './targets.ts'

/** Over both halves. */
const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 10_000_000)
const DAY_MS = 86_400_000
/** Another one each day; `FUZZ_SEED` repeats a run. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.trunc(Date.now() / DAY_MS))

/** One test for each target whose place in the list is `half` modulo 2. */
export function attackHalf(half: 0 | 1): void {
  const all = targets()
  const donors = goldenBytes()
  const weights = all.reduce((sum, { weight }) => sum + weight, 0)
  for (const [i, target] of all.entries()) {
    if (i % 2 !== half) continue
    const inputs = Math.ceil((INPUTS * target.weight) / weights)
    const name = `${target.name}: ${inputs.toLocaleString('en')} hostile inputs from seed ${SEED}, nothing thrown, nothing slow`
    test(name, { timeout: 300_000 }, () => attack(target, donors, inputs))
  }
}

function attack(target: Target, donors: readonly Uint8Array[], inputs: number): void {
  const report = fuzz(target, donors, inputs, SEED, () => performance.now())
  expect(report.findings, `FUZZ_SEED=${SEED} FUZZ_INPUTS=${INPUTS}`).toEqual([])
  expect(report.inputs).toBe(inputs)
  // A fuzzer that never gets past the first check finds nothing.
  expect(report.outcomes.size, [...report.outcomes.keys()].join(' ')).toBeGreaterThan(1)
  expect(report.kinds).toBeGreaterThan(10)
}
