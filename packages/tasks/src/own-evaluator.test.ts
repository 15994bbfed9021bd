import { expect, test } from 'vitest'
import { ownEvaluatorVersion } from './own-evaluator.ts'
import { tasks } from './tasks.ts'

const SOURCE = 'a'.repeat(64)
const task = { ...tasks['xor']!, id: 'own' }

test('the same file with the same results has the same version; another file, or one other result, has another', () => {
  const version = ownEvaluatorVersion(task, SOURCE)
  expect(version).toMatch(/^[0-9a-f]{64}$/)
  expect(ownEvaluatorVersion({ ...task }, SOURCE)).toBe(version)
  expect(ownEvaluatorVersion(task, 'b'.repeat(64))).not.toBe(version)
  // As an engine whose arithmetic differs would.
  const elsewhere = { ...task, evaluate: (network: Parameters<typeof task.evaluate>[0]) => ({ ...task.evaluate(network), score: task.evaluate(network).score + 2 ** -40 }) }
  expect(ownEvaluatorVersion(elsewhere, SOURCE)).not.toBe(version)
})

test('a task that judges the same network differently each time has none', () => {
  let calls = 0
  expect(ownEvaluatorVersion({ ...task, evaluate: (network) => ({ ...task.evaluate(network), fitness: calls++ }) }, SOURCE)).toBeUndefined()
})
