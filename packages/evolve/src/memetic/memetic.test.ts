import fc from 'fast-check'
import { expect, test } from 'vitest'
import first from '../../vectors/memetic-checkpoint-1.json' with { type: 'json' }
import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { applyEdits } from '../genotype/edits.ts'
import { assertGenotype, type Genotype } from '../genotype/genotype.ts'
import { operators } from '../population/operators.ts'
import type { Evaluation } from '../task.ts'
import { tunerNames, tuningDurations, tuningSelections } from '../tuner/settings.ts'
import { decodeMemetic, encodeMemetic } from './checkpoint.ts'
import { askMemetic, createMemetic, immigrateMemetic, membersOf, tellMemetic, type Memetic } from './memetic.ts'
import {
  defaultMemeticSettings, hallDescriptors, memeticSettingsFault, mutationCounts, replacements, selections, type MemeticSettings,
} from './settings.ts'

const task = { inputs: 3, outputs: 2, updateRule: { kind: 'ordered' } } as const
const small: Partial<MemeticSettings> = { size: 4, tuningEvaluations: 12, founderHidden: 2 }

/** Rewards weights near 1 and, a little, structure. */
function fitnessOf(genotype: Genotype): number {
  let error = 0
  for (const weight of genotype.links.weights) error += Math.abs(weight - 1)
  return Math.floor(500_000 / (1 + error / Math.max(1, genotype.links.weights.length))) + 1_000 * genotype.neurons.length
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

test.each(tunerNames)('%s: the same seed gives the same bytes, in one go or from a checkpoint in mid-run', (tuner) => {
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

const variants: readonly Partial<MemeticSettings>[] = [
  ...replacements.flatMap((replacement) => selections.map((selection) => ({ replacement, selection }))),
  ...tuningSelections.map((tuningSelection) => ({ tuningSelection })),
  ...tuningDurations.map((tuningDuration) => ({ tuningDuration })),
  ...mutationCounts.map((mutationCount) => ({ mutationCount })),
  ...hallDescriptors.map((hallDescriptor) => ({ hallDescriptor, selection: 'hall-of-fame' as const, hallSize: 3 })),
  { newcomers: 0.5 }, { size: 1 }, { size: 1, replacement: 'steady-state' },
]

test.each(variants)('%o completes a run, improves and comes back from bytes', (variant) => {
  const start = createMemetic({ task, settings: { ...small, ...variant }, seed: 9 })
  const first = steps(start, 1).champion!.evaluation.fitness
  const memetic = steps(start, 150)
  expect(memetic.champion!.evaluation.fitness).toBeGreaterThan(first)
  expect(memetic.agents.length).toBeLessThanOrEqual(2 * memetic.settings.size)
  expect(memetic.hall.length).toBeLessThanOrEqual(memetic.settings.hallSize)
  const decoded = decodeMemetic(encodeMemetic(memetic))
  if (!decoded.ok) throw new Error(decoded.reason)
  expect(encodeMemetic(steps(decoded.value, 20))).toEqual(encodeMemetic(steps(memetic, 20)))
})

const everyOperator = Object.fromEntries(operators.map(({ setting }) => [setting, 10]))

test('a candidate is its parent plus its edits, whatever operators and tuner made it, from a checkpoint as well', () => {
  for (const [i, tuner] of tunerNames.entries()) {
    const settings = { ...small, ...everyOperator, tuner, biases: true, mutationParameter: 1.5, newcomers: 0.1 }
    let memetic = createMemetic({ task, settings, seed: 20 + i })
    const byCid = new Map(memetic.trials.map(({ start }) => [cidOf(encodeGenotype(start.genotype)), start.genotype]))
    let replayed = 0
    for (let round = 0; round < 150; round++) {
      const asked = askMemetic(memetic)
      // Founders are parents of their variants before they are told.
      for (const { start } of asked.memetic.trials) byCid.set(cidOf(encodeGenotype(start.genotype)), start.genotype)
      const decoded = decodeMemetic(encodeMemetic(asked.memetic))
      if (!decoded.ok) throw new Error(decoded.reason)
      const reread = askMemetic(decoded.value).candidates
      asked.candidates.forEach(({ genotype, parents, edits }, place) => {
        const cid = cidOf(encodeGenotype(genotype))
        byCid.set(cid, genotype)
        expect(reread[place]!.edits).toEqual(edits)
        expect(edits === undefined).toBe(parents.length === 0)
        if (edits === undefined) return
        expect(cidOf(encodeGenotype(applyEdits(byCid.get(parents[0]!)!, edits)))).toBe(cid)
        replayed++
      })
      memetic = tellMemetic(asked.memetic, asked.candidates.map(evaluationOf))
    }
    expect(replayed).toBeGreaterThan(150)
    const { champion } = memetic
    expect(cidOf(encodeGenotype(applyEdits(byCid.get(champion!.parents[0]!)!, champion!.edits!)))).toBe(champion!.cid)
  }
})

test('every operator that a population has makes offspring here as well', () => {
  const seen = new Set<string>()
  for (let seed = 1; seed <= 4 && seen.size < operators.length; seed++) {
    let memetic = createMemetic({ task, settings: { ...small, ...everyOperator, mutationParameter: 2, tuningEvaluations: 2 }, seed })
    for (let i = 0; i < 60; i++) {
      const asked = askMemetic(memetic)
      for (const candidate of asked.candidates) for (const name of candidate.operators) seen.add(name)
      memetic = tellMemetic(asked.memetic, asked.candidates.map(evaluationOf))
    }
  }
  for (const { name } of operators) expect(seen).toContain(name)
})

test('a checkpoint of version 1 is read and goes on as it did then', () => {
  const decoded = decodeMemetic(Uint8Array.from(first.hex.join('').match(/../g)!, (pair) => Number.parseInt(pair, 16)))
  if (!decoded.ok) throw new Error(decoded.reason)
  expect(steps(decoded.value, 40).champion!.cid).toBe(first.champion)
  const again = decodeMemetic(encodeMemetic(decoded.value))
  expect(again).toEqual({ ok: true, value: decoded.value })
})

test('a stranger settles, is a parent and never the champion', () => {
  const memetic = steps(createMemetic({ task, settings: { ...small, size: 2 }, seed: 4 }), 40)
  const stranger = memetic.champion!.genotype
  const settled = immigrateMemetic(memetic, stranger, 1_000_000)
  expect(membersOf(settled).some(({ fitness }) => fitness === 1_000_000)).toBe(true)
  expect(settled.champion).toBe(memetic.champion)
  const cid = cidOf(encodeGenotype(stranger))
  let later = settled
  let bred = false
  for (let i = 0; i < 60; i++) {
    const asked = askMemetic(later)
    bred ||= asked.candidates.some(({ parents }) => parents.includes(cid))
    later = tellMemetic(asked.memetic, asked.candidates.map(evaluationOf))
  }
  expect(bred).toBe(true)
})

test('a setting out of range is refused by its name', () => {
  const wrong = {
    size: 0, sigma: 0, survival: 2, tuner: 'luck', founderLinks: '', biases: 1, activation: 'warm', activations: [], aggregations: ['most'], outsplice: -1,
  }
  for (const [name, value] of Object.entries(wrong)) {
    const settings = { ...defaultMemeticSettings, [name]: value } as MemeticSettings
    expect(memeticSettingsFault(settings)).toContain(`Setting ${name} `)
    expect(() => createMemetic({ task, settings, seed: 1 })).toThrow(name)
  }
})

test.each(['hill-climb', 'cma-es'] as const)('%s: damaged checkpoints are refused or give a search that works', (tuner) => {
  const good = encodeMemetic(askMemetic(steps(createMemetic({ task, settings: { ...small, size: 2, tuner }, seed: 2 }), 5)).memetic)
  for (let length = 0; length < good.length; length += 3) expect(decodeMemetic(good.subarray(0, length)).ok).toBe(false)
  expect(decodeMemetic(Uint8Array.from([...good, 0]))).toEqual({ ok: false, reason: 'bad-state' })
  let survivors = 0
  for (let bit = 0; bit < 8 * good.length; bit += 7) {
    const flipped = good.slice()
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    const decoded = decodeMemetic(flipped)
    if (!decoded.ok || decoded.value.settings.lambda > 100 || decoded.value.settings.size > 100) continue
    survivors++
    if (survivors % 10 === 0) encodeMemetic(steps(decoded.value, 3))
  }
  expect(survivors).toBeGreaterThan(0)
})

test('no byte string makes the reader throw', () => {
  const good = encodeMemetic(steps(createMemetic({ task, settings: { ...small, tuner: 'cma-es' }, seed: 2 }), 3))
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (edits) => {
    const bytes = good.slice()
    for (const [at, byte] of edits) bytes[at] = byte
    decodeMemetic(bytes)
  }), { numRuns: 500 })
})

test('a golden run: these bytes must never change', () => {
  const memetic = steps(createMemetic({ task, settings: { ...small, tuner: 'cma-es', newcomers: 0.2 }, seed: 1 }), 60)
  expect(memetic.champion!.cid).toBe('bafkreigvlogatgkij6d2rtmgo3yxw7r5u73w2lgwefeootaco33xlzkdte')
})
