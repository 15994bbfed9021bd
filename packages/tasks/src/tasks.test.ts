import { describe, expect, test } from 'vitest'
import { compile, evaluate } from '@megabrain/evolve'
import { evaluatorVersion, goldenGenotype, selfTest } from './evaluator-version.ts'
import { goldenResults } from './golden-results.ts'
import { settingsFor } from './task-settings.ts'
import { findTask, tasks } from './tasks.ts'
import { claimableVersions } from './versions.ts'
import { settingsFault, defaultSettings } from '@megabrain/evolve'

describe('registry', () => {
  test('finds a task by id and nothing by a name that every object has', () => {
    expect(findTask('xor')).toBe(tasks['xor'])
    expect(findTask('constructor')).toBeUndefined()
    expect(findTask('')).toBeUndefined()
  })

  test('gives every task its own evaluator version', () => {
    const versions = Object.values(tasks).map(evaluatorVersion)
    for (const version of versions) expect(version).toMatch(/^[0-9a-f]{64}$/)
    expect(new Set(versions).size).toBe(versions.length)
  })
})

// A new task is tested by being in the registry.
describe.each(Object.entries(tasks))('task %s', (id, task) => {
  const golden = goldenResults(task)
  const best = golden.cases.at(-1)!

  test('describes itself', () => {
    expect(task.id).toBe(id)
    expect(id).toMatch(/^[a-z0-9-]{1,32}$/)
    expect(task.inputLabels).toHaveLength(task.inputs)
    expect(task.outputLabels).toHaveLength(task.outputs)
    expect(task.goal).toMatch(/\.$/)
    expect(settingsFault({ ...defaultSettings, ...settingsFor(task) })).toBeUndefined()
  })

  test('gives its golden results, and a change of results needs a new version', () => {
    expect(golden.version).toBe(task.version)
    expect(golden.cases.length).toBeGreaterThan(3)
    for (const each of golden.cases) {
      const measured = evaluate(task, goldenGenotype(each))
      expect({ genotype: each.genotype, ...measured }, 'results changed: raise the version, then make the vectors again').toEqual(each)
    }
    expect(selfTest(task)).toBe(true)
  })

  test('keeps fitness an integer in range, higher for a better score, and its steps within the promised bound', () => {
    const byScore = [...golden.cases].sort((a, b) => a.score - b.score)
    byScore.forEach((each, i) => {
      expect(Number.isInteger(each.fitness) && each.fitness >= 0 && each.fitness <= 1_000_000).toBe(true)
      expect(each.steps).toBeLessThanOrEqual(task.maxActivations)
      if (i > 0) expect(each.fitness).toBeGreaterThanOrEqual(byScore[i - 1]!.fitness)
    })
  })

  test('gives a used network the same result as a fresh one', () => {
    const network = compile(goldenGenotype(golden.cases[0]!))
    expect(task.evaluate(network)).toEqual(task.evaluate(network))
  })

  test('is solved by its last golden genotype and not by its first', () => {
    const solved = (each: (typeof golden.cases)[number]) => task.solved(compile(goldenGenotype(each)), each)
    expect(solved(golden.cases[0]!)).toBe(false)
    if (task.openEnded !== true) expect(solved(best)).toBe(true)
    else for (const each of golden.cases) expect(each.fitness).toBeLessThanOrEqual(best.fitness)
  })

  test('is not solved by a network that always says the same', () => {
    for (const level of [-1, 0, 0.3, 0.5, 0.7, 1]) {
      for (let odd = 0; odd <= task.outputs; odd++) {
        const outputs = Float64Array.from({ length: task.outputs }, (_, i) => (i === odd ? 1 - level : level))
        const network = { inputs: task.inputs, outputs: task.outputs, activate: () => outputs, reset: () => {} }
        const evaluation = task.evaluate(network)
        expect(task.solved(network, evaluation)).toBe(false)
        expect(evaluation.fitness).toBeLessThan(best.fitness)
      }
    }
  })

  test('gives a network that puts out NaN or infinity nothing', () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const outputs = new Float64Array(task.outputs).fill(value)
      const network = { inputs: task.inputs, outputs: task.outputs, activate: () => outputs, reset: () => {} }
      const evaluation = task.evaluate(network)
      expect(evaluation.fitness).toBe(0)
      expect(task.solved(network, evaluation)).toBe(false)
    }
  })

  test('describes behaviour by as many numbers from 0 to 1 as it has names for', () => {
    for (const { behaviour } of golden.cases) {
      expect(behaviour?.length).toBe(task.behaviours?.length)
      for (const x of behaviour ?? []) expect(x >= 0 && x <= 1).toBe(true)
    }
  })

  test('can be watched without changing what is watched', () => {
    const { environment } = task
    if (environment === undefined) return
    const start = environment.start(0)
    const copy = [...start]
    expect(start).toHaveLength(environment.variables.length)
    expect(environment.observe(start)).toHaveLength(task.inputs)
    const action = environment.decide(new Float64Array(task.outputs))
    const step = environment.step(start, action)
    expect(step.state).toHaveLength(start.length)
    expect(environment.step(start, action)).toEqual(step)
    expect(start).toEqual(copy)
  })
})

test('the table of versions is that of the golden results, for all that can be claimed', () => {
  const claimable = Object.values(tasks).filter(({ deterministic }) => deterministic)
  expect(claimableVersions).toEqual(Object.fromEntries(claimable.map((task) => [task.id, evaluatorVersion(task)])))
})
