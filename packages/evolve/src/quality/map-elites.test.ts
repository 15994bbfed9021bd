import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import { applyEdits } from '../genotype/edits.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { recordOf } from '../population/champion.ts'
import { createSearch, decodeSearch } from '../search.ts'
import type { Evaluation } from '../task.ts'
import { decodeMapElites, encodeMapElites } from './checkpoint.ts'
import { askMapElites, createMapElites, elitesAsMembers, immigrateMapElites, mapElitesCensus, tellMapElites, type MapElites } from './map-elites.ts'
import { defaultMapElitesSettings, mapElitesSettingsFault } from './settings.ts'

const task = { inputs: 3, outputs: 2, updateRule: { kind: 'ordered' } } as const
const behavioural = { ...task, behaviours: ['first', 'second'] }
const settings = { size: 20, bins: 5, addLink: 0.3, addNeuron: 0.3 }

/** A behaviour and a fitness that only depend on the genotype; any would do. */
function evaluationOf({ links }: Genotype): Evaluation {
  const fold = (x: number): number => Math.abs(x) / (1 + Math.abs(x))
  const sum = links.weights.reduce((a, b) => a + b, 0)
  return { fitness: Math.floor(1_000_000 * fold(links.weights[0]!)), score: 1, steps: 1, behaviour: [fold(sum), fold(links.weights[1] ?? 0)] }
}

function rounds(start: MapElites, count: number): MapElites {
  let state = start
  for (let i = 0; i < count; i++) {
    const asked = askMapElites(state)
    state = tellMapElites(asked.state, asked.candidates.map(({ genotype }) => evaluationOf(genotype)))
  }
  return state
}

test('a cell keeps its fittest, the grid fills, and the best is the champion', () => {
  let state = createMapElites({ task: behavioural, settings, seed: 1 })
  let before = new Map<number, number>()
  for (let i = 0; i < 30; i++) {
    state = rounds(state, 1)
    const now = new Map(state.elites.map(({ cell, fitness }) => [cell, fitness]))
    for (const [cell, fitness] of before) expect(now.get(cell)).toBeGreaterThanOrEqual(fitness)
    before = now
    expect(Math.max(...now.values())).toBe(state.champion!.evaluation.fitness)
  }
  expect(before.size).toBeGreaterThan(12)
  expect([...before.keys()].every((cell) => cell >= 0 && cell < 25)).toBe(true)
  expect(mapElitesCensus(state)).toMatchObject({ generation: 30, evaluations: 600, species: before.size })
  expect(new Set(elitesAsMembers(state).map(({ species }) => species)).size).toBe(before.size)
})

test('of equally fit candidates the champion has fewest links, then the lowest CID, in whatever order they are told', () => {
  const start = createMapElites({ task: behavioural, settings: { ...settings, founderHidden: 3, randomFounders: true }, seed: 10 })
  const evaluations = start.pending.map(({ genotype }) => ({ ...evaluationOf(genotype), fitness: 500 }))
  const ranked = start.pending
    .map(({ genotype }) => ({ links: genotype.links.weights.length, cid: cidOf(encodeGenotype(genotype)) }))
    .sort((a, b) => a.links - b.links || (a.cid < b.cid ? -1 : 1))
  expect(ranked[0]!.links).toBe(ranked[1]!.links)
  for (const pending of [start.pending, start.pending.toReversed()]) {
    expect(tellMapElites({ ...start, pending }, evaluations).champion!.cid).toBe(ranked[0]!.cid)
  }
})

test('a candidate is the edits of an elite', () => {
  const state = rounds(createMapElites({ task: behavioural, settings, seed: 2 }), 5)
  const byCid = new Map(state.elites.map(({ genotype }) => [cidOf(encodeGenotype(genotype)), genotype]))
  for (const { genotype, parents, edits } of askMapElites(state).candidates) {
    expect(encodeGenotype(applyEdits(byCid.get(parents[0]!)!, edits!))).toEqual(encodeGenotype(genotype))
  }
})

test('without behaviours cells are sizes of networks', () => {
  const state = rounds(createMapElites({ task, settings, seed: 3 }), 30)
  const hidden = new Set(state.elites.map(({ genotype }) => Math.min(4, genotype.neurons.length - genotype.outputs)))
  expect(hidden.size).toBeGreaterThan(3)
})

test('a stranger becomes a parent, and a failed evaluation gets no cell', () => {
  const state = rounds(createMapElites({ task: behavioural, settings, seed: 4 }), 3)
  const stranger = createMapElites({ task: behavioural, settings, seed: 5 }).pending[0]!.genotype
  const cid = cidOf(encodeGenotype(stranger))
  let found = false
  for (let i = 0, next = immigrateMapElites(state, stranger); i < 20 && !found; i++) {
    found = askMapElites(next).candidates.some(({ parents }) => parents.includes(cid))
    next = rounds(next, 1)
  }
  expect(found).toBe(true)
  const fresh = createMapElites({ task: behavioural, settings, seed: 6 })
  expect(tellMapElites(fresh, fresh.pending.map(() => ({ fitness: 0, score: 0, steps: 1 }))).elites).toEqual([])
})

test('the search goes on from its checkpoint exactly as without a stop, by its own name', () => {
  let state = createMapElites({ task: behavioural, settings, seed: 7 })
  for (let i = 0; i < 4; i++) {
    state = i % 2 === 0 ? rounds(state, 3) : askMapElites(state).state
    const decoded = decodeMapElites(encodeMapElites(state))
    if (!decoded.ok) throw new Error(decoded.reason)
    expect(decoded.value).toEqual({ ...state, pending: state.pending.map(recordOf) })
    expect(encodeMapElites(rounds(decoded.value, 2))).toEqual(encodeMapElites(rounds(state, 2)))
  }
  const search = createSearch({ algorithm: 'map-elites', task, seed: 8 })
  const decoded = decodeSearch(search.encode())
  expect(decoded.ok && decoded.value.algorithm).toBe('map-elites')
})

test('damaged checkpoints are refused or work', () => {
  const good = encodeMapElites(askMapElites(rounds(createMapElites({ task: behavioural, settings: { ...settings, size: 4 }, seed: 9 }), 2)).state)
  for (let length = 0; length < good.length; length++) expect(decodeMapElites(good.subarray(0, length)).ok).toBe(false)
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (edits) => {
    const bytes = good.slice()
    for (const [at, byte] of edits) bytes[at] = byte
    const decoded = decodeMapElites(bytes)
    if (decoded.ok) expect(encodeMapElites(decoded.value)).toEqual(bytes)
  }), { numRuns: 1_000 })
})

test('a setting out of range is refused with its name', () => {
  expect(mapElitesSettingsFault(defaultMapElitesSettings)).toBeUndefined()
  expect(() => createMapElites({ task, settings: { bins: 1 }, seed: 1 })).toThrow('Setting bins must be an integer from 2 to 1000, got 1')
  expect(() => createMapElites({ task, settings: { bins: 1_000 }, seed: 1 })).toThrow('1000000 cells in 2 dimensions')
  expect(() => createMapElites({ task, settings: { addLink: 2 }, seed: 1 })).toThrow('addLink')
})
