// The text genome of Stanley's original NEAT (C++, 1.2.1): one node or gene a line between `genomestart` and
// `genomeend`. Traits, innovation numbers and disabled genes do not shape the network and are left behind.

import {
  assemble, attempt, fault, hiddenNumbers, mustBeAcyclic, neuronPlace, quoted, readDecimal, readInteger, withoutMark,
} from './foreign.ts'
import type { ForeignNetwork, Reading, Writing } from './foreign.ts'
import { FIRST_ACTUATOR, isActuator, isSensor } from '../genotype/genotype.ts'
import type { Genotype, Neuron, NeuronId, UpdateRule } from '../genotype/genotype.ts'
import { orderOf } from '../network/graph.ts'

/** What a node is for, in the last column of its line. */
const HIDDEN = 0
const INPUT = 1
const OUTPUT = 2
const BIAS = 3

const NEURON: Omit<Neuron, 'id'> = { activation: 'steep-sigmoid', aggregation: 'sum', bias: 0, response: 1 }

/**
 * Reads the first genome of a file. Inputs keep the file's order, the bias node is an input like the others.
 * @param rule the format names none: it is a matter of the experiment. `stanley` replays pole balancing exactly; a
 * task that waits until the network has settled, such as XOR, asks for `ordered`
 */
export function readNeat(text: string, rule: UpdateRule = { kind: 'stanley' }): Reading {
  return attempt(() => assemble({ ...parse(withoutMark(text)), rule, acyclic: false }))
}

function parse(text: string): Omit<ForeignNetwork, 'rule' | 'acyclic'> {
  const inputs: number[] = []
  const outputs: number[] = []
  const known = new Set<number>()
  const neurons = new Map<number, Omit<Neuron, 'id'>>()
  const links: { source: number; target: number; weight: number; place: string }[] = []
  let started = false
  for (const { words, place } of linesOf(text)) {
    const [keyword, ...columns] = words
    if (!started) {
      if (keyword !== 'genomestart') fault(place, `expected genomestart, got ${quoted(keyword)}`)
      started = true
    } else if (keyword === 'node') {
      const { id, kind } = readNode(columns, place)
      if (known.has(id)) fault(place, `node ${id} a second time`)
      known.add(id)
      if (kind === INPUT || kind === BIAS) inputs.push(id)
      else neurons.set(id, NEURON)
      if (kind === OUTPUT) outputs.push(id)
    } else if (keyword === 'gene') {
      const link = readGene(columns, place)
      if (link !== undefined) links.push({ ...link, place })
    } else if (keyword === 'genomeend') {
      return { inputs, outputs, neurons, links }
    } else if (keyword !== 'trait') {
      fault(place, `expected trait, node, gene or genomeend, got ${quoted(keyword)}`)
    }
  }
  fault('end of file', started ? 'genomeend is missing, the genome is cut short' : 'no genomestart')
}

function readNode(columns: readonly string[], place: string): { id: number; kind: number } {
  if (columns.length !== 4) fault(place, `a node has 4 columns (id, trait, type, placement), got ${columns.length}`)
  const id = readInteger(columns[0], place, 'node id')
  const isSensor = readInteger(columns[2], place, 'node type') === 1
  const kind = readInteger(columns[3], place, 'node placement')
  if (kind !== HIDDEN && kind !== INPUT && kind !== OUTPUT && kind !== BIAS) fault(place, `node placement is 0 to 3, got ${kind}`)
  if (isSensor !== (kind === INPUT || kind === BIAS)) fault(place, `node type ${columns[2]} does not go with placement ${kind}`)
  return { id, kind }
}

/** Undefined for a disabled gene. */
function readGene(columns: readonly string[], place: string): { source: number; target: number; weight: number } | undefined {
  if (columns.length !== 8) {
    fault(place, `a gene has 8 columns (trait, in, out, weight, recurrent, innovation, mutation, enabled), got ${columns.length}`)
  }
  const source = readInteger(columns[1], place, 'in-node')
  const target = readInteger(columns[2], place, 'out-node')
  const weight = readDecimal(columns[3], place, 'weight')
  const enabled = columns[7]
  if (enabled !== '0' && enabled !== '1') fault(place, `enabled is 0 or 1, got ${quoted(enabled)}`)
  return enabled === '1' ? { source, target, weight } : undefined
}

/** Lines with something on them; `/*` opens a comment line, as in the original's own files. */
function* linesOf(text: string): Generator<{ words: string[]; place: string }> {
  const lines = text.split(/\r\n|\n|\r/)
  for (let i = 0; i < lines.length; i++) {
    const words = lines[i]!.trim().split(/\s+/)
    if (words[0] !== '' && !words[0]!.startsWith('/*')) yield { words, place: `line ${i + 1}` }
  }
}

/**
 * Writes one genome. The format has one activation, no biases but those of a sensor, and names no rule: `stanley` is what
 * the original does, and a network under `ordered` without cycles gives what the original gives once it has settled.
 */
export function writeNeat(genotype: Genotype): Writing {
  return attempt(() => {
    assertRepresentable(genotype)
    const { inputs, outputs, neurons, links } = genotype
    const hidden = hiddenNumbers(genotype, inputs + outputs + 1)
    const numberOf = (id: NeuronId): number =>
      isSensor(id) ? id + 1 : isActuator(id) ? inputs + 1 + id - FIRST_ACTUATOR : hidden.get(id)!
    const { recurrent } = orderOf(genotype)
    return [
      'genomestart 1',
      'trait 1 0.1 0 0 0 0 0 0 0',
      ...Array.from({ length: inputs }, (_, id) => `node ${numberOf(id)} 1 1 ${INPUT}`),
      ...neurons.map(({ id }) => `node ${numberOf(id)} 1 0 ${isActuator(id) ? OUTPUT : HIDDEN}`),
      ...Array.from(links.weights, (weight, i) =>
        `gene 1 ${numberOf(links.sources[i]!)} ${numberOf(links.targets[i]!)} ${weight} ${recurrent[i]} ${i + 1} ${weight} 1`),
      'genomeend 1',
      '',
    ].join('\n')
  })
}

function assertRepresentable(genotype: Genotype): void {
  const { rule } = genotype
  if (rule.kind === 'synchronous') fault('rule', `a NEAT genome is computed under stanley or ordered, not synchronous ${rule.steps}`)
  if (rule.kind === 'ordered') mustBeAcyclic(genotype, 'the original NEAT would compute it otherwise than the ordered rule')
  for (const neuron of genotype.neurons) {
    const { activation, aggregation, bias, response } = neuron
    if (activation !== NEURON.activation) fault(neuronPlace(neuron), `a NEAT genome knows only ${NEURON.activation}, not ${activation}`)
    if (aggregation !== NEURON.aggregation) fault(neuronPlace(neuron), `a NEAT genome knows only ${NEURON.aggregation}, not ${aggregation}`)
    if (bias !== 0) fault(neuronPlace(neuron), `a NEAT genome has a bias only as a sensor; this neuron's own is ${bias}`)
    if (response !== 1) fault(neuronPlace(neuron), `a NEAT genome has no response; this neuron's is ${response}`)
  }
}
