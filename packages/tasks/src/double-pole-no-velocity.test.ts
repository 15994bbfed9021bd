import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compile, evaluate } from '@megabrain/evolve'
import { readNeat } from '@megabrain/evolve/foreign'
import { doublePoleNoVelocity, generalisation, generalisationStarts, longRun } from './double-pole-no-velocity.ts'

const folder = new URL('../oracles/dpnv_winners/', import.meta.url)
const scores = readFileSync(new URL('scores.csv', folder), 'utf8').trim().split('\n').slice(1).map((line) => {
  const [file, steps100k, fitness1000, generalisation625] = line.split(',')
  return { file: file!, steps100k: Number(steps100k), fitness1000: Number(fitness1000), generalisation625: Number(generalisation625) }
})

function load(file: string) {
  const result = readNeat(readFileSync(new URL(`${file}.genome`, folder), 'utf8'))
  if (!result.ok) throw new Error(result.reason)
  return result.value
}

describe('double-pole-no-velocity', () => {
  test.each(scores.filter(({ file }) => file !== 'winner03'))('scores $file as the program that evolved it', (expected) => {
    const genotype = load(expected.file)
    const network = compile(genotype)
    const evaluation = evaluate(doublePoleNoVelocity, genotype)
    expect(Math.abs(evaluation.score - expected.fitness1000)).toBeLessThanOrEqual(1e-6)
    expect(longRun(network)).toBe(expected.steps100k)
    expect(Math.abs(generalisation(network) - expected.generalisation625)).toBeLessThanOrEqual(3)
    expect(doublePoleNoVelocity.solved(network, evaluation)).toBe(true)
  })

  test('loads and scores the knife edge winner03', () => {
    const genotype = load('winner03')
    expect(evaluate(doublePoleNoVelocity, genotype).score).toBeGreaterThan(0.1)
    expect(generalisation(compile(genotype))).toBeGreaterThan(0)
  })

  test('has 625 different starts, all inside the bounds', () => {
    expect(new Set(generalisationStarts.map(String)).size).toBe(625)
  })
})
