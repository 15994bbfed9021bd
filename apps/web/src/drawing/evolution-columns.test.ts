import type { HistoryPoint } from '@megabrain/island'
import { describe, expect, test } from 'vitest'
import { columnsAsCsv, evolutionColumns, smoothed, speciesStream } from './evolution-columns.ts'

const portrait = (species: readonly number[]) => ({ median: 5, spread: 1, hidden: 2, links: 9, distance: 1.5, entropy: 0.9, species })
const old: HistoryPoint = { evaluations: 100, generation: 1, best: 10, mean: 4, meshBest: 10 }
const history: readonly HistoryPoint[] = [
  old,
  { ...old, evaluations: 300, generation: 3, best: 20, time: 10_000, adopted: 0, portrait: portrait([1, 90, 2, 60]) },
  { ...old, evaluations: 700, generation: 7, best: 30, time: 12_000, adopted: 2, portrait: portrait([2, 50, 3, 100]) },
  { ...old, evaluations: 700, generation: 7, best: 30, time: 12_000, adopted: 2, portrait: portrait([2, 50, 3, 100]) },
]

describe('the columns of a history', () => {
  test('time only rises, and points of earlier releases know less', () => {
    const { x, columns, arrivals } = evolutionColumns(history, 'evaluations')
    expect(x).toEqual([100, 300, 700])
    expect(columns.best).toEqual([10, 20, 30])
    expect(columns.median).toEqual([null, 5, 5])
    expect(columns.rate).toEqual([null, null, 200])
    expect(columns.speciesCount).toEqual([null, 2, 2])
    expect(arrivals).toEqual([700])
    expect(evolutionColumns(history, 'time').x).toEqual([10, 12])
  })

  test('smoothing keeps the first value, gaps, and a line that does not change', () => {
    expect(smoothed([null, 4, null, 8, 8], 0.5)).toEqual([null, 4, null, 6, 7])
    expect(smoothed([1, 2, 3], 0)).toEqual([1, 2, 3])
  })

  test('species keep their band from birth to extinction', () => {
    const stream = speciesStream(history.slice(0, 3), 'generation')!
    expect(stream.bands).toEqual([{ id: 1, sizes: [90, 0] }, { id: 2, sizes: [60, 50] }, { id: 3, sizes: [0, 100] }])
    expect(stream.members).toBe(150)
    expect(speciesStream([old, old], 'generation')).toBeUndefined()
  })

  test('a file has one line for each point and a name for each column', () => {
    const lines = columnsAsCsv(evolutionColumns(history, 'generation'), 'generation').trim().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([13]))
    expect(lines[0]).toContain('generation,best,median')
  })
})
