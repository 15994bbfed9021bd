import { expect, test } from 'vitest'
import { findTask } from '@megabrain/tasks'
import { runArchipelago } from '@megabrain/exchange/archipelago'
import { explainFailure, failureText } from './failure.ts'
import { measureOn, readScene } from './scene.ts'
import { createWatch } from './watch.ts'

test('a violation is told with its seed, its commit, the smallest scene and what happened before it', () => {
  const measure = measureOn(findTask('xor')!)
  let measurements = 0
  const { archipelago } = readScene(['--islands', '6', '--minutes', '1', '--seed', '9', '--task', 'xor', '--mutants', '2', '--loss', '0.1'])
  const scene = {
    ...archipelago,
    // Another answer every third time: what nobody may do who can be believed.
    evaluate: (task: string, body: Uint8Array) => {
      const measurement = measure(task, body)
      return measurement.ok && measurements++ % 3 === 0 ? { ...measurement, fitness: measurement.fitness + 1 } : measurement
    },
  }
  const report = runArchipelago(scene)
  expect(report.violations.length).toBeGreaterThan(0)
  const failure = explainFailure(scene, report.violations, 'abc')
  expect(failure).toMatchObject({ seed: 9, commit: 'abc', smallest: { task: 'xor', seed: 9 } })
  expect(failure.smallest).not.toHaveProperty('loss')
  expect(failureText(failure)).toMatch(/^seed 9, commit abc: \d+ ms: I\d+: .*\nsmallest scene: \{.*\}\n {2}\d+\.\d{3} s island-/)
  expect(explainFailure({ ...scene, islands: 1_000_000 }, ['it broke'], null)).toEqual({ seed: 9, commit: null, smallest: null, violation: 'it broke', trace: [] })
})

test('the picture shows who is away, who is behind, a cut and what is violated', () => {
  const view = {
    virtualMs: 90_000, islandsUp: 3, links: 7, bestFitness: 800, messages: 5_000, bytes: 360_000, published: 9, admitted: 80, refused: 4, isCut: true, archives: 2,
    sample: [800, undefined, 400, 800], violations: ['5 ms: I2: island-1 keeps nonsense'],
  }
  const lines = createWatch({ islands: 4, minutes: 3, seed: 7 }, 80, false).draw(view, 1_000)
  expect(lines).toEqual([
    'simulate   1:30 of 3:00 · seed 7 · 90× real time · 1 s',
    'islands    ███████████████░░░░░ 3 of 4 up',
    '           ●·▅●',
    'links      7  ╳ cut in halves',
    'best       800  █',
    'archives   2 different among 4',
    'traffic    1,333 B/s per island  █',
    'claims     9 published · 80 admitted · 4 refused',
    'VIOLATED   5 ms: I2: island-1 keeps nonsense',
  ])
})
