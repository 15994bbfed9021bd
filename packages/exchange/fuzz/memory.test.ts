import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** Peak of what is alive while an input is decoded, over its length. */
const MAX_RATIO = 8
/** What a collection itself moves about, bytes. */
const NOISE_BYTES = 65_536

test(`no decoder has more than ${MAX_RATIO} times its input in memory, however large or laborious`, { timeout: 120_000 }, () => {
  const flags = ['--expose-gc', '--single-threaded-gc', '--max-semi-space-size=1', '--no-warnings']
  const child = spawnSync(process.execPath, [...flags, join(import.meta.dirname, 'memory-child.ts')], { encoding: 'utf8' })
  expect(child.status, child.stderr).toBe(0)
  const lines = child.stdout.trim().split('\n')
  const cases = lines.map((line) => JSON.parse(line) as { name: string; input: number; peak: number; outcome: string })
  expect(cases.length).toBeGreaterThanOrEqual(12)
  for (const { name, input, peak, outcome } of cases) {
    expect(peak, `${name}: ${input} bytes, ${outcome}`).toBeLessThanOrEqual(MAX_RATIO * input + NOISE_BYTES)
  }
  expect(cases.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThanOrEqual(8)
})
