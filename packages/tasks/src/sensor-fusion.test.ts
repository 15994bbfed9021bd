import { describe, expect, test } from 'vitest'
import { createSearch, encodeGenotype, evaluate } from '@megabrain/evolve'
import type { Network } from '@megabrain/evolve'
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

/** What could leave this machine: checkpoint, genotypes, evaluations and the task as text. */
function outgoing(house: number): { bytes: Uint8Array[]; texts: string[] } {
  const task = createSensorFusion(house)
  let search = createSearch({ algorithm: 'neat', task, settings: { size: 30 }, seed: 1 })
  const bytes: Uint8Array[] = []
  const texts: string[] = [JSON.stringify(task), String(Object.values(task))]
  for (let generation = 0; generation < 20; generation++) {
    const asked = search.ask()
    const evaluations = asked.candidates.map(({ genotype }) => evaluate(task, genotype))
    search = asked.search.tell(evaluations)
    bytes.push(search.encode(), ...asked.candidates.map(({ genotype }) => encodeGenotype(genotype)))
    texts.push(JSON.stringify(evaluations), JSON.stringify(search.census()))
  }
  return { bytes, texts }
}

describe('sensor-fusion', () => {
  test('lets no reading out: not as bytes of either order, not as text', () => {
    const readings = readingsOf(HOUSE)
    expect(readings.length).toBeGreaterThan(2_000)
    const { bytes, texts } = outgoing(HOUSE)
    // Eight bytes each: one reading in full, or two neighbours rounded. Four alone occur anywhere by chance.
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
    let found = 0
    for (const each of bytes) {
      const text = Buffer.from(each).toString('latin1')
      for (let at = 0; at + 8 <= text.length; at++) if (patterns.has(text.slice(at, at + 8))) found++
    }
    expect(found).toBe(0)
    const numbers = new Set(texts.flatMap((text) => text.match(/-?\d+\.?\d*(e-?\d+)?/g) ?? []))
    for (const reading of readings) expect(numbers.has(String(reading))).toBe(false)
  })

  test('would notice one that got out', () => {
    const reading = readingsOf(HOUSE)[17]!
    expect(readingsOf(HOUSE)).toContain(reading)
    expect(JSON.stringify({ leaked: reading }).match(/-?\d+\.?\d*(e-?\d+)?/g)).toContain(String(reading))
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
