import { createRandom } from '@megabrain/evolve'
import { expect, test } from 'vitest'
import { generateLarge } from './generate.ts'
import { runInProcess } from './in-process.ts'
import { partition } from './partition.ts'
import { openPart } from './run-part.ts'
import { createShardWorld, type ShardFaults } from './simulate.ts'

const network = generateLarge({ seed: 3, inputs: 12, outputs: 4, neurons: 160, links: 900, layers: 4, recurrentEvery: 20 })
const cut = partition(network, { width: 4 })
if (!cut.ok) throw new RangeError(cut.reason)
const sharded = cut.value
const random = createRandom(9)
const batch = { lanes: 6, steps: 3, given: Float64Array.from({ length: 12 * 6 * 3 }, () => random.normal()) }
const alone = runInProcess(sharded, batch, openPart)

function play(seed: number, faults: Partial<ShardFaults> = {}): ReturnType<ReturnType<typeof createShardWorld>['report']> {
  const world = createShardWorld({ seed, sharded, batch, peers: 4, expected: alone.values, open: openPart, faults })
  world.finish()
  return world.report()
}

test('four peers give the bits of one, in as many round trips as there are levels in a pass', () => {
  const report = play(1)
  expect(report).toMatchObject({ finished: true, violations: [] })
  expect(report.view.roundTrips).toBe(4 * batch.steps)
  expect(report.view.peers.map(({ parts }) => parts > 0)).toEqual([true, true, true, true])
})

test('peers that leave, stall, talk nonsense or come late change nothing but the time', () => {
  let injected = 0
  for (let seed = 1; seed <= 170; seed++) {
    const report = play(seed, { leave: 0.02, stall: 0.005, garble: 0.01, stale: 0.05 })
    expect(report.violations, `seed ${seed}`).toEqual([])
    expect(report.finished).toBe(true)
    injected += report.faults
  }
  expect(injected).toBeGreaterThan(2_000)
})

test('the same seed gives the same trace', () => {
  expect(play(7, { leave: 0.05 }).traceHash).toBe(play(7, { leave: 0.05 }).traceHash)
  expect(play(7, { leave: 0.05 }).traceHash).not.toBe(play(8, { leave: 0.05 }).traceHash)
})
