import { cidOf, createRandom, createSearch, defaultSettings, encodeGenotype, evaluate, mutate, type Genotype } from '@megabrain/evolve'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { genotypeOf } from '../../fixtures/evolution.ts'
import { sampleGenotype, xor } from '../../fixtures/xor.ts'
import type { Find } from '../credit/find.ts'
import { edgeFault } from './edge.ts'
import { ancestorsOf, builtOn, descendantsOf, lineageOf, type Lineage } from './lineage.ts'
import { sharesOf } from './shares.ts'

let clock = 0
function find(genotype: string, author: string, fitness: number, parents: readonly string[] = []): Find {
  clock++
  const claim = { id: String(clock).padStart(8, '0'), genotype, author, fitness, parents, operators: [], time: clock, task: 'xor' }
  return { claim, envelope: new Uint8Array(0), fingerprint: 0, links: 3 } as unknown as Find
}

describe('a lineage', () => {
  const lineage = lineageOf([
    find('root', 'alice', 400_000),
    find('child', 'bob', 500_000, ['root']),
    find('other', 'carol', 300_000, ['unknown']),
    find('grandchild', 'carol', 1_000_000, ['child', 'other']),
    // Not the first claim about it: says nothing about where it comes from.
    find('grandchild', 'mallory', 1_000_000, ['root']),
  ])

  test('is walked up and down, and tells who built on whom', () => {
    expect(ancestorsOf(lineage, 'grandchild').kin.map(({ cid, depth }) => [cid, depth]))
      .toEqual([['grandchild', 0], ['child', 1], ['other', 1], ['root', 2], ['unknown', 2]])
    expect(descendantsOf(lineage, 'root').kin.map(({ cid }) => cid)).toEqual(['root', 'child', 'grandchild'])
    expect(builtOn(lineage, 'root')).toEqual([{ author: 'bob', genotypes: 1 }, { author: 'carol', genotypes: 1 }])
    expect(builtOn(lineage, 'nobody')).toEqual([])
  })

  test('divides a champion among those who made it', () => {
    // Carol keeps (1,000,000 - 500,000) / 1,000,000 of her own; Bob (500 - 400) / 500 is below a quarter, so a quarter of his.
    const shares = new Map(sharesOf(lineage, 'grandchild').map(({ author, share }) => [author, share]))
    expect(shares.get('carol')).toBeCloseTo(0.5 + 0.25, 12)
    expect(shares.get('bob')).toBeCloseTo(0.25 * 0.25, 12)
    expect(shares.get('alice')).toBeCloseTo(0.25 * 0.75, 12)
    // The other parent's fitness 300,000 is all Carol's: of its own parent nothing is known.
    expect(shares.get('')).toBeUndefined()
  })

  test('of any shape has shares that sum to one, and walks that end', () => {
    const names = Array.from({ length: 12 }, (_, i) => `g${i}`)
    const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(2), fc.nat(1_000_000), fc.subarray(names, { maxLength: 2 })), { minLength: 1, maxLength: 12 })
    fc.assert(fc.property(edges, (rows) => {
      const any = lineageOf(rows.map(([at, author, fitness, parents]) => find(names[at]!, `author${author}`, fitness, parents)))
      for (const name of names) {
        expect(sharesOf(any, name).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
        const { kin } = ancestorsOf(any, name)
        expect(new Set(kin.map(({ cid }) => cid)).size).toBe(kin.length)
      }
    }))
  })

  test('that is a circle or a million generations deep costs a bound', () => {
    const circle = lineageOf([find('a', 'alice', 1, ['b']), find('b', 'bob', 1, ['a'])])
    expect(ancestorsOf(circle, 'a')).toMatchObject({ isCut: false })
    expect(sharesOf(circle, 'a').reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
    const count = 1_000_000
    let reads = 0
    const nodeAt = (cid: string) => {
      reads++
      const i = Number(cid.slice(1))
      const parents = i + 1 < count ? [`n${i + 1}`, `n${(i * 7_919) % count}`] : []
      return { cid, task: 'xor', author: 'alice', fitness: 0, time: 0, parents, operators: [] }
    }
    const counted = { nodes: { get: nodeAt } as unknown as Lineage['nodes'], children: new Map() }
    const { kin, isCut } = ancestorsOf(counted, 'n0')
    expect(isCut).toBe(true)
    expect(kin.length).toBeLessThanOrEqual(1_024)
    sharesOf(counted, 'n0')
    expect(reads).toBeLessThan(20_000)
  })
})

describe('an edge', () => {
  const settings = { ...defaultSettings, addNeuron: 0.1, addLink: 0.1, removeLink: 0.1, removeNeuron: 0.1, mutateActivation: 0.1, mutateAggregation: 0.1, addBias: 0.1, removeBias: 0.1, addInlink: 0.1, addOutlink: 0.1, addParallelNeuron: 0.1, outsplice: 0.1, insplice: 0.1, addSensorLink: 0.1, addActuatorLink: 0.1, addSensor: 0.1, addActuator: 0.1, removeSensor: 0.1, removeActuator: 0.1 }

  test('that breeding made is never called forged, by any operator, one after the other', () => {
    const random = createRandom(5)
    const seen = new Set<string>()
    let parent: Genotype = genotypeOf(sampleGenotype(1, 4).body)
    for (let i = 0; i < 4_000; i++) {
      const { genotype, operators } = mutate(parent, settings, random)
      for (const name of operators) seen.add(name)
      expect(edgeFault(genotype, parent, operators), operators.join()).toBeUndefined()
      parent = i % 40 === 39 ? genotypeOf(sampleGenotype(i, 4).body) : genotype
    }
    expect(seen.size).toBeGreaterThan(15)
  })

  test.each(['neat', 'memetic'] as const)('that %s made, crossover and tuning included, is never called forged', (algorithm) => {
    let search = createSearch({ algorithm, task: xor, seed: 3, settings: algorithm === 'neat' ? { size: 40 } : { size: 4, tuningEvaluations: 20 } })
    const bodies = new Map<string, Genotype>()
    let edges = 0
    for (let generation = 0; generation < 40; generation++) {
      const asked = search.ask()
      for (const { genotype, parents, operators } of asked.candidates) {
        bodies.set(cidOf(encodeGenotype(genotype)), genotype)
        const parent = bodies.get(parents[0] ?? '')
        if (parent === undefined) continue
        edges++
        expect(edgeFault(genotype, parent, operators.slice(0, 8)), operators.join()).toBeUndefined()
      }
      search = asked.search.tell(asked.candidates.map(({ genotype }) => evaluate(xor, genotype)))
    }
    expect(edges).toBeGreaterThan(100)
  })

  test('to a parent that cannot be one is found', () => {
    const small = genotypeOf(sampleGenotype(1).body)
    const large = genotypeOf(sampleGenotype(1, 3).body)
    const elsewhere = genotypeOf(sampleGenotype(2).body)
    expect(edgeFault(large, small, ['add-neuron'])).toBe('too-many-neurons')
    expect(edgeFault(large, small, ['add-neuron', 'add-neuron', 'add-neuron', 'perturb-weights'])).toBeUndefined()
    expect(edgeFault(small, large, ['perturb-weights'])).toBe('too-much-removed')
    expect(edgeFault(small, large, ['remove-neuron', 'perturb-weights'])).toBeUndefined()
    expect(edgeFault(elsewhere, small, ['add-link'])).toBe('other-parameters')
    expect(edgeFault(elsewhere, small, [])).toBe('other-parameters')
    expect(edgeFault({ ...small, inputs: 4 }, small, ['perturb-weights'])).toBe('other-interface')
    const other = { ...small, neurons: small.neurons.map((neuron) => ({ ...neuron, activation: 'tanh' as const })) }
    expect(edgeFault(other, small, ['perturb-weights'])).toBe('other-functions')
    expect(edgeFault(other, small, ['operator-200'])).toBeUndefined()
  })
})
