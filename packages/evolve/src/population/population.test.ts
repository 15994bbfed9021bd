import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { applyEdits } from '../genotype/edits.ts'
import { assertGenotype, type Genotype } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { hasCycle } from '../network/graph.ts'
import { createRandom } from '../random.ts'
import { apportion } from './sharing.ts'
import { census } from './census.ts'
import { recordOf } from './champion.ts'
import { decodePopulation, encodePopulation } from './checkpoint.ts'
import { crossover } from './crossover.ts'
import { distance, distanceBelow } from './distance.ts'
import { mutate } from './mutate.ts'
import { addNeuron } from './neuron-operators.ts'
import { ask, championOf, createPopulation, immigrate, tell, type Population } from './population.ts'
import { defaultSettings, type PopulationSettings } from './settings.ts'

const seeds = fc.nat(1_000_000)
const task = { inputs: 3, outputs: 2, updateRule: { kind: 'ordered' } } as const
const lively: PopulationSettings = {
  ...defaultSettings, size: 30, addLink: 0.3, addNeuron: 0.3, removeLink: 0.2, removeNeuron: 0.2, mutateActivation: 0.2, biasPower: 1,
  recurrent: 0.5,
  activations: ['tanh', 'relu', 'sine'],
}

/** Rewards structure, so that something happens: any deterministic function of the genotype would do. */
function fitnessOf(genotype: Genotype): number {
  return Math.min(1_000_000, 1_000 * genotype.links.weights.length + 7_000 * genotype.neurons.length)
}

function generations(start: Population, count: number): Population {
  let population = start
  for (let i = 0; i < count; i++) {
    const asked = ask(population)
    const evaluations = asked.candidates.map(({ genotype }) => ({ fitness: fitnessOf(genotype), score: 1, steps: 1, behaviour: [0.5] }))
    population = tell(asked.population, evaluations)
  }
  return population
}

test('a mutation changes its result and never its parent, and names its operators', () => {
  fc.assert(fc.property(seeds, (seed) => {
    const parent = sampleGenotype(seed)
    const before = encodeGenotype(parent)
    const { operators } = mutate(parent, lively, createRandom(seed))
    expect(encodeGenotype(parent)).toEqual(before)
    expect(operators.length).toBeGreaterThan(0)
    for (const name of operators) expect(name).toMatch(/^[a-z-]{1,24}$/)
  }), { numRuns: 200 })
})

test('a split puts a neuron into its link and leaves no other trace', () => {
  fc.assert(fc.property(seeds, (seed) => {
    const parent = sampleGenotype(seed)
    const edits = addNeuron(parent, defaultSettings, createRandom(seed))
    if (edits === undefined) return
    const child = applyEdits(parent, edits)
    expect(child.neurons.length).toBe(parent.neurons.length + 1)
    expect(child.links.weights.length).toBe(parent.links.weights.length + 1)
  }), { numRuns: 100 })
})

test('without permission for cycles none appears', () => {
  const population = generations(createPopulation({ task, settings: { ...lively, recurrent: 0 }, seed: 9 }), 10)
  for (const { genotype } of population.members) expect(hasCycle(genotype)).toBe(false)
})

test('crossover with itself is the identity', () => {
  fc.assert(fc.property(seeds, fc.constantFrom('choose' as const, 'average' as const), (seed, kind) => {
    const genotype = sampleGenotype(seed)
    expect(encodeGenotype(crossover(genotype, genotype, kind, createRandom(seed)))).toEqual(encodeGenotype(genotype))
  }), { numRuns: 200 })
})

test('a child has the structure of the fitter parent and only parameters of its parents', () => {
  fc.assert(fc.property(seeds, (seed) => {
    const random = createRandom(seed)
    const mother = sampleGenotype(seed)
    const father = mutate(mutate(mother, lively, random).genotype, lively, random).genotype
    for (const kind of ['choose', 'average'] as const) {
      const child = crossover(mother, father, kind, random)
      assertGenotype(child)
      expect(child.links.sources).toEqual(mother.links.sources)
      expect(child.neurons.map(({ id }) => id)).toEqual(mother.neurons.map(({ id }) => id))
    }
    const chosen = crossover(mother, father, 'choose', random)
    const known = new Set([...mother.links.weights, ...father.links.weights])
    for (const weight of chosen.links.weights) expect(known.has(weight)).toBe(true)
  }), { numRuns: 200 })
})

test('genotypes of different interfaces do not cross', () => {
  const a = createPopulation({ task, seed: 1 }).pending[0]!.genotype
  expect(() => crossover(a, { ...a, rule: { kind: 'stanley' } }, 'choose', createRandom(1))).toThrow('stanley')
})

test('distance is symmetric, 0 on itself and counts links that only one has', () => {
  fc.assert(fc.property(seeds, (seed) => {
    const random = createRandom(seed)
    const a = sampleGenotype(seed)
    const b = mutate(mutate(a, lively, random).genotype, lively, random).genotype
    expect(distance(a, a, defaultSettings)).toBe(0)
    expect(distance(a, b, defaultSettings)).toBe(distance(b, a, defaultSettings))
    const split = addNeuron(a, defaultSettings, random)
    // One link went, two came.
    if (split !== undefined) expect(distance(a, applyEdits(a, split), { disjointCoefficient: 1, weightCoefficient: 0.4 })).toBe(3)
  }), { numRuns: 200 })
})

test('offspring are apportioned to the last one', () => {
  expect(apportion([1, 1, 1], 10)).toEqual([4, 3, 3])
  expect(apportion([0, 0], 5)).toEqual([3, 2])
  expect(apportion([3, 1, 0], 4)).toEqual([3, 1, 0])
  fc.assert(fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 500 }), (shares, total) => {
    const counts = apportion(shares, total)
    expect(counts.reduce((a, b) => a + b, 0)).toBe(total)
    expect(counts.every((count) => count >= 0)).toBe(true)
  }))
})

test('the same seed gives the same bytes, another seed others', () => {
  const run = (seed: number): Uint8Array => encodePopulation(generations(createPopulation({ task, settings: lively, seed }), 15))
  expect(run(3)).toEqual(run(3))
  expect(run(3)).not.toEqual(run(4))
})

test('asking twice gives the same candidates, and neither ask nor tell changes what it was given', () => {
  const population = generations(createPopulation({ task, settings: lively, seed: 5 }), 3)
  const before = encodePopulation(population)
  const first = ask(population)
  const second = ask(first.population)
  expect(second.candidates).toBe(first.candidates)
  expect(encodePopulation(ask(population).population)).toEqual(encodePopulation(first.population))
  expect(encodePopulation(population)).toEqual(before)
})

test('a generation has the size that was set; replaying its edits on a parent gives each child to the byte', () => {
  let population = createPopulation({ task, settings: lively, seed: 6 })
  for (let i = 0; i < 20; i++) {
    const parentsByCid = new Map(population.members.map(({ genotype }) => [cidOf(encodeGenotype(genotype)), genotype]))
    const asked = ask(population)
    expect(asked.population.members.length + asked.candidates.length).toBe(lively.size)
    expect(asked.candidates.length).toBeGreaterThan(0)
    for (const { genotype, parents, operators, edits } of asked.candidates) {
      assertGenotype(genotype)
      if (i === 0) continue
      expect(operators.length).toBeGreaterThan(0)
      expect(parents.length).toBeGreaterThan(0)
      for (const parent of parents) expect(parentsByCid.has(parent)).toBe(true)
      expect(cidOf(encodeGenotype(applyEdits(parentsByCid.get(parents[0]!)!, edits!)))).toBe(cidOf(encodeGenotype(genotype)))
    }
    population = tell(asked.population, asked.candidates.map(({ genotype }) => ({ fitness: fitnessOf(genotype), score: 1, steps: 1 })))
    const { members, species, sizes, best, evaluations, generation } = census(population)
    expect([members, generation]).toEqual([lively.size, i + 1])
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(members)
    expect(species).toBe(sizes.length)
    expect(best).toBe(championOf(population)!.evaluation.fitness)
    expect(evaluations).toBeLessThanOrEqual(lively.size * (i + 1))
  }
})

test('the champion is never lost', () => {
  let population = createPopulation({ task, settings: lively, seed: 8 })
  for (let i = 0, best = 0; i < 30; i++) {
    population = generations(population, 1)
    const { fitness } = championOf(population)!.evaluation
    expect(fitness).toBeGreaterThanOrEqual(best)
    expect(Math.max(...population.members.map((member) => member.fitness))).toBe(fitness)
    best = fitness
  }
})

test('equal fitness is decided by fewer links, then by the lower CID', () => {
  const population = createPopulation({ task, settings: { size: 20, fullyLinked: false }, seed: 2 })
  const told = tell(population, population.pending.map(() => ({ fitness: 5, score: 5, steps: 1 })))
  const cids = population.pending.map(({ genotype }) => cidOf(encodeGenotype(genotype))).sort()
  expect(championOf(told)!.cid).toBe(cids[0])
})

test('an immigrant takes the place of the least fit and breeds', () => {
  const population = generations(createPopulation({ task, settings: lively, seed: 11 }), 3)
  const { genotype } = championOf(population)!
  const stranger = applyEdits(genotype, addNeuron(genotype, lively, createRandom(1))!)
  const settled = immigrate(population, stranger, 1_000_000)
  expect(settled.members.length).toBe(population.members.length)
  expect(settled.members.some((member) => member.genotype === stranger)).toBe(true)
  expect(championOf(settled)).toBe(championOf(population))
  const cid = cidOf(encodeGenotype(stranger))
  expect(ask(settled).candidates.some(({ parents }) => parents.includes(cid))).toBe(true)
  expect(immigrate(population, stranger, 0)).toBe(population)
  const between = immigrate(ask(population).population, stranger, 1_000_000)
  expect(between.members.some(({ genotype }) => genotype === stranger)).toBe(true)
  expect(generations(between, 2).members.length).toBe(lively.size)
})

test('an immigrant before the first tell waits with the founders', () => {
  const fresh = createPopulation({ task, settings: lively, seed: 12 })
  const settled = immigrate(fresh, fresh.pending[0]!.genotype, 10)
  expect(generations(settled, 2).members.length).toBe(lively.size)
})

test('a stranger of another interface, an impossible fitness or a wrong number of evaluations is our bug', () => {
  const population = createPopulation({ task, seed: 1 })
  const other = createPopulation({ task: { ...task, inputs: 2 }, seed: 1 }).pending[0]!.genotype
  expect(() => immigrate(population, other, 1)).toThrow('3 inputs')
  expect(() => immigrate(population, population.pending[0]!.genotype, 0.5)).toThrow('got 0.5')
  expect(() => tell(population, [])).toThrow('needs 150 evaluations, got 0')
  expect(() => createPopulation({ task, seed: 1, settings: { size: 1 } })).toThrow('Setting size must be an integer from 2 to 10000, got 1')
  expect(() => createPopulation({ task, seed: 1, settings: { survival: NaN } })).toThrow('survival')
})

test('founders are kept as they are and their mutants fill the rest', () => {
  const founder = championOf(generations(createPopulation({ task, settings: lively, seed: 13 }), 5))!.genotype
  const population = createPopulation({ task, settings: lively, seed: 14, founders: [founder] })
  expect(population.pending.length).toBe(lively.size)
  expect(population.pending[0]!.genotype).toBe(founder)
  const cid = cidOf(encodeGenotype(founder))
  for (const candidate of population.pending.slice(1)) expect(candidate.parents).toEqual([cid])
})

test('whether a distance is below a limit is known without all of it', () => {
  const population = generations(createPopulation({ task, settings: { ...lively, biasPower: 1 }, seed: 31 }), 12)
  const genotypes = population.members.map(({ genotype }) => genotype)
  const near = { far: 0, close: 0 }
  for (const a of genotypes) {
    for (const b of genotypes) {
      const exact = distance(a, b, defaultSettings)
      // The same links in columns of their own: what is shared must not matter.
      const copy: Genotype = {
        ...b, neurons: [...b.neurons],
        links: { sources: b.links.sources.slice(), targets: b.links.targets.slice(), weights: b.links.weights.slice() },
      }
      expect(distance(a, copy, defaultSettings)).toBe(exact)
      for (const limit of [0.5, 1, 3, 8, exact]) {
        const found = distanceBelow(a, b, limit, defaultSettings)
        expect(found < limit).toBe(exact < limit)
        if (found < limit) expect(found).toBe(exact)
        near[found < limit ? 'close' : 'far']++
      }
    }
  }
  expect(Math.min(near.far, near.close)).toBeGreaterThan(100)
})

test('a population goes on from its checkpoint exactly as without a stop', () => {
  for (const rule of [{ kind: 'ordered' }, { kind: 'synchronous', steps: 2 }, { kind: 'stanley' }] as const) {
    let population = createPopulation({ task: { ...task, updateRule: rule }, settings: lively, seed: 21 })
    for (let i = 0; i < 4; i++) {
      population = i % 2 === 0 ? generations(population, 2) : ask(population).population
      const decoded = decodePopulation(encodePopulation(population))
      if (!decoded.ok) throw new Error(decoded.reason)
      expect(decoded.value).toEqual({ ...population, pending: population.pending.map(recordOf) })
      expect(encodePopulation(generations(decoded.value, 3))).toEqual(encodePopulation(generations(population, 3)))
    }
  }
})

test('damaged checkpoints are refused or give a population that works', () => {
  const small = generations(createPopulation({ task, settings: { ...lively, size: 6 }, seed: 22 }), 2)
  const good = encodePopulation(ask(small).population)
  for (let length = 0; length < good.length; length++) expect(decodePopulation(good.subarray(0, length)).ok).toBe(false)
  expect(decodePopulation(Uint8Array.from([...good, 0]))).toEqual({ ok: false, reason: 'bad-state' })
  let survivors = 0
  for (let bit = 0; bit < 8 * good.length; bit += 3) {
    const flipped = good.slice()
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    const decoded = decodePopulation(flipped)
    if (!decoded.ok || decoded.value.settings.size > 100) continue
    survivors++
    if (survivors % 20 === 0) generations(decoded.value, 2)
  }
  expect(survivors).toBeGreaterThan(0)
})

test('no byte string makes the reader of checkpoints throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { decodePopulation(bytes) }), { numRuns: 1_000 })
  const good = encodePopulation(createPopulation({ task, settings: { ...lively, size: 3 }, seed: 1 }))
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (edits) => {
    const bytes = good.slice()
    for (const [at, byte] of edits) bytes[at] = byte
    decodePopulation(bytes)
  }), { numRuns: 1_000 })
})

test.each([2 ** 31, 2 ** 32 - 1])('a claimed count of %i anywhere allocates nothing and never throws', (count) => {
  const good = encodePopulation(createPopulation({ task, settings: { ...lively, size: 3 }, seed: 1 }))
  for (let at = 5; at + 4 <= good.length; at++) {
    const bytes = good.slice()
    new DataView(bytes.buffer).setUint32(at, count, true)
    decodePopulation(bytes)
  }
})
