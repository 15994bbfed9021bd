import { epochOf } from '@megabrain/exchange'
import type { Beacon, Entry } from '@megabrain/exchange'
import { expect, test } from 'vitest'
import { createRanks } from './ranks.ts'

const HOUR = 3_600_000
const start = 500_000 * HOUR
const entry = (genotype: string, fitness: number): Entry => (
  { claim: { genotype, fitness, task: 'pendulum-v1', time: start }, body: Uint8Array.of(1) } as unknown as Entry)
const beacon = (epoch: number): Beacon => ({ epoch, value: String(epoch), signers: [], withheld: [] })

test('what is shown is audited by the beacons of the hours after it, one at a time, and ranked by the mean', async () => {
  const asked: string[] = []
  const ranks = createRanks({
    beacon,
    async audit({ beacon: value }) {
      asked.push(value)
      return 100_000 * (1 + asked.length)
    },
  })
  const shown = [entry('a', 800_000)]
  const beat = async (now: number): Promise<void> => {
    ranks.consider(shown, now)
    await Promise.resolve()
  }
  const now = start + 3 * HOUR
  await beat(start)
  expect(asked).toEqual([])
  expect(ranks.rankOf(shown[0]!, start)).toBeUndefined()
  for (let i = 0; i < 5; i++) await beat(now)
  expect(asked).toEqual([String(epochOf(start) + 2), String(epochOf(start) + 3)])
  expect(ranks.rankOf(shown[0]!, now)).toEqual({ fitness: 250_000, audits: 2, brittleness: 0.6875 })
  // Nothing is kept of what is shown no more.
  ranks.consider([], now)
  expect(ranks.rankOf(shown[0]!, now)).toBeUndefined()
})

test('a result whose task has no audit is asked about once', async () => {
  let asked = 0
  const ranks = createRanks({
    beacon,
    async audit() {
      asked++
      return 'none' as const
    },
  })
  for (let i = 0; i < 4; i++) {
    ranks.consider([entry('a', 1), entry('b', 1)], start + 5 * HOUR)
    await Promise.resolve()
  }
  expect(asked).toBe(2)
  expect(ranks.rankOf(entry('a', 1), start + 5 * HOUR)).toBeUndefined()
})
