import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { runMegabrain } from '../cli.ts'
import { benchArchive } from './archive.ts'
import { benchNetwork } from './network.ts'
import { benchMemory, benchRuns } from './runs.ts'
import { formatFigure, ratioOf, spreadOf } from './spread.ts'
import { benchXor } from './xor.ts'

test('a ratio divides what was measured side by side', () => {
  expect(ratioOf([10, 30, 20], [5, 10, 20])).toEqual({ n: 3, median: 2, min: 1, max: 3 })
  expect(spreadOf([4, 2])).toEqual({ n: 2, median: 3, min: 2, max: 4 })
  expect(() => spreadOf([])).toThrow(RangeError)
  expect([0.12345, 2.5, 4_321, 1_234_567, 6.5e9].map(formatFigure)).toEqual(['0.123', '2.5', '4,321', '1.23 M', '6.50 G'])
})

test('a network is measured, and against C where there is gcc', () => {
  const { rows, peers } = benchNetwork(undefined, 1, 10, [{ shape: [6, 10, 1], lanes: 4, activation: 'sigmoid' }])
  expect(peers).toEqual({})
  expect(rows).toMatchObject([{ layers: '6-10-1', links: 70, lanes: 4, linksPerSecond: { n: 1 }, against: {} }])
  // Below a million links a second something else was measured.
  expect(rows[0]!.linksPerSecond.median).toBeGreaterThan(1e6)
}, 60_000)

test('whole runs are measured until they solve', async () => {
  const xor = await benchXor(undefined, 1, 100)
  expect(xor).toMatchObject({ neataptic: [], ours: { runs: 1, solved: 1 } })
  expect(xor.ours.secondsPerSolution).toBeGreaterThan(0)
  expect(xor.ours.links.median).toBeGreaterThanOrEqual(3)
  const { bench, champion } = benchRuns('double-pole', 1)
  expect(bench).toMatchObject({ task: 'double-pole', runs: 1, solved: 1 })
  expect(champion!.inputs).toBe(7)
}, 60_000)

test('memory is sampled ten times and does not grow with evaluations', () => {
  const { evaluations, heapBytes, growth } = benchMemory(30_000)
  expect(evaluations).toBeGreaterThanOrEqual(30_000)
  expect(heapBytes).toHaveLength(10)
  // A leak of one genotype per evaluation would be tens of megabytes here.
  expect(heapBytes.at(-1)! - heapBytes[0]!).toBeLessThan(8_000_000)
  expect(growth).toBeGreaterThan(0)
}, 60_000)

test('acknowledged writes are measured beside other stores and the disk, on the same disk', async () => {
  const { rows } = await benchArchive(tmpdir(), 1, 20, undefined)
  expect(rows[0]).toMatchObject({ name: 'ours, group commit', against: { median: 1 } })
  expect(rows).toHaveLength(7)
  for (const { writesPerSecond } of rows) expect(writesPerSecond.median).toBeGreaterThan(0)
}, 60_000)

test('another suite is refused by name', async () => {
  const ended = await runMegabrain(['bench', 'swimming'], { progress: () => {}, stop: new AbortController().signal })
  expect(ended).toEqual({ exit: 2, output: '', fault: 'megabrain bench: unknown suite swimming; there are engine, archive, mesh' })
})
