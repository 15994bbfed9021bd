// SharpNEAT's `.net` files (https://github.com/colgreen/sharpneat, docs of the net file format): sections of lines
// divided by empty lines, `#` opens a comment.

import {
  assemble, attempt, fault, hiddenNumbers, mustBeAcyclic, neuronPlace, quoted, readDecimal, readInteger, withoutMark,
} from './foreign.ts'
import type { ForeignNetwork, Reading, Writing } from './foreign.ts'
import { FIRST_ACTUATOR, isActuator, isHidden, isSensor, MAX_NEURONS, MAX_SENSORS, MAX_STEPS } from '../genotype/genotype.ts'
import type { Genotype, Neuron, NeuronId, UpdateRule } from '../genotype/genotype.ts'
import type { ActivationName } from '../network/activation.ts'

/** SharpNEAT's name, our function and the gain inside it. */
const ACTIVATIONS: ReadonlyMap<string, readonly [ActivationName, number]> = new Map<string, readonly [ActivationName, number]>([
  ['ReLU', ['relu', 1]], ['LeakyReLU', ['leaky-relu', 1]], ['Logistic', ['sigmoid', 1]], ['LogisticSteep', ['sigmoid', 4.9]],
  ['TanH', ['tanh', 1]], ['Sine', ['sine', 2]], ['Gaussian', ['sharpneat-gaussian', 1]], ['Linear', ['clamp', 1]],
])

interface Line {
  readonly words: readonly string[]
  readonly place: string
}

export function readSharpneat(text: string): Reading {
  return attempt(() => assemble(parse(sectionsOf(withoutMark(text)))))
}

function parse(sections: readonly (readonly Line[])[]): ForeignNetwork {
  const [counts, scheme, links, functions, perNode] = sections
  const [inputs, outputs] = readCounts(only(counts, 'input and output counts'))
  const rule = readScheme(only(scheme, 'acyclic or cyclic'))
  const read = (links ?? []).map(({ words, place }) => {
    if (words.length !== 3) fault(place, `a connection has 3 columns (source, target, weight), got ${words.length}`)
    return {
      source: readInteger(words[0], place, 'source'),
      target: readInteger(words[1], place, 'target'),
      weight: readDecimal(words[2], place, 'weight'),
      place,
    }
  })
  const table = readFunctions(functions ?? fault('end of file', 'no activation functions'))
  const neurons = new Map<number, Omit<Neuron, 'id'>>()
  for (let id = inputs; id < inputs + outputs; id++) neurons.set(id, table[0]!)
  for (const { source, target } of read) {
    if (source >= inputs) neurons.set(source, table[0]!)
    if (target >= inputs) neurons.set(target, table[0]!)
  }
  for (const { words, place } of perNode ?? []) {
    if (words.length !== 2) fault(place, `a node's function has 2 columns (node, function), got ${words.length}`)
    const id = readInteger(words[0], place, 'node')
    const index = readInteger(words[1], place, 'function')
    if (id < inputs) fault(place, `node ${id} is an input, which has no function`)
    neurons.set(id, table[index] ?? fault(place, `function ${index} is not among the ${table.length} functions`))
  }
  const acyclic = rule.kind === 'ordered'
  return { inputs: countFrom(0, inputs), outputs: countFrom(inputs, outputs), rule, acyclic, neurons, links: read }
}

function readCounts({ words, place }: Line): readonly [number, number] {
  if (words.length !== 2) fault(place, `expected two counts (inputs, outputs), got ${words.length} columns`)
  const inputs = readInteger(words[0], place, 'input count')
  const outputs = readInteger(words[1], place, 'output count')
  // Must hold before anything is allocated by these counts.
  if (inputs < 1 || inputs > MAX_SENSORS) fault(place, `input count is 1 to ${MAX_SENSORS}, got ${inputs}`)
  if (outputs < 1 || outputs > MAX_NEURONS) fault(place, `output count is 1 to ${MAX_NEURONS}, got ${outputs}`)
  return [inputs, outputs]
}

function readScheme({ words, place }: Line): UpdateRule {
  if (words[0] === 'acyclic' && words.length === 1) return { kind: 'ordered' }
  if (words[0] !== 'cyclic' || words.length !== 2) fault(place, `expected "acyclic" or "cyclic N", got ${quoted(words.join(' '))}`)
  const steps = readInteger(words[1], place, 'cycles per activation')
  if (steps < 1 || steps > MAX_STEPS) fault(place, `cycles per activation is 1 to ${MAX_STEPS}, got ${steps}`)
  return { kind: 'synchronous', steps }
}

function readFunctions(lines: readonly Line[]): readonly Omit<Neuron, 'id'>[] {
  return lines.map(({ words, place }, i) => {
    if (words.length !== 2) fault(place, `an activation function has 2 columns (id, code), got ${words.length}`)
    const id = readInteger(words[0], place, 'function id')
    if (id !== i) fault(place, `function ids count up from 0, expected ${i}, got ${id}`)
    const [activation, response] = ACTIVATIONS.get(words[1]!) ??
      fault(place, `function ${quoted(words[1])} is not among ${[...ACTIVATIONS.keys()].join(', ')}`)
    return { activation, aggregation: 'sum', bias: 0, response }
  })
}

function only(section: readonly Line[] | undefined, what: string): Line {
  if (section === undefined) fault('end of file', `expected ${what}`)
  if (section.length > 1) fault(section[1]!.place, `expected an empty line after ${what}`)
  return section[0]!
}

function sectionsOf(text: string): readonly (readonly Line[])[] {
  const sections: Line[][] = [[]]
  text.split(/\r\n|\n|\r/).forEach((line, i) => {
    if (line.startsWith('#')) return
    const words = line.trim().split(/\s+/)
    if (words[0] !== '') sections.at(-1)!.push({ words, place: `line ${i + 1}` })
    else if (sections.at(-1)!.length > 0) sections.push([])
  })
  return sections.filter((section) => section.length > 0)
}

function countFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

/** Writes one network, functions per neuron where they differ. Weights are the shortest text that reads back as the same. */
export function writeSharpneat(genotype: Genotype): Writing {
  return attempt(() => {
    const { inputs, outputs, neurons, links } = genotype
    const scheme = schemeOf(genotype)
    const hidden = hiddenNumbers(genotype, inputs + outputs)
    const numberOf = (id: NeuronId): number => (isSensor(id) ? id : isActuator(id) ? inputs + id - FIRST_ACTUATOR : hidden.get(id)!)
    const linked = new Set([...links.sources, ...links.targets])
    const functions = neurons.map((neuron) => {
      if (isHidden(neuron.id) && !linked.has(neuron.id)) {
        fault(neuronPlace(neuron), 'has no links, and a SharpNEAT file knows hidden nodes by theirs')
      }
      return functionOf(neuron)
    })
    const table = [...new Set(functions)]
    const perNode = neurons.map(({ id }, i) => `${numberOf(id)} ${table.indexOf(functions[i]!)}`)
    return [
      '# Inputs, outputs.', `${inputs} ${outputs}`, '',
      '# Update scheme.', scheme, '',
      '# Source, target, weight.',
      ...Array.from(links.weights, (weight, i) => `${numberOf(links.sources[i]!)} ${numberOf(links.targets[i]!)} ${weight}`), '',
      '# Functions.', ...table.map((name, i) => `${i} ${name}`),
      ...(table.length === 1 ? [] : ['', '# Node, function.', ...perNode]), '',
    ].join('\n')
  })
}

function schemeOf(genotype: Genotype): string {
  const { rule, links } = genotype
  // Readers take the first section after the scheme for the links, so it cannot be empty.
  if (links.weights.length === 0) fault('links', 'there are none, and a SharpNEAT file needs at least one')
  if (rule.kind === 'stanley') fault('rule', 'SharpNEAT computes acyclic or cyclic networks, none as the original NEAT did')
  if (rule.kind === 'synchronous') return `cyclic ${rule.steps}`
  mustBeAcyclic(genotype, 'an acyclic network of SharpNEAT has none, and its cyclic one computes all nodes at once')
  return 'acyclic'
}

function functionOf(neuron: Neuron): string {
  const { activation, aggregation, bias, response } = neuron
  const place = neuronPlace(neuron)
  if (aggregation !== 'sum') fault(place, `a SharpNEAT node sums, it cannot take the ${aggregation}`)
  if (bias !== 0) fault(place, `a SharpNEAT node has no bias; this neuron's is ${bias}`)
  for (const [name, [own, gain]] of ACTIVATIONS) if (own === activation && gain === response) return name
  const known = [...ACTIVATIONS.values()].map(([own, gain]) => (gain === 1 ? own : `${own} with response ${gain}`)).join(', ')
  fault(place, `${activation} with response ${response} is not among what SharpNEAT has: ${known}`)
}
