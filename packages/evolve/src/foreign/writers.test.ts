import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGenotype, linksOf } from '../genotype/create.ts'
import { faultOf, type Genotype, type Neuron } from '../genotype/genotype.ts'
import { sampleGenotype } from '../genotype/sample.ts'
import { activationNames, type ActivationName } from '../network/activation.ts'
import { compile } from '../network/compile.ts'
import { orderOf } from '../network/graph.ts'
import { createRandom } from '../random.ts'
import type { Reading, Writing } from './foreign.ts'
import { readNeat, writeNeat } from './neat.ts'
import { readNeatPython, writeNeatPython } from './neat-python.ts'
import { readSharpneat, writeSharpneat } from './sharpneat.ts'

interface Format {
  readonly name: string
  readonly write: (genotype: Genotype) => Writing
  readonly read: (text: string, rule: Genotype['rule']) => Reading
  /** A genotype near `genotype` that the format can represent. */
  readonly fit: (genotype: Genotype, pick: (count: number) => number) => Genotype
}

const acyclic = (genotype: Genotype): Genotype => {
  const { recurrent } = orderOf(genotype)
  return createGenotype({ ...genotype, links: linksOf(genotype).filter((_, i) => recurrent[i] === 0) })
}
const withNeurons = (genotype: Genotype, change: (neuron: Neuron) => Partial<Neuron>): Genotype =>
  ({ ...genotype, neurons: genotype.neurons.map((neuron) => ({ ...neuron, ...change(neuron) })) })

const neatPythonFunctions: readonly ActivationName[] = [
  'neat-python-sigmoid', 'neat-python-tanh', 'neat-python-sine', 'neat-python-gaussian', 'relu', 'identity', 'clamp', 'absolute', 'square',
]
const sharpneatFunctions: readonly (readonly [ActivationName, number])[] = [
  ['relu', 1], ['leaky-relu', 1], ['sigmoid', 1], ['sigmoid', 4.9], ['tanh', 1], ['sine', 2], ['sharpneat-gaussian', 1], ['clamp', 1],
]

const formats: readonly Format[] = [
  {
    name: 'neat',
    write: writeNeat,
    read: readNeat,
    fit: (genotype, pick) => {
      const plain = withNeurons(genotype, () => ({ activation: 'steep-sigmoid', aggregation: 'sum', bias: 0, response: 1 }))
      return pick(2) === 0 ? { ...plain, rule: { kind: 'stanley' } } : acyclic({ ...plain, rule: { kind: 'ordered' } })
    },
  },
  {
    name: 'neat-python',
    write: writeNeatPython,
    read: readNeatPython,
    fit: (genotype, pick) => {
      const joined = new Set(genotype.links.targets)
      const known = withNeurons(genotype, ({ id, aggregation }) => ({
        activation: neatPythonFunctions[pick(neatPythonFunctions.length)]!, aggregation: joined.has(id) ? aggregation : 'sum',
      }))
      if (pick(2) === 0) return { ...known, rule: { kind: 'synchronous', steps: 1 } }
      const forward = acyclic({ ...known, rule: { kind: 'ordered' } })
      const kept = new Set(forward.links.targets)
      return withNeurons(forward, ({ id, aggregation }) => ({ aggregation: kept.has(id) ? aggregation : 'sum' }))
    },
  },
  {
    name: 'sharpneat',
    write: writeSharpneat,
    read: readSharpneat,
    fit: (genotype, pick) => {
      const known = withNeurons(genotype, () => {
        const [activation, response] = sharpneatFunctions[pick(sharpneatFunctions.length)]!
        return { activation, response, aggregation: 'sum', bias: 0 }
      })
      const shaped = pick(2) === 0 ? known : acyclic({ ...known, rule: { kind: 'ordered' } })
      const rule = shaped.rule.kind === 'stanley' ? { kind: 'synchronous', steps: 1 + pick(255) } as const : shaped.rule
      if (rule.kind === 'ordered') return withoutLoners(acyclic({ ...shaped, rule }))
      return withoutLoners({ ...shaped, rule })
    },
  },
]

/** At least one link, and no hidden neuron without any. */
function withoutLoners(genotype: Genotype): Genotype {
  const links = genotype.links.weights.length > 0 ? linksOf(genotype) : [{ from: 0, to: genotype.neurons[0]!.id, weight: 0.5 }]
  const linked = new Set(links.flatMap(({ from, to }) => [from, to]))
  return createGenotype({ ...genotype, neurons: genotype.neurons.filter(({ id }, i) => i < genotype.outputs || linked.has(id)), links })
}

function bitsOf(genotype: Genotype, seed: number): Float64Array {
  const random = createRandom(seed)
  const network = compile(genotype)
  return Float64Array.from(Array.from({ length: 6 }, () =>
    Array.from(network.activate(Array.from({ length: genotype.inputs }, () => 2 * random.normal()))),
  ).flat())
}

describe.each(formats)('$name', ({ write, read, fit }) => {
  test('what it can represent comes back and computes the same bits', () => {
    fc.assert(fc.property(fc.nat(1_000_000), (seed) => {
      const random = createRandom(seed)
      const genotype = fit(sampleGenotype(seed), (count) => random.integer(count))
      expect(faultOf(genotype)).toBeUndefined()
      const written = write(genotype)
      if (!written.ok) throw new Error(written.reason)
      const back = read(written.value, genotype.rule)
      if (!back.ok) throw new Error(`${back.reason}\n${written.value}`)
      expect(bitsOf(back.value, seed)).toEqual(bitsOf(genotype, seed))
      // Once numbered by the format, everything stays.
      expect(write(back.value)).toEqual(written)
    }), { numRuns: 400 })
  })

  test('any other genotype is refused with a sentence, or comes back the same', () => {
    let refused = 0
    for (let seed = 1; seed <= 400; seed++) {
      const genotype = sampleGenotype(seed)
      const written = write(genotype)
      if (written.ok) {
        const back = read(written.value, genotype.rule)
        if (!back.ok) throw new Error(back.reason)
        expect(bitsOf(back.value, seed)).toEqual(bitsOf(genotype, seed))
      } else {
        refused++
        expect(written.reason).toMatch(/^(rule|links|neuron \d+|link \d+ → \d+): .{20,}$/)
      }
    }
    expect(refused).toBeGreaterThan(300)
  })
})

describe('a refusal names its cause', () => {
  const base = createGenotype({ inputs: 2, outputs: 1, rule: { kind: 'ordered' }, links: [{ from: 0, to: 4096, weight: 1 }] })
  const loop = createGenotype({ inputs: 2, outputs: 1, rule: { kind: 'ordered' }, links: [{ from: 4096, to: 4096, weight: 1 }] })
  const reason = (result: Writing): string => (result.ok ? 'written' : result.reason)

  test('neat', () => {
    expect(reason(writeNeat(base))).toBe('written')
    expect(reason(writeNeat(loop))).toMatch(/^link 4096 → 4096: closes a cycle; /)
    expect(reason(writeNeat({ ...base, rule: { kind: 'synchronous', steps: 3 } }))).toMatch(/^rule: .* not synchronous 3$/)
    expect(reason(writeNeat(withNeurons(base, () => ({ bias: 0.5 }))))).toMatch(/^neuron 4096: .* bias only as a sensor; .* is 0\.5$/)
    expect(reason(writeNeat(withNeurons(base, () => ({ response: 2 }))))).toMatch(/^neuron 4096: .* no response; .* is 2$/)
    expect(reason(writeNeat(withNeurons(base, () => ({ aggregation: 'max' }))))).toMatch(/^neuron 4096: .* only sum, not max$/)
    for (const activation of activationNames) {
      if (activation === 'steep-sigmoid') continue
      expect(reason(writeNeat(withNeurons(base, () => ({ activation }))))).toMatch(new RegExp(`not ${activation}$`))
    }
  })

  test('neat-python', () => {
    const known = withNeurons(base, () => ({ activation: 'relu' }))
    expect(reason(writeNeatPython(known))).toBe('written')
    expect(reason(writeNeatPython(base))).toMatch(/^neuron 4096: neat-python has no steep-sigmoid; it has /)
    expect(reason(writeNeatPython({ ...known, rule: { kind: 'synchronous', steps: 2 } }))).toMatch(/^rule: .* takes 1 step, this one 2$/)
    expect(reason(writeNeatPython({ ...known, rule: { kind: 'stanley' } }))).toMatch(/^rule: .* as the original NEAT did$/)
    const bare = createGenotype({ ...known, links: [], neurons: [{ ...known.neurons[0]!, aggregation: 'max' }] })
    expect(reason(writeNeatPython(bare))).toBe('neuron 4096: neat-python cannot compute max of no inputs')
  })

  test('SharpNEAT', () => {
    const known = withNeurons(base, () => ({ activation: 'relu' }))
    expect(reason(writeSharpneat(known))).toBe('written')
    expect(reason(writeSharpneat(withNeurons(known, () => ({ bias: 1 }))))).toMatch(/^neuron 4096: a SharpNEAT node has no bias; .* is 1$/)
    expect(reason(writeSharpneat(withNeurons(known, () => ({ activation: 'sine' }))))).toMatch(/^neuron 4096: sine with response 1 is not/)
    expect(reason(writeSharpneat(createGenotype({ ...known, links: [] })))).toMatch(/^links: there are none/)
    expect(reason(writeSharpneat({ ...loop, neurons: known.neurons }))).toMatch(/^link 4096 → 4096: closes a cycle/)
  })
})

test('a feed-forward file with a cycle is refused at the link that closes it', () => {
  expect(readSharpneat('1 1\n\nacyclic\n\n0 1 1\n1 1 1\n\n0 ReLU\n')).toEqual(
    { ok: false, reason: 'line 6: closes a cycle, in a network that is said to have none' })
  const written = writeNeatPython(withNeurons(createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'synchronous', steps: 1 }, links: [{ from: 4096, to: 4096, weight: 1 }],
  }), () => ({ activation: 'relu' })))
  if (!written.ok) throw new Error(written.reason)
  expect(readNeatPython(written.value.replace('"recurrent"', '"feedforward"'))).toEqual(
    { ok: false, reason: 'connections[0]: closes a cycle, in a network that is said to have none' })
})

test("SharpNEAT's NullFn, which is 0 for everything, is refused rather than taken for identity", () => {
  const read = readSharpneat('1 1\n\nacyclic\n\n0 1 1\n\n0 NullFn\n')
  expect(read).toMatchObject({ ok: false, reason: expect.stringMatching(/"NullFn" is not among/) })
})
