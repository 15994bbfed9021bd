// Genotypes that are made to cost: what they really compute is counted from outside, by a neuron that counts its passes,
// and must stay below the price that is known before they run.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeGenotype, encodeGenotype } from '../genotype/codec.ts'
import { createGenotype, linksOf, type Link } from '../genotype/create.ts'
import { describeGenotype, genotypeFromDescription } from '../genotype/describe.ts'
import { actuatorId, faultOf, FIRST_HIDDEN, MAX_LINKS, type Genotype, type Neuron, type UpdateRule } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { createRandom } from '../random.ts'
import { activationCost } from './activation.ts'
import { compile } from './compile.ts'
import { costOf } from './cost.ts'

const identity = (id: number): Neuron => ({ id, activation: 'identity', aggregation: 'sum', bias: 0, response: 1 })

/** One more actuator, reached in the first pass, that grows by 1 with each pass. */
function withCounter(genotype: Genotype): Genotype {
  const id = actuatorId(genotype.outputs)
  return createGenotype({
    ...genotype,
    outputs: genotype.outputs + 1,
    neurons: [...genotype.neurons, { ...identity(id), bias: 1 }],
    links: [...linksOf(genotype), { from: 0, to: id, weight: 0 }, { from: id, to: id, weight: 1 }],
  })
}

/** Passes of each of `steps` control steps, or undefined once a neuron has become infinite and the counter cannot be read. */
function countedPasses(genotype: Genotype, steps: number): (number | undefined)[] {
  const network = compile(genotype)
  let before = 0
  return Array.from({ length: steps }, () => {
    const counted = network.activate(new Float64Array(genotype.inputs).fill(0.1))[genotype.outputs - 1]!
    const passes = counted - before
    before = counted
    return Number.isNaN(passes) ? undefined : passes
  })
}

const workOf = (genotype: Genotype, passes: number): number =>
  passes * genotype.neurons.reduce((sum, { activation }) => sum + activationCost(activation), genotype.links.weights.length)

/** Every neuron reads the next one; the last reads the sensor. Against the order of ids, each pass reaches one more. */
function chain(length: number, rule: UpdateRule): Genotype {
  const ids = Array.from({ length }, (_, i) => FIRST_HIDDEN + i)
  const links: Link[] = [{ from: FIRST_HIDDEN, to: actuatorId(0), weight: 0.5 }, { from: 0, to: FIRST_HIDDEN + length - 1, weight: 0.5 }]
  for (let i = 0; i + 1 < length; i++) links.push({ from: ids[i + 1]!, to: ids[i]!, weight: 0.5 })
  return createGenotype({ inputs: 1, outputs: 1, rule, neurons: [identity(actuatorId(0)), ...ids.map(identity)], links })
}

describe('the price is an upper bound on what is computed', () => {
  test('for random genotypes under every rule, in the first step and in later ones', () => {
    const seen = new Set<string>()
    let counted = 0
    for (let seed = 1; seed <= 1_500; seed++) {
      const genotype = withCounter(sampleGenotype(seed))
      const price = costOf(genotype)
      for (const passes of countedPasses(genotype, 4)) {
        if (passes === undefined) break
        expect(passes).toBeGreaterThanOrEqual(1)
        expect(workOf(genotype, passes)).toBeLessThanOrEqual(price)
        seen.add(genotype.rule.kind)
        counted++
      }
    }
    expect([...seen].sort()).toEqual(['ordered', 'stanley', 'synchronous'])
    expect(counted).toBeGreaterThan(3_000)
  })

  test('for 255 steps, and for networks that settle late or never', () => {
    const rules: readonly UpdateRule[] = [{ kind: 'synchronous', steps: 255 }, { kind: 'stanley' }, { kind: 'ordered' }]
    for (const rule of rules) {
      for (const length of [1, 5, 17, 18, 19, 20, 60, 1_000]) {
        const genotype = withCounter(chain(length, rule))
        for (const passes of countedPasses(genotype, 3)) expect(workOf(genotype, passes!)).toBeLessThanOrEqual(costOf(genotype))
      }
    }
    expect(countedPasses(withCounter(chain(3, { kind: 'synchronous', steps: 255 })), 2)).toEqual([255, 255])
    // Reached in pass 18 by the sensor's side, then one pass a step; one neuron more and it never settles in time.
    expect(countedPasses(withCounter(chain(18, { kind: 'stanley' })), 3)).toEqual([19, 1, 1])
    expect(countedPasses(withCounter(chain(19, { kind: 'stanley' })), 3)).toEqual([19, 19, 19])
  })

  test('for an actuator that nothing reaches', () => {
    const lost = withCounter(createGenotype({ inputs: 1, outputs: 1, rule: { kind: 'stanley' } }))
    expect(countedPasses(lost, 2)).toEqual([19, 19])
    expect(costOf(lost)).toBe(workOf(lost, 19))
  })
})

/** Any JSON value put in place of any part of a description. */
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', 'sum', 'identity', -1, 0, 0.5, 1e308, -0, 4_095, 4_096, 65_535, 65_536, 2 ** 48, [], {}),
  fc.double(), fc.integer(), fc.jsonValue(),
)

function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  if (path.length === 0 || typeof value !== 'object' || value === null) return by
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value }
  const keys = Object.keys(copy)
  if (keys.length === 0) return by
  const key = keys[path[0]! % keys.length]!
  const fields = copy as Record<string, unknown>
  fields[key] = replaced(fields[key], path.slice(1), by)
  return copy
}

describe('absurd genotypes', () => {
  test('a description with anything in the place of anything is read as a valid genotype or refused with a sentence', () => {
    let refused = 0
    fc.assert(fc.property(fc.nat(5_000), fc.array(fc.nat(100), { maxLength: 4 }), junk, fc.boolean(), (seed, path, by, signed) => {
      const { cid, ...unsigned } = describeGenotype(sampleGenotype(seed))
      const result = genotypeFromDescription(replaced(signed ? { ...unsigned, cid } : unsigned, path, by))
      if (result.ok) expect(faultOf(result.value)).toBeUndefined()
      else {
        expect(result.reason).toMatch(/^[A-Za-z]+ .{5,}/)
        refused++
      }
    }), { numRuns: 3_000 })
    expect(refused).toBeGreaterThan(1_000)
  })

  test('a description nested a hundred thousand deep is refused like any other', () => {
    let deep: unknown = 0
    for (let i = 0; i < 100_000; i++) deep = [deep]
    const description = describeGenotype(sampleGenotype(1))
    for (const name of Object.keys(description)) expect(genotypeFromDescription({ ...description, [name]: deep }).ok).toBe(false)
  })

  test('bytes with several changes, cuts and insertions at once are refused or the canonical form of what they mean', () => {
    for (let seed = 1; seed <= 4_000; seed++) {
      const random = createRandom(seed)
      let bytes = Array.from(encodeGenotype(sampleGenotype(seed)))
      for (let changes = 1 + random.integer(4); changes > 0; changes--) {
        const at = random.integer(bytes.length)
        const kind = random.integer(4)
        if (kind === 0) bytes = bytes.slice(0, Math.max(1, at))
        else if (kind === 1) bytes.splice(at, 0, random.integer(256))
        // Ends and edges of ranges break more than random bytes do.
        else bytes[at] = kind === 2 ? [0, 1, 127, 128, 255][random.integer(5)]! : random.integer(256)
      }
      const given = Uint8Array.from(bytes)
      const decoded = decodeGenotype(given)
      if (decoded.ok) expect(encodeGenotype(decoded.value)).toEqual(given)
    }
  })

  test('counts that the bytes do not hold are refused before anything is made of them', () => {
    const header = encodeGenotype(sampleGenotype(1)).slice(0, 18)
    const view = new DataView(header.buffer)
    for (const [hidden, links] of [[4_000, MAX_LINKS], [0xffff, 0xffffffff], [0, 0xffffffff], [4_095, 0]] as const) {
      view.setUint16(12, hidden, true)
      view.setUint32(14, links, true)
      const decoded = decodeGenotype(header)
      expect(decoded.ok ? 'read' : decoded.reason).toMatch(/^bad-(header|length)$/)
    }
  })
})
