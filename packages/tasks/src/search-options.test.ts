import { describe, expect, test } from 'vitest'
import { compile, createSearch, evaluate } from '@megabrain/evolve'
import type { AlgorithmName, Search, Task } from '@megabrain/evolve'
import { doublePole } from './double-pole.ts'
import { mountainCarV0 } from './mountain-car-v0.ts'
import { settingsFor } from './task-settings.ts'
import { xor } from './xor.ts'

/** Evaluations until some candidate solves the task; `most` when none did. */
function run(task: Task, algorithm: AlgorithmName, settings: object, most: number): { readonly evaluations: number; readonly search: Search } {
  let search = createSearch({ algorithm, task, settings: { ...settingsFor(task, algorithm), ...settings }, seed: 1 })
  let evaluations = 0
  while (evaluations < most) {
    const asked = search.ask()
    const results = asked.candidates.map(({ genotype }) => evaluate(task, genotype))
    search = asked.search.tell(results)
    evaluations += results.length
    const best = results.reduce((a, b, i) => (b.fitness > results[a]!.fitness ? i : a), 0)
    if (task.solved(compile(asked.candidates[best]!.genotype), results[best]!)) return { evaluations, search }
  }
  return { evaluations: most, search }
}

describe('every option completes real runs', () => {
  test.each<readonly [string, object]>([
    ['competition', { selection: 'competition' }],
    ['tournament', { selection: 'tournament' }],
    ['sharing by distance', { sharing: 'distance' }],
    ['no sharing', { sharing: 'none' }],
    ['hall of fame', { hallOfFame: 0.2 }],
    ['steady state', { replaced: 1 }],
    ['phases of pruning', { simplifyAbove: 5 }],
    ['every operator', {
      addBias: 0.02, removeBias: 0.02, mutateAggregation: 0.02, addInlink: 0.02, addOutlink: 0.02, addParallelNeuron: 0.02, outsplice: 0.02,
      insplice: 0.02, addSensorLink: 0.02, addActuatorLink: 0.02, addSensor: 0.02, addActuator: 0.02, removeSensor: 0.02, removeActuator: 0.02,
    }],
  ])('xor is solved with %s', (_, settings) => {
    expect(run(xor, 'neat', settings, 60_000).evaluations).toBeLessThan(60_000)
  })

  test('the double pole is balanced in steady state', () => {
    expect(run(doublePole, 'neat', { replaced: 5 }, 30_000).evaluations).toBeLessThan(30_000)
  })

  test('looking only for what is new gets an underpowered car up its hill', () => {
    const { search } = run(mountainCarV0, 'neat', { novelty: 1, size: 60 }, 1_200)
    expect(search.champion()!.evaluation.behaviour![0]).toBeGreaterThan(0.9)
  })

  test('MAP-Elites fills a grid of behaviour, and some way of driving gets up the hill', () => {
    const { search } = run(mountainCarV0, 'map-elites', { bins: 5, size: 60 }, 1_200)
    expect(search.census().species).toBeGreaterThan(12)
    expect(search.champion()!.evaluation.behaviour![0]).toBeGreaterThan(0.9)
  })
})
