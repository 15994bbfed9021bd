import { describe, expect, test } from 'vitest'
import { compile, createSearch, evaluate } from '@megabrain/evolve'
import type { Network } from '@megabrain/evolve'
import { settingsFor } from './task-settings.ts'
import { xor } from './xor.ts'

/** Whether `neat` solves it within 20,000 evaluations, every candidate asked; and the fittest it found. */
function evolve(settings: object, seed: number): { readonly solved: boolean; readonly best: number } {
  let search = createSearch({ algorithm: 'neat', task: xor, settings: { ...settingsFor(xor, 'neat'), ...settings }, seed })
  let best = 0
  while (search.census().evaluations < 20_000) {
    const asked = search.ask()
    const results = asked.candidates.map(({ genotype }) => evaluate(xor, genotype))
    for (const [i, result] of results.entries()) {
      if (xor.solved(compile(asked.candidates[i]!.genotype), result)) return { solved: true, best: result.fitness }
      best = Math.max(best, result.fitness)
    }
    search = asked.search.tell(results)
  }
  return { solved: false, best }
}

const answering = (answer: (a: number, b: number) => number): Network =>
  ({ inputs: 3, outputs: 1, activate: (inputs) => Float64Array.of(answer(inputs[1]!, inputs[2]!)), reset: () => {} })

describe('xor', () => {
  test('gives the perfect answer 16 points and everything', () => {
    const perfect = answering((a, b) => (a === b ? 0 : 1))
    expect(xor.evaluate(perfect)).toEqual({ fitness: 1_000_000, score: 16, steps: 4 })
    expect(xor.solved(perfect, xor.evaluate(perfect))).toBe(true)
  })

  test('gives indifference the quarter that the paper gives it, unsolved', () => {
    const half = answering(() => 0.5)
    expect(xor.evaluate(half)).toEqual({ fitness: 250_000, score: 4, steps: 4 })
    expect(xor.solved(half, xor.evaluate(half))).toBe(false)
  })

  test('does not reward answers far outside 0 to 1', () => {
    expect(xor.evaluate(answering(() => 1e6))).toEqual({ fitness: 0, score: 0, steps: 4 })
    expect(xor.evaluate(answering(() => NaN)).fitness).toBe(0)
  })

  // Minsky & Papert 1969: no line divides the patterns. Three errors of 0 cost the fourth one of 1: score 9 of 16.
  test('is beyond every network without a hidden neuron, and growth is what solves it', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { solved, best } = evolve({ addNeuron: 0 }, seed)
      expect(solved).toBe(false)
      expect(best).toBeLessThanOrEqual((9 / 16) * 1_000_000)
      expect(best).toBeGreaterThan(500_000)
      expect(evolve({}, seed).solved).toBe(true)
    }
  })
})
