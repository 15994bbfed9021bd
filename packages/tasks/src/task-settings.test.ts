import { describe, expect, test } from 'vitest'
import { algorithmNames, compile, createSearch, defaultSettingsOf, evaluate, searchSettingsFault } from '@megabrain/evolve'
import type { AlgorithmName, Task } from '@megabrain/evolve'
import { cartPoleSutton } from './cart-pole-sutton.ts'
import { pendulumV1 } from './pendulum-v1.ts'
import { retina } from './retina.ts'
import { settingsFor } from './task-settings.ts'
import { tMaze } from './t-maze.ts'
import { tasks } from './tasks.ts'

/** Evaluations until some candidate solves the task, with nothing but its own settings; undefined past `most`. */
function evaluationsToSolve(task: Task, algorithm: AlgorithmName, seed: number, most: number): number | undefined {
  let search = createSearch({ algorithm, task, settings: settingsFor(task, algorithm), seed })
  let told = 0
  while (told < most) {
    const asked = search.ask()
    const results = asked.candidates.map(({ genotype }) => evaluate(task, genotype))
    search = asked.search.tell(results)
    const best = results.reduce((a, b, i) => (b.fitness > results[a]!.fitness ? i : a), 0)
    if (task.solved(compile(asked.candidates[best]!.genotype), results[best]!)) return told + best + 1
    told += results.length
  }
  return undefined
}

describe('settings of a task', () => {
  test.each(algorithmNames)('suit %s, whatever the task', (algorithm) => {
    for (const task of Object.values(tasks)) {
      const settings = settingsFor(task, algorithm)
      expect(searchSettingsFault(algorithm, { ...defaultSettingsOf(algorithm), ...settings }), task.id).toBeUndefined()
      for (const name of Object.keys(settings)) expect(Object.hasOwn(defaultSettingsOf(algorithm), name), `${task.id} ${name}`).toBe(true)
    }
  })

  test('solve the maze that needs memory', () => {
    for (const seed of [1, 2, 3]) expect(evaluationsToSolve(tMaze, 'neat', seed, 20_000)).toBeDefined()
  })

  test('take smaller steps where a pendulum has to be held still', () => {
    expect(settingsFor(pendulumV1).perturbPower).toBeLessThan(defaultSettingsOf('neat')['perturbPower'] as number)
  })

  test('find both halves of the retina', () => {
    expect(evaluationsToSolve(retina, 'memetic', 1, 60_000)).toBeDefined()
  })

  test('balance one pole within 200 evaluations in the mean', () => {
    const counts = Array.from({ length: 20 }, (_, seed) => evaluationsToSolve(cartPoleSutton, 'memetic', seed, 5_000) ?? 5_000)
    expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeLessThan(200)
  })
})
