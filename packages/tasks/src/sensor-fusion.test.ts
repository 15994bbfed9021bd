import { describe, expect, test } from 'vitest'
import { actuatorId, algorithmNames, cidOf, createGenotype, createSearch, encodeDelta, encodeGenotype, evaluate } from '@megabrain/evolve'
import type { AlgorithmName, Genotype, Network } from '@megabrain/evolve'
import { createSensorFusion, sensorFusion } from './sensor-fusion.ts'

const HOUSE = 4_711

/** Everything that the task shows to a network: the only way to its readings. */
function readingsOf(house: number): number[] {
  const seen: number[] = []
  const spy: Network = {
    inputs: 7,
    outputs: 1,
    activate(inputs) {
      seen.push(...Array.from(inputs).slice(1))
      return Float64Array.of(0.5)
    },
    reset: () => {},
  }
  const task = createSensorFusion(house)
  task.solved(spy, task.evaluate(spy))
  // Mute sensors read 0, which says nothing and is everywhere.
  return seen.filter((reading) => reading !== 0)
}

interface Outgoing {
  readonly bytes: readonly Uint8Array[]
  readonly texts: readonly string[]
}

/**
 * What could leave this machine in a search on the task: genotypes and their deltas, checkpoints, evaluations, the lineage
 * that a claim would name, the task as text.
 */
function outgoing(house: number, algorithm: AlgorithmName, generations = 20): Outgoing {
  const task = createSensorFusion(house)
  let search = createSearch({ algorithm, task, settings: { ...sizes[algorithm] }, seed: 1 })
  const bytes: Uint8Array[] = []
  const texts: string[] = [JSON.stringify(task), String(Object.values(task))]
  const known = new Map<string, Genotype>()
  for (let generation = 0; generation < generations; generation++) {
    const asked = search.ask()
    const evaluations = asked.candidates.map(({ genotype }) => evaluate(task, genotype))
    bytes.push(asked.search.encode())
    search = asked.search.tell(evaluations)
    bytes.push(search.encode())
    for (const { genotype, parents, operators } of asked.candidates) {
      const body = encodeGenotype(genotype)
      bytes.push(body)
      known.set(cidOf(body), genotype)
      const parent = known.get(parents[0] ?? '')
      const delta = parent === undefined ? undefined : encodeDelta(parent, genotype)
      if (delta !== undefined) bytes.push(delta)
      texts.push(JSON.stringify({ parents, operators, cid: cidOf(body) }))
    }
    texts.push(JSON.stringify(evaluations), JSON.stringify(search.census()), JSON.stringify(search.champion()))
  }
  return { bytes, texts }
}

const sizes = { neat: { size: 30 }, memetic: { size: 4, tuningEvaluations: 20 }, 'map-elites': { size: 30 } } as const

/** Eight bytes each: one reading in full, or two neighbours rounded, in either order. Four alone occur anywhere by chance. */
function patternsOf(readings: readonly number[]): ReadonlySet<string> {
  const patterns = new Set<string>()
  readings.forEach((reading, i) => {
    for (const little of [true, false]) {
      const view = new DataView(new ArrayBuffer(8))
      view.setFloat64(0, reading, little)
      patterns.add(Buffer.from(view.buffer).toString('latin1'))
      view.setFloat32(0, reading, little)
      view.setFloat32(4, readings[i + 1] ?? 0, little)
      patterns.add(Buffer.from(view.buffer).toString('latin1'))
    }
  })
  return patterns
}

/** Places at which a reading stands, whatever the alignment, and numbers in the texts that are one. */
function leaksIn({ bytes, texts }: Outgoing, readings: readonly number[]): number {
  const patterns = patternsOf(readings)
  let found = 0
  for (const each of bytes) {
    const text = Buffer.from(each).toString('latin1')
    for (let at = 0; at + 8 <= text.length; at++) if (patterns.has(text.slice(at, at + 8))) found++
  }
  const written = new Set(readings.map(String))
  for (const text of texts) for (const number of text.match(/-?\d+\.?\d*(e-?\d+)?/g) ?? []) if (written.has(number)) found++
  return found
}

describe('sensor-fusion', () => {
  test.each(algorithmNames)('%s lets no reading out: not as bytes of either order, not as text', (algorithm) => {
    const readings = readingsOf(HOUSE)
    expect(readings.length).toBeGreaterThan(2_000)
    const sent = outgoing(HOUSE, algorithm)
    expect(sent.bytes.length).toBeGreaterThan(100)
    expect(leaksIn(sent, readings)).toBe(0)
  })

  test('one that got out would be noticed, in a genotype, a delta, a checkpoint or a text', () => {
    const readings = readingsOf(HOUSE)
    const [first, second] = [readings[17]!, readings[18]!]
    const linked = (...weights: readonly number[]): Genotype => createGenotype({
      inputs: 7, outputs: 1, rule: { kind: 'ordered' }, links: weights.map((weight, from) => ({ from, to: actuatorId(0), weight })),
    })
    const wide = linked(1, first)
    const rounded = linked(1, Math.fround(first), Math.fround(second))
    const leak = (bytes: Uint8Array): number => leaksIn({ bytes: [bytes], texts: [] }, readings)
    expect(leak(encodeGenotype(wide))).toBe(1)
    expect(leak(encodeGenotype(rounded))).toBe(1)
    expect(leak(encodeDelta(linked(1, 0.5), wide)!)).toBeGreaterThan(0)
    const search = createSearch({ algorithm: 'neat', task: createSensorFusion(HOUSE), settings: { size: 2 }, seed: 1, founders: [wide] })
    expect(leak(search.encode())).toBeGreaterThan(0)
    expect(leaksIn({ bytes: [], texts: [JSON.stringify({ noise: first })] }, readings)).toBe(1)
  })

  test('cannot be sent anywhere, cannot be claimed, cannot be watched', () => {
    expect(() => structuredClone(sensorFusion)).toThrow()
    expect(sensorFusion.deterministic).toBe(false)
    expect(sensorFusion.environment).toBeUndefined()
  })

  test('has other readings in every house, the same ones in the same house', () => {
    expect(readingsOf(1)).toEqual(readingsOf(1))
    const first = new Set(readingsOf(1))
    expect(readingsOf(2).some((reading) => first.has(reading))).toBe(false)
    expect(() => createSensorFusion(-1)).toThrow(RangeError)
  })

  test('keeps its readings from being changed by a network', () => {
    const task = createSensorFusion(HOUSE)
    const quiet: Network = { inputs: 7, outputs: 1, activate: (inputs) => Float64Array.of(inputs[4]! > 0.5 ? 1 : 0), reset: () => {} }
    const before = task.evaluate(quiet)
    task.evaluate({ ...quiet, activate: (inputs) => (inputs as Float64Array).fill(0) })
    expect(task.evaluate(quiet)).toEqual(before)
  })
})
