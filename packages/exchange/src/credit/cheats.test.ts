import { expect, test } from 'vitest'
import { simulateCheats } from '../../zoo/credit-cheats.ts'

test('cheats are caught, their work does not count, and auditing costs a fiftieth beside the ten receipts of a newcomer', () => {
  const report = simulateCheats({ devices: 200, cheatShare: 0.1, kinds: ['always', 'sleeper'], hours: 8, seed: 1 })
  expect(report.wronged).toBe(0)
  expect(report.cost).toBeLessThanOrEqual((0.02 + 10 / (8 * 90)) / 0.9)
  expect(report.honestCredited).toBeGreaterThan(0.95)
  for (const { kind, devices, caught, falseReceipts, credited } of report.byKind) {
    expect(caught, kind).toBeGreaterThanOrEqual(devices - 1)
    expect(falseReceipts.median, kind).toBeLessThanOrEqual(60)
    expect(credited, kind).toBeLessThan(0.2)
  }
  expect(report.byKind[0]).toMatchObject({ kind: 'always', credited: 0, falseReceipts: { median: 1 } })
})
