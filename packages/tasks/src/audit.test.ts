import { auditEvaluation, auditKey, cidOf, createGenotype, encodeGenotype, evaluate, type Genotype, type Neuron } from '@megabrain/evolve'
import { describe, expect, test } from 'vitest'
import { goldenGenotype } from './evaluator-version.ts'
import { goldenResults } from './golden-results.ts'
import { mountainCarV0 } from './mountain-car-v0.ts'
import { tasks } from './tasks.ts'

const beacons = Array.from({ length: 8 }, (_, i) => i.toString(16).repeat(64))
const audited = Object.values(tasks).filter(({ audit }) => audit !== undefined)
const named = (genotype: Genotype): string => cidOf(encodeGenotype(genotype))

describe.each(audited.map((task) => [task.id, task] as const))('audit episodes of %s', (_id, task) => {
  const genotypes = goldenResults(task).cases.map(goldenGenotype)
  // Long episodes cost seconds in a test: the champion of a task whose public episode is 100,000 steps is left out.
  const chosen = task.maxActivations > 50_000 ? genotypes.slice(0, 2) : genotypes.slice(-2)

  test('are the same for the same beacon, others for another, and leave the public fitness alone', () => {
    for (const genotype of chosen) {
      const cid = named(genotype)
      const before = evaluate(task, genotype)
      const results = beacons.slice(0, 3).map((beacon) => auditEvaluation(task, genotype, cid, beacon))
      expect(auditEvaluation(task, genotype, cid, beacons[0]!)).toEqual(results[0])
      for (const result of results) {
        expect(Number.isInteger(result!.fitness) && result!.fitness >= 0 && result!.fitness <= 1_000_000, JSON.stringify(result)).toBe(true)
      }
      expect(evaluate(task, genotype)).toEqual(before)
    }
    expect(auditKey(task, 'a', beacons[0]!)).not.toBe(auditKey(task, 'b', beacons[0]!))
  })
})

test('a task without a distribution of starts has no audit', () => {
  const xor = tasks['xor']!
  const genotype = goldenGenotype(goldenResults(xor).cases[0]!)
  expect(auditEvaluation(xor, genotype, named(genotype), beacons[0]!)).toBeUndefined()
})

/** Outputs: push left, do not push, push right. */
const [LEFT, NONE, RIGHT] = [4_096, 4_097, 4_098] as const
const [BIAS, POSITION, VELOCITY] = [0, 1, 2] as const

function neuron(id: number, activation: Neuron['activation'], bias = 0): Neuron {
  return { id, activation, aggregation: 'sum', bias, response: 1 }
}

/** Pushes where it is going: solves the mountain car from anywhere. `hesitation` makes it a little worse. */
function honestDriver(hesitation: number): Genotype {
  return createGenotype({
    inputs: 3, outputs: 3, rule: mountainCarV0.updateRule,
    neurons: [neuron(LEFT, 'identity'), neuron(NONE, 'identity', hesitation), neuron(RIGHT, 'identity')],
    links: [{ from: VELOCITY, to: LEFT, weight: -1 }, { from: VELOCITY, to: RIGHT, weight: 1 }],
  })
}

/** The same driver behind a lock that only the five public starts open: what it knows of the task, it looks up. */
function lookupDriver(): Genotype {
  const latch = 65_536
  const starts = Array.from({ length: 5 }, (_, episode) => (mountainCarV0.environment!.observe(mountainCarV0.environment!.start(episode)))[POSITION]!)
  const keys = starts.map((_, i) => 65_540 + i)
  return createGenotype({
    inputs: 3, outputs: 3, rule: mountainCarV0.updateRule,
    neurons: [
      neuron(LEFT, 'identity'), neuron(NONE, 'identity', 5), neuron(RIGHT, 'identity'),
      ...keys.map((id, i) => neuron(id, 'gaussian', Math.fround(-20_000 * starts[i]!))),
      // Open once a key fits, and open it stays.
      neuron(latch, 'step', -0.5),
    ],
    links: [
      ...keys.flatMap((id) => [{ from: POSITION, to: id, weight: 20_000 }, { from: id, to: latch, weight: 1 }]),
      { from: latch, to: latch, weight: 2 },
      { from: latch, to: NONE, weight: -5 },
      { from: VELOCITY, to: LEFT, weight: -1 }, { from: VELOCITY, to: RIGHT, weight: 1 },
      { from: BIAS, to: NONE, weight: 0 },
    ],
  })
}

test('a network tuned to the public episodes alone leads on them and loses its rank with the first beacon', () => {
  const [honest, lookup] = [honestDriver(0.01), lookupDriver()]
  const publicly = { honest: evaluate(mountainCarV0, honest).fitness, lookup: evaluate(mountainCarV0, lookup).fitness }
  expect(publicly.lookup).toBeGreaterThan(publicly.honest)
  const audits = (genotype: Genotype): readonly number[] =>
    beacons.map((beacon) => auditEvaluation(mountainCarV0, genotype, named(genotype), beacon)!.fitness)
  const [fair, caught] = [audits(honest), audits(lookup)]
  // Whichever epoch comes first.
  fair.forEach((fitness, i) => expect(caught[i]!).toBeLessThan(fitness))
  const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const brittleness = { honest: 1 - meanOf(fair) / publicly.honest, lookup: 1 - meanOf(caught) / publicly.lookup }
  expect(brittleness.honest).toBeLessThan(0.2)
  expect(brittleness.lookup).toBeGreaterThan(0.9)
})
