import { expect, test } from 'vitest'
import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { assertGenotype, type Genotype } from '../genotype/genotype.ts'
import type { Evaluation } from '../task.ts'
import { decodeMemetic, encodeMemetic } from './checkpoint.ts'
import { askMemetic, createMemetic, tellMemetic, type Memetic } from './memetic.ts'
import type { MemeticSettings } from './settings.ts'

const task = { inputs: 3, outputs: 2, updateRule: { kind: 'ordered' } } as const
const small: Partial<MemeticSettings> = { size: 4, tuningEvaluations: 12, founderHidden: 2 }

/** Rewards weights near 1 and, a little, structure. */
function fitnessOf(genotype: Genotype): number {
  let error = 0
  for (const weight of genotype.links.weights) error += Math.abs(weight - 1)
  return Math.floor(500_000 / (1 + error / genotype.links.weights.length)) + 1_000 * genotype.neurons.length
}

const evaluationOf = ({ genotype }: { readonly genotype: Genotype }): Evaluation => ({ fitness: fitnessOf(genotype), score: 1, steps: 1 })

function steps(start: Memetic, count: number): Memetic {
  let memetic = start
  for (let i = 0; i < count; i++) {
    const asked = askMemetic(memetic)
    memetic = tellMemetic(asked.memetic, asked.candidates.map(evaluationOf))
  }
  return memetic
}

test.each(['hill-climb', 'cma-es', 'sep-cma-es'] as const)('%s: the same seed gives the same bytes, in one go or from a checkpoint in mid-run', (tuner) => {
  const run = createMemetic({ task, settings: { ...small, tuner }, seed: 3 })
  for (const count of [0, 1, 2, 7, 30]) {
    const before = steps(run, count)
    for (const state of [before, askMemetic(before).memetic]) {
      const bytes = encodeMemetic(state)
      const decoded = decodeMemetic(bytes)
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(encodeMemetic(decoded.value)).toEqual(bytes)
      expect(encodeMemetic(steps(decoded.value, 9))).toEqual(encodeMemetic(steps(state, 9)))
    }
  }
})

test('every topology is tuned within its budget and its child has another one', () => {
  let memetic = createMemetic({ task, settings: small, seed: 5 })
  const structures = new Set<string>()
  const known = new Set<string>()
  for (let i = 0; i < 200; i++) {
    const asked = askMemetic(memetic)
    for (const { genotype, parents, operators } of asked.candidates) {
      assertGenotype(genotype)
      for (const operator of operators) expect(operator).toMatch(/^[a-z0-9-]{1,32}$/)
      if (parents.length > 0 && i > 0) structures.add(operators.join())
      known.add(cidOf(encodeGenotype(genotype)))
    }
    memetic = tellMemetic(asked.memetic, asked.candidates.map(evaluationOf))
    for (const trial of memetic.trials) expect(trial.told).toBeLessThan(small.tuningEvaluations!)
  }
  expect([...structures].some((names) => names.includes('add-neuron') && names.endsWith('tune-hill-climb'))).toBe(true)
  const first = steps(createMemetic({ task, settings: small, seed: 5 }), 12).champion!
  expect(memetic.champion!.evaluation.fitness).toBeGreaterThan(first.evaluation.fitness)
})
