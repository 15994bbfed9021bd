// Writes the golden vectors anew: `node packages/evolve/vectors/regenerate.ts`. A difference in any file but by added
// cases means another format or another result for the same genotype: count the version up first.

import { writeFileSync } from 'node:fs'
import {
  activationNames, aggregationNames, cidOf, compile, costOf, cos, createGenotype, createRandom, describeGenotype, encodeDelta, encodeGenotype,
  episodeRandom, exp, fingerprintOf, linksOf, log, plainNeuron, sin, splitId, tanh, type Genotype, type Link, type Neuron,
} from '../src/index.ts'

function bitsOf(x: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

function write(name: string, value: unknown): void {
  // One case per line keeps differences readable.
  const text = JSON.stringify(value, (_, v: unknown) => v, 1).replace(/\n {3,}/g, ' ').replace(/\n {2}([\]}])/g, ' $1')
  writeFileSync(new URL(name, import.meta.url), `${text}\n`)
}

const hidden = (id: number, rest: Partial<ReturnType<typeof plainNeuron>> = {}) => ({ ...plainNeuron(id), ...rest })
const [h1, h2, h3] = [splitId(0, 4_096, 0), splitId(1, 4_096, 0), splitId(0, 4_096, 1)] as const

const genotypes: Record<string, Genotype> = {
  'no links': createGenotype({ inputs: 1, outputs: 1, rule: { kind: 'ordered' } }),
  'xor, f32': createGenotype({
    inputs: 3, outputs: 1, rule: { kind: 'ordered' }, neurons: [hidden(h1)],
    links: [[0, h1, -1.5], [1, h1, 1], [2, h1, 1], [0, 4_096, -0.5], [1, 4_096, 1.25], [2, 4_096, 1.25], [h1, 4_096, -3]].map(([from, to, weight]) => ({ from: from!, to: to!, weight: weight! })),
  }),
  'one f64 parameter makes all wide': createGenotype({
    inputs: 2, outputs: 1, rule: { kind: 'ordered' }, links: [{ from: 0, to: 4_096, weight: 0.1 }, { from: 1, to: 4_096, weight: -0.75 }],
  }),
  'responses and biases': createGenotype({
    inputs: 2, outputs: 2, rule: { kind: 'ordered' },
    neurons: [hidden(4_096, { bias: 0.25, response: 2, activation: 'neat-python-sigmoid' }), hidden(h1, { bias: -1, response: -0.5, activation: 'tanh' })],
    links: [{ from: 0, to: h1, weight: 1 }, { from: h1, to: 4_096, weight: 2 }, { from: 1, to: 4_097, weight: -2 }],
  }),
  'ordered with cycles': createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'ordered' },
    neurons: [hidden(h1, { activation: 'tanh' }), hidden(h2, { activation: 'softsign' }), hidden(h3, { activation: 'sine' })],
    links: [[0, h1, 1], [h1, h2, 1.5], [h2, h3, -2], [h3, h1, 0.5], [h2, h2, 0.75], [h3, 4_096, 1], [4_096, h2, -1]].map(([from, to, weight]) => ({ from: from!, to: to!, weight: weight! })),
  }),
  'synchronous, three steps': createGenotype({
    inputs: 2, outputs: 1, rule: { kind: 'synchronous', steps: 3 },
    neurons: [hidden(h1, { activation: 'tanh' }), hidden(h2, { activation: 'relu' })],
    links: [[0, h1, 1], [1, h2, 1.5], [h1, h2, -2], [h2, h1, 0.5], [h2, 4_096, 0.75], [4_096, 4_096, 0.5]].map(([from, to, weight]) => ({ from: from!, to: to!, weight: weight! })),
  }),
  'stanley, output reached in the third pass': createGenotype({
    inputs: 1, outputs: 1, rule: { kind: 'stanley' }, neurons: [hidden(65_540), hidden(65_538), hidden(65_539)],
    links: [[0, 65_540, 1], [65_540, 65_538, 2], [65_538, 65_539, -1], [65_539, 4_096, 1.5], [4_096, 65_540, -1]].map(([from, to, weight]) => ({ from: from!, to: to!, weight: weight! })),
  }),
  'every activation': createGenotype({
    inputs: 1, outputs: activationNames.length, rule: { kind: 'ordered' },
    neurons: activationNames.map((activation, i) => hidden(4_096 + i, { activation, bias: 0.125 })),
    links: activationNames.map((_, i) => ({ from: 0, to: 4_096 + i, weight: 1 })),
  }),
  'every aggregation': createGenotype({
    inputs: 3, outputs: aggregationNames.length, rule: { kind: 'ordered' },
    neurons: aggregationNames.map((aggregation, i) => hidden(4_096 + i, { aggregation, activation: 'identity' })),
    links: aggregationNames.flatMap((_, i) => [0, 1, 2].map((from) => ({ from, to: 4_096 + i, weight: [2, -3, 0.5][from]! }))),
  }),
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

function vectorOf(name: string, genotype: Genotype): unknown {
  const bytes = encodeGenotype(genotype)
  const random = episodeRandom(name, 0)
  const network = compile(genotype)
  const steps = Array.from({ length: 6 }, () => {
    const inputs = Array.from({ length: genotype.inputs }, () => 4 * random.uniform() - 2)
    return { inputs: inputs.map(bitsOf), outputs: Array.from(network.activate(inputs), bitsOf) }
  })
  return { name, hex: hexOf(bytes), cid: cidOf(bytes), cost: costOf(genotype), fingerprint: fingerprintOf(genotype), description: describeGenotype(genotype), steps }
}

const own = { exp, log, tanh, sin, cos }
const random = createRandom(20_020)
const special = [0, 1, -1, 0.5, 1e-10, 2.2250738585072014e-308, 5e-324, 709.782712893384, -745.1, 22, 0.34657359027997264, 1.5707963267948966, 3.141592653589793, 100_000]
const samples = [...special, ...Array.from({ length: 20 }, () => 3 * random.normal()), ...Array.from({ length: 10 }, () => 100 * random.normal())]

write('math.json', {
  cases: Object.entries(own).flatMap(([name, f]) => samples.map((x) => (name === 'log' ? Math.abs(x) : x)).map((x) => ({ name, x: bitsOf(x), y: bitsOf(f(x)) }))),
})
write('random.json', {
  streams: [0, 1, 42, 2 ** 32, 2 ** 53 - 1].map((seed) => {
    const stream = createRandom(seed)
    const take = <T>(draw: () => T): T[] => Array.from({ length: 4 }, draw)
    return { seed, uniforms: take(() => stream.uniform()), integers: take(() => stream.integer(1_000)), normals: take(() => stream.normal()), state: stream.state() }
  }),
  episodes: [['', 0], ['xor 1', 0], ['xor 1', 1], ['double-pole 1', 4_294_967_295]].map(([key, episode]) => {
    const stream = episodeRandom(key as string, episode as number)
    return { key, episode, uniforms: Array.from({ length: 4 }, () => stream.uniform()) }
  }),
})
write('identity.json', {
  splits: [[0, 4_096, 0], [0, 4_096, 1], [1, 4_096, 0], [4_095, 8_191, 0], [h1, 4_096, 0], [h1, h2, 3], [2 ** 48 - 1, 2 ** 48 - 1, 65_535]]
    .map(([source, target, occurrence]) => ({ source, target, occurrence, id: splitId(source!, target!, occurrence!) })),
})
write('genotypes.json', { cases: Object.entries(genotypes).map(([name, genotype]) => vectorOf(name, genotype)) })

/** A genotype with other neurons or links. */
function changed(base: Genotype, change: { neurons?: (neurons: readonly Neuron[]) => readonly Neuron[]; links?: (links: readonly Link[]) => readonly Link[] }): Genotype {
  const { inputs, outputs, rule, neurons } = base
  return createGenotype({ inputs, outputs, rule, neurons: (change.neurons ?? ((all) => all))(neurons), links: (change.links ?? ((all) => all))(linksOf(base)) })
}

const xor = genotypes['xor, f32']!
const wired = createGenotype({
  inputs: 20, outputs: 2, rule: { kind: 'ordered' }, neurons: [hidden(h1), hidden(h2)],
  links: [4_096, 4_097, h1, h2].flatMap((to) => Array.from({ length: 20 }, (_, from) => ({ from, to, weight: (from + 1) / 4 }))).concat([{ from: h1, to: 4_096, weight: 1 }, { from: h2, to: 4_097, weight: 2 }]),
})
const deltas: readonly (readonly [string, Genotype, Genotype])[] = [
  ['nothing', xor, xor],
  ['every weight', xor, changed(xor, { links: (links) => links.map((link) => ({ ...link, weight: link.weight * 2 })) })],
  ['three of 82 weights, by their steps', wired, changed(wired, { links: (links) => links.map((link, i) => (i % 30 === 7 ? { ...link, weight: -1 } : link)) })],
  ['every fourth weight, as bits', wired, changed(wired, { links: (links) => links.map((link, i) => (i % 4 === 1 ? { ...link, weight: -1 } : link)) })],
  ['a wide bias', xor, changed(xor, { neurons: (neurons) => neurons.map((neuron) => ({ ...neuron, bias: neuron.id === h1 ? 0.1 : 0 })) })],
  ['responses, an activation, an aggregation', xor, changed(xor, { neurons: (neurons) => neurons.map((neuron) => ({ ...neuron, response: 2, activation: 'tanh', aggregation: 'max' })) })],
  ['a split link', xor, changed(xor, {
    neurons: (neurons) => [...neurons, hidden(splitId(0, 4_096, 0) === h1 ? h2 : h3, { activation: 'relu' })],
    links: (links) => [...links.filter(({ from, to }) => from !== 1 || to !== 4_096), { from: 1, to: h2, weight: 1 }, { from: h2, to: 4_096, weight: 1.25 }],
  })],
  ['a neuron gone', wired, changed(wired, { neurons: (neurons) => neurons.filter(({ id }) => id !== h1), links: (links) => links.filter(({ from, to }) => from !== h1 && to !== h1) })],
  ['links added and removed', wired, changed(wired, { links: (links) => [...links.filter((_, i) => i !== 3 && i !== 50), { from: h1, to: h1, weight: 0.5 }, { from: 4_097, to: h2, weight: -0.5 }] })],
]
write('deltas.json', {
  cases: deltas.map(([name, base, child]) => {
    const bytes = encodeGenotype(child)
    return { name, base: hexOf(encodeGenotype(base)), delta: hexOf(encodeDelta(base, child)!), child: hexOf(bytes), cid: cidOf(bytes) }
  }),
})
