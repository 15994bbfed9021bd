import type { AlgorithmName } from '@megabrain/evolve'
import { algorithmNames, decodeGenotype, defaultSettingsOf, encodeGenotype } from '@megabrain/evolve'
import { settingsFor, tasks } from '@megabrain/tasks'
import { describe, expect, test } from 'vitest'
import { formatRow, GENERATIONS_HEADER, parseRows } from './generation-row.ts'
import type { GenerationRow } from './generation-row.ts'
import { decodeRunCheckpoint, encodeRunCheckpoint } from './run-checkpoint.ts'
import { runEvolution } from './run.ts'
import type { RunState } from './run.ts'

const task = tasks['xor']!

interface Options {
  readonly algorithm?: AlgorithmName
  /** Evaluations after which the run is stopped. */
  readonly stopAfter?: number
  readonly from?: RunState
  readonly maxEvaluations?: number
}

function run({ algorithm = 'neat', stopAfter = Infinity, from, maxEvaluations = 100_000 }: Options = {}) {
  const settings = { ...defaultSettingsOf(algorithm), ...settingsFor(task, algorithm) }
  const rows: GenerationRow[] = []
  let asked = 0
  const result = runEvolution({
    task, algorithm, settings, seed: 5, maxEvaluations, from,
    stopped: () => asked++ === stopAfter,
    progress: (row) => rows.push(row),
  })
  return { result, rows }
}

describe('a run', () => {
  test.each(algorithmNames)('with %s goes on from its checkpoint as if it had never stopped, wherever that was', (algorithm) => {
    const whole = run({ algorithm, maxEvaluations: 3_000 })
    for (const stopAfter of [0, 7, 155, 405]) {
      const first = run({ algorithm, stopAfter })
      expect(first.result).toMatchObject({ solved: false, stopped: true })
      const bytes = encodeRunCheckpoint({ state: first.result.state, wallMs: 12 })
      const { state, wallMs } = decodeRunCheckpoint(bytes, 'checkpoint')
      const second = run({ algorithm, from: state, maxEvaluations: 3_000 })
      expect(wallMs).toBe(12)
      expect([...first.rows, ...second.rows]).toEqual(whole.rows)
      expect(second.result.evaluations).toBe(whole.result.evaluations)
      expect(encodeGenotype(second.result.champion!.genotype)).toEqual(encodeGenotype(whole.result.champion!.genotype))
      expect(second.result.state.search.encode()).toEqual(whole.result.state.search.encode())
    }
  })

  test('counts evaluations up to the genotype that solved the task', () => {
    const { result, rows } = run()
    const before = rows.at(-2)!.evaluations
    expect(result.evaluations).toBeGreaterThan(before)
    expect(result.evaluations).toBeLessThanOrEqual(rows.at(-1)!.evaluations)
    expect(decodeGenotype(encodeGenotype(result.champion!.genotype)).ok).toBe(true)
  })
})

describe('a checkpoint', () => {
  test('that is damaged is refused by name', () => {
    const bytes = encodeRunCheckpoint({ state: run({ stopAfter: 200 }).result.state, wallMs: 0 })
    for (const length of [0, 5, 11, 40, bytes.length - 1]) {
      expect(() => decodeRunCheckpoint(bytes.subarray(0, length), 'out/population-5.checkpoint'))
        .toThrow(/^out\/population-5\.checkpoint cannot be continued \(.+\); remove it to begin that run again$/)
    }
  })
})

describe('generation rows', () => {
  test('are read as they were written, without the line that a crash cut short', () => {
    const { rows } = run({ stopAfter: 500 })
    const text = [GENERATIONS_HEADER, ...rows.map(formatRow)].join('\n')
    expect(parseRows(`${text}\n`)).toEqual(rows)
    expect(parseRows(text.slice(0, text.lastIndexOf(',')))).toEqual(rows.slice(0, -1))
    expect(rows[0]).toMatchObject({ generation: 1, evaluations: 150, members: 150, meanHidden: 0, meanLinks: 3, championHidden: 0 })
    expect(rows[0]!.bestPresent).toBe(rows[0]!.best)
    expect(rows[0]!.median).toBeLessThanOrEqual(rows[0]!.best)
    expect(rows[0]!.sd).toBeGreaterThan(0)
  })
})
