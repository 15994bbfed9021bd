import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGenotype } from '../genotype/create.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { actuatorId, assertGenotype, type Genotype } from '../genotype/genotype.ts'
import { compile } from '../network/compile.ts'
import { createReader, createWriter } from '../population/bytes.ts'
import { createRandom, type Random } from '../random.ts'
import { cmaEs } from './cma-es.ts'
import { eigenOf } from './eigen.ts'
import { hillClimber } from './hill-climber.ts'
import { parametersOf } from './parameters.ts'
import { defaultTunerSettings, tunerNames, tuningDurations, tuningSelections, type TunerSettings } from './settings.ts'
import type { TuningStart } from './tuner.ts'
import { tunerFor, tuners, type TunerState } from './tuners.ts'
import { attemptsAllowed, selectNeurons } from './tuning-selection.ts'

/** Two inputs, some hidden neurons, one output; two suffice for XOR and four have few traps. */
function network(size = 2): Genotype {
  const hidden = Array.from({ length: size }, (_, h) => 65_536 + h)
  const out = actuatorId(0)
  return createGenotype({
    inputs: 2,
    outputs: 1,
    rule: { kind: 'ordered' },
    neurons: [out, ...hidden].map((id) => ({ id, activation: id === out ? 'sigmoid' : 'tanh', aggregation: 'sum', bias: 0.125, response: 1 })),
    links: [
      ...hidden.flatMap((to, h) => [{ from: 0, to, weight: 0.5 - h }, { from: 1, to, weight: 0.25 }]),
      ...hidden.map((from) => ({ from, to: out, weight: 0.5 })),
    ],
  })
}

const startOf = (genotype: Genotype): TuningStart => ({ genotype, ages: genotype.neurons.map(() => 0) })

/** 1,000,000 at no error at all. */
function xorFitness(genotype: Genotype): number {
  const net = compile(genotype)
  let error = 0
  for (const [a, b] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
    net.reset()
    const miss = net.activate([a, b])[0]! - (a === b ? 0 : 1)
    error += miss * miss
  }
  return Math.floor(1_000_000 / (1 + error))
}

/** Distance of all parameters to 1.5, stretched along some. */
function sphereFitness(genotype: Genotype): number {
  let error = 0
  parametersOf(genotype, { weightLimit: 10, biases: true }).forEach((x, i) => { error += (1 + i) * (x - 1.5) * (x - 1.5) })
  return Math.floor(1_000_000 / (1 + error))
}

function tune(
  settings: TunerSettings, fitness: (genotype: Genotype) => number, evaluations: number, random: Random = createRandom(1), size = 2,
): { readonly state: TunerState; readonly fitness: number; readonly told: number } {
  const start = startOf(network(size))
  const tuner = tuners[settings.tuner]
  let state = tuner.create(start, settings)
  let told = 0
  while (told < evaluations && !(told > 0 && tuner.done(state, start, settings))) {
    const asked = tuner.ask(state, start, settings, random)
    state = tuner.tell(state, start, settings, asked.map((genotype) => ({ genotype, fitness: fitness(genotype) })))
    told += asked.length
  }
  return { state, told, fitness: tuner.best(state)!.fitness }
}

const biased: TunerSettings = { ...defaultTunerSettings, biases: true, tuningSelection: 'all', tuningDuration: 'const', durationParameter: 400 }

test.each([['hill-climb', 800_000], ['cma-es', 999_000], ['sep-cma-es', 999_000]] as const)('%s finds the middle of a stretched bowl', (tuner, good) => {
  expect(tune({ ...biased, tuner, sigma: 0.5, perturbationRange: 0.2 }, sphereFitness, 3_000).fitness).toBeGreaterThan(good)
})

test.each(tunerNames)('%s learns XOR by its weights alone', (tuner) => {
  // A squared error below 1/4 leaves every case on its side of 0.5.
  const settings = { ...biased, tuner, restarts: 3 }
  const solved = [1, 2, 3, 4, 5].filter((seed) => tune(settings, xorFitness, 3_000, createRandom(seed), 4).fitness > 800_000)
  expect(solved.length).toBeGreaterThanOrEqual(3)
})

test('full covariance beats a diagonal one where weights depend on each other', () => {
  const valley = (genotype: Genotype): number => {
    const x = parametersOf(genotype, biased)
    let sum = 0
    for (let i = 1; i < x.length; i++) {
      const bend = x[i]! - x[i - 1]! * x[i - 1]!
      sum += 100 * bend * bend + (1 - x[i - 1]!) * (1 - x[i - 1]!)
    }
    return Math.floor(1_000_000 / (1 + sum))
  }
  const best = (tuner: 'cma-es' | 'sep-cma-es'): number => tune({ ...biased, tuner, sigma: 0.3, patience: 10_000 }, valley, 8_000).fitness
  expect(best('cma-es')).toBeGreaterThan(990_000)
  expect(best('cma-es')).toBeGreaterThan(best('sep-cma-es'))
})

test('every variant is valid, exact in f32, within the limit and of the same structure', () => {
  fc.assert(fc.property(fc.nat(1_000_000), fc.constantFrom(...tunerNames), fc.boolean(), (seed, tuner, biases) => {
    const settings: TunerSettings = { ...biased, tuner, biases, weightLimit: 2, sigma: 3 }
    const start = startOf(network())
    const random = createRandom(seed)
    let state = tuners[tuner].create(start, settings)
    for (let round = 0; round < 6; round++) {
      const asked = tuners[tuner].ask(state, start, settings, random)
      for (const genotype of asked) {
        assertGenotype(genotype)
        expect(genotype.links.sources).toEqual(start.genotype.links.sources)
        for (const x of parametersOf(genotype, settings)) expect(Math.fround(x) === x && Math.abs(x) <= 2).toBe(true)
        if (!biases) expect(genotype.neurons).toEqual(start.genotype.neurons)
      }
      state = tuners[tuner].tell(state, start, settings, asked.map((genotype) => ({ genotype, fitness: sphereFitness(genotype) })))
    }
  }), { numRuns: 60 })
})

test('a climber changes weights, goes back after a failure and moves on after a success', () => {
  const start = startOf(network())
  const random = createRandom(7)
  const [unchanged] = hillClimber.ask(hillClimber.create(start, biased), start, biased, random)
  expect(unchanged).toBe(start.genotype)
  const begun = hillClimber.tell(hillClimber.create(start, biased), start, biased, [{ genotype: unchanged!, fitness: 100 }])
  const [variant] = hillClimber.ask(begun, start, biased, random)
  expect(encodeGenotype(variant!)).not.toEqual(encodeGenotype(start.genotype))
  const failed = hillClimber.tell(begun, start, biased, [{ genotype: variant!, fitness: 100 }])
  expect(hillClimber.best(failed)).toEqual({ genotype: start.genotype, fitness: 100 })
  expect(failed.failures).toBe(1)
  const better = hillClimber.tell(failed, start, biased, [{ genotype: variant!, fitness: 101 }])
  expect(hillClimber.best(better)).toEqual({ genotype: variant, fitness: 101 })
  expect(better.failures).toBe(0)
  // Half of the change that paid comes again, whatever else is drawn.
  const calm: TunerSettings = { ...biased, perturbationRange: 0 }
  const now = parametersOf(variant!, calm)
  const repeated = parametersOf(hillClimber.ask(better, start, calm, random)[0]!, calm)
  const moved = [...repeated.keys()].filter((i) => repeated[i] !== now[i])
  expect(moved.length).toBeGreaterThan(0)
  for (const i of moved) expect(repeated[i]! - now[i]!).toBeCloseTo(0.5 * better.deltas[i]!, 5)
})

test('a climber changes older neurons less and stops after its run of failures', () => {
  const genotype = network()
  const settings: TunerSettings = { ...biased, momentum: 0, durationParameter: 25 }
  const largest = (age: number): number => {
    const start = { genotype, ages: genotype.neurons.map(() => age) }
    const begun = hillClimber.tell(hillClimber.create(start, settings), start, settings, [{ genotype, fitness: 1 }])
    const random = createRandom(3)
    let most = 0
    for (let i = 0; i < 50; i++) {
      const x = parametersOf(hillClimber.ask(begun, start, settings, random)[0]!, settings)
      parametersOf(genotype, settings).forEach((before, at) => { most = Math.max(most, Math.abs(x[at]! - before)) })
    }
    return most
  }
  expect(largest(0)).toBeGreaterThan(1)
  expect(largest(0)).toBeLessThanOrEqual(Math.PI / 2 + 1e-6)
  expect(largest(3)).toBeLessThanOrEqual(Math.PI / 16 + 1e-6)
  expect(tune(settings, () => 5, 1_000).told).toBe(26)
})

test.each(tuningSelections)('selection %s takes the neurons it says', (selection) => {
  const ages = [0, 1, 3, 4, 50]
  const random = createRandom(11)
  const counts = ages.map(() => 0)
  for (let i = 0; i < 2_000; i++) {
    const chosen = selectNeurons(selection, ages, random)
    expect(chosen.length).toBeGreaterThan(0)
    for (const neuron of chosen) counts[neuron]! += 1
  }
  const limit = selection.startsWith('current') ? 0 : selection.startsWith('active') ? 3 : Infinity
  ages.forEach((age, i) => expect(counts[i]! > 0, `age ${age}`).toBe(selection.startsWith('dynamic') ? i < 4 || counts[i]! > 0 : age <= limit))
  if (selection.startsWith('dynamic')) expect(counts[0]!).toBeGreaterThan(counts[3]! + 500)
  if (!selection.endsWith('random')) expect(counts[0]).toBe(2_000)
  else expect(selection === 'current-random' || counts[0]! < 2_000).toBe(true)
})

test('no neuron young enough: one of them all the same', () => {
  const chosen = selectNeurons('current', [4, 9], createRandom(1))
  expect(chosen.length).toBe(1)
})

test('durations are those of DXNN2', () => {
  const ages = [0, 2, 3, 9]
  const counts = [4, 3, 2, 100]
  const allowed = tuningDurations.map((tuningDuration) => attemptsAllowed({ ...defaultTunerSettings, tuningDuration, durationParameter: 2 }, ages, counts))
  expect(allowed).toEqual([2, 10 + 81, 20 + 9])
  expect(attemptsAllowed({ ...defaultTunerSettings, tuningDuration: 'wsize-proportional', durationParameter: 5 }, ages, counts)).toBe(110)
})

test('the step size obeys its floor, and a search without gain ends by its patience', () => {
  const flat = tune({ ...biased, tuner: 'cma-es', patience: 12, sigmaFloor: 0.4, sigma: 0.5 }, () => 7, 10_000)
  expect(flat.told).toBe(13 * 10)
  const floored = tune({ ...biased, tuner: 'cma-es', sigmaFloor: 0.4, patience: 10_000 }, sphereFitness, 4_000)
  expect('sigma' in floored.state && floored.state.sigma).toBeGreaterThanOrEqual(0.4)
  const free = tune({ ...biased, tuner: 'cma-es', patience: 10_000 }, sphereFitness, 4_000)
  expect('sigma' in free.state && free.state.sigma).toBeLessThan(0.1)
  expect(free.fitness).toBeGreaterThan(floored.fitness)
})

test('a restart doubles the variants and keeps the best', () => {
  const { state, told, fitness } = tune({ ...biased, tuner: 'cma-es', patience: 5, restarts: 1 }, () => 7, 10_000)
  expect('restarts' in state && state.restarts).toBe(1)
  // 6 generations of 10, then 5 of 20 without a better one.
  expect([told, fitness]).toEqual([6 * 10 + 5 * 20, 7])
})

test('the covariance stays symmetric and its decomposition is one', () => {
  const { state } = tune({ ...biased, tuner: 'cma-es' }, xorFitness, 300)
  if (!('covariance' in state)) throw new Error('no covariance')
  const n = state.mean.length
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) expect(state.covariance[i * n + j]).toBe(state.covariance[j * n + i])
  const { vectors, values } = eigenOf(state.covariance, n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = 0
      let unit = 0
      for (let k = 0; k < n; k++) {
        product += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!
        unit += vectors[k * n + i]! * vectors[k * n + j]!
      }
      expect(product).toBeCloseTo(state.covariance[i * n + j]!, 10)
      expect(unit).toBeCloseTo(i === j ? 1 : 0, 12)
    }
  }
  for (const value of values) expect(value).toBeGreaterThan(0)
})

test.each(tunerNames)('%s: its state comes back from bytes, and damaged bytes are refused or usable', (tuner) => {
  const settings: TunerSettings = { ...biased, tuner }
  const start = startOf(network())
  const { state } = tune(settings, xorFitness, 60)
  const best = tuners[tuner].best(state)
  const writer = createWriter()
  tuners[tuner].write(state, writer)
  const bytes = writer.done()
  expect(tuners[tuner].read(createReader(bytes), start, settings, best)).toEqual(state)
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice()
    damaged[at]! ^= 0xff
    const read = tuners[tuner].read(createReader(damaged), start, settings, best)
    if (read !== undefined) for (const genotype of tuners[tuner].ask(read, start, settings, createRandom(1))) encodeGenotype(genotype)
  }
})

test('a genotype too large for a full covariance gets the diagonal one', () => {
  const many = createGenotype({
    inputs: 257, outputs: 1, rule: { kind: 'ordered' }, links: Array.from({ length: 257 }, (_, from) => ({ from, to: actuatorId(0), weight: 1 })),
  })
  expect(tunerFor(many, { ...biased, biases: false, tuner: 'cma-es' })).toBe('sep-cma-es')
  expect(tunerFor(network(), { ...biased, tuner: 'cma-es' })).toBe('cma-es')
  expect(cmaEs.create(startOf(network()), biased).mean.length).toBe(9)
})
