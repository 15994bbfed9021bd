// The JSON export of neat-python, format 1.0 (https://github.com/CodeReclaimers/neat-python, `export_network_json`).
// Every field is checked by hand: the file comes from a stranger.

import { assemble, attempt, fault, hiddenNumbers, mustBeAcyclic, neuronPlace, quoted, withoutMark } from './foreign.ts'
import type { ForeignNetwork, Reading, Writing } from './foreign.ts'
import { END_OF_IDS, FIRST_ACTUATOR, FIRST_HIDDEN, isActuator, isSensor } from '../genotype/genotype.ts'
import type { Genotype, Neuron, NeuronId, UpdateRule } from '../genotype/genotype.ts'
import type { ActivationName } from '../network/activation.ts'
import type { AggregationName } from '../network/aggregation.ts'

/** neat-python scales and clamps the input of some functions; those have names of their own here. */
const ACTIVATIONS: ReadonlyMap<string, ActivationName> = new Map([
  ['sigmoid', 'neat-python-sigmoid'], ['tanh', 'neat-python-tanh'], ['sin', 'neat-python-sine'], ['gauss', 'neat-python-gaussian'],
  ['relu', 'relu'], ['identity', 'identity'], ['clamped', 'clamp'], ['abs', 'absolute'], ['square', 'square'],
])
const AGGREGATIONS: ReadonlyMap<string, AggregationName> = new Map([
  ['sum', 'sum'], ['product', 'product'], ['max', 'max'], ['min', 'min'], ['mean', 'mean'], ['maxabs', 'max-abs'],
])
const RULES: ReadonlyMap<string, UpdateRule> = new Map<string, UpdateRule>([
  ['feedforward', { kind: 'ordered' }], ['recurrent', { kind: 'synchronous', steps: 1 }],
])

type Fields = Readonly<Record<string, unknown>>

export function readNeatPython(text: string): Reading {
  return attempt(() => {
    const network = parse(parseJson(withoutMark(text)))
    assertJoinable(network)
    return assemble(network)
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = (error as Error).message.replace(/\s+/g, ' ')
    const position = /position (\d+)/.exec(message)?.[1]
    const place = position === undefined ? 'file' : `line ${text.slice(0, Number(position)).split('\n').length}`
    fault(place, `not JSON (${message})`)
  }
}

function parse(json: unknown): ForeignNetwork {
  const file = asFields(json, 'file')
  const kind = asText(file['network_type'], 'network_type')
  const topology = asFields(file['topology'], 'topology')
  const neurons = new Map<number, Omit<Neuron, 'id'>>()
  asList(file['nodes'], 'nodes').forEach((entry, i) => {
    const node = asFields(entry, `nodes[${i}]`)
    if (node['type'] === 'input') return
    const id = asId(node['id'], `nodes[${i}].id`)
    if (neurons.has(id)) fault(`nodes[${i}].id`, `node ${id} a second time`)
    neurons.set(id, readNode(node, `nodes[${i}]`))
  })
  const outputs = asList(topology['output_keys'], 'topology.output_keys').map((id, i) => asId(id, `topology.output_keys[${i}]`))
  outputs.forEach((id, i) => { if (!neurons.has(id)) fault(`topology.output_keys[${i}]`, `node ${id} is not among the nodes`) })
  const inputs = asList(topology['input_keys'], 'topology.input_keys').map((id, i) => asInteger(id, `topology.input_keys[${i}]`))
  const repeated = inputs.length - new Set(inputs).size
  if (repeated > 0) fault('topology.input_keys', `names ${repeated} inputs a second time`)
  const rule = RULES.get(kind) ?? fault('network_type', `only feedforward and recurrent can be read, got ${quoted(kind)}`)
  return {
    inputs,
    outputs,
    rule,
    acyclic: rule.kind === 'ordered',
    neurons,
    links: asList(file['connections'], 'connections').flatMap((entry, i) => {
      const place = `connections[${i}]`
      const link = asFields(entry, place)
      if (link['enabled'] === false) return []
      const weight = asNumber(link['weight'], `${place}.weight`)
      return [{ source: asInteger(link['from'], `${place}.from`), target: asInteger(link['to'], `${place}.to`), weight, place }]
    }),
  }
}

/** Without inputs only a sum is 0 there as here: a product is 1, and a largest of nothing is an error. */
function assertJoinable({ neurons, links }: ForeignNetwork): void {
  const joined = new Set(links.map(({ target }) => target))
  for (const [id, { aggregation }] of neurons) {
    if (aggregation !== 'sum' && !joined.has(id)) fault(`node ${id}`, `has no input for its aggregation ${aggregation}`)
  }
}

function readNode(node: Fields, place: string): Omit<Neuron, 'id'> {
  return {
    activation: named(node['activation'], ACTIVATIONS, `${place}.activation`),
    aggregation: named(node['aggregation'], AGGREGATIONS, `${place}.aggregation`),
    bias: asNumber(node['bias'], `${place}.bias`),
    response: asNumber(node['response'], `${place}.response`),
  }
}

function named<T>(value: unknown, names: ReadonlyMap<string, T>, place: string): T {
  const fields = asFields(value, place)
  const name = asText(fields['name'], `${place}.name`)
  if (fields['custom'] === true) fault(`${place}.name`, `${quoted(name)} is a function of the author's own, which no other program has`)
  return names.get(name) ?? fault(`${place}.name`, `${quoted(name)} is not among ${[...names.keys()].join(', ')}`)
}

function asFields(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fault(place, `must be an object, got ${shown(value)}`)
  return value as Fields
}

function asList(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) fault(place, `must be a list, got ${shown(value)}`)
  return value as readonly unknown[]
}

function asText(value: unknown, place: string): string {
  return typeof value === 'string' ? value : fault(place, `must be text, got ${shown(value)}`)
}

function asNumber(value: unknown, place: string): number {
  if (typeof value !== 'number' || value - value !== 0) fault(place, `must be a finite number, got ${shown(value)}`)
  return value + 0
}

function asInteger(value: unknown, place: string): number {
  return Number.isSafeInteger(value) ? (value as number) + 0 : fault(place, `must be a whole number, got ${shown(value)}`)
}

/** Inputs are negative in this format, everything else is not. */
function asId(value: unknown, place: string): number {
  const id = asInteger(value, place)
  return id >= 0 ? id : fault(place, `must not be negative, got ${id}`)
}

/** Lists and objects only by kind: printing one that is nested deep enough would overflow the stack. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : quoted(JSON.stringify(value))
}

/** Writes the JSON of one network, without metadata. Floats are the shortest text that reads back as the same. */
export function writeNeatPython(genotype: Genotype): Writing {
  return attempt(() => {
    const { inputs, outputs, neurons, links } = genotype
    const type = networkType(genotype)
    const hidden = hiddenNumbers(genotype, outputs, END_OF_IDS - FIRST_HIDDEN)
    const keyOf = (id: NeuronId): number => (isSensor(id) ? -1 - id : isActuator(id) ? id - FIRST_ACTUATOR : hidden.get(id)!)
    const joined = new Set(links.targets)
    const inputKeys = Array.from({ length: inputs }, (_, id) => keyOf(id))
    const file = {
      format_version: '1.0',
      network_type: type,
      metadata: {},
      topology: {
        num_inputs: inputs,
        num_outputs: outputs,
        input_keys: inputKeys,
        output_keys: Array.from({ length: outputs }, (_, index) => index),
      },
      nodes: [
        ...neurons.map((neuron) => ({ id: keyOf(neuron.id), ...describeNode(neuron, joined.has(neuron.id)) })),
        ...inputKeys.map((id) => ({ id, ...INPUT_NODE })),
      ],
      connections: Array.from(links.weights, (weight, i) => ({
        from: keyOf(links.sources[i]!), to: keyOf(links.targets[i]!), weight, enabled: true,
      })),
    }
    return `${JSON.stringify(file, undefined, 2)}\n`
  })
}

const builtIn = (name: string) => ({ name, custom: false })
const INPUT_NODE = { type: 'input', activation: builtIn('identity'), aggregation: builtIn('none'), bias: 0, response: 1 }

function describeNode(neuron: Neuron, joins: boolean) {
  const { id, activation, aggregation, bias, response } = neuron
  if (aggregation !== 'sum' && !joins) fault(neuronPlace(neuron), `neat-python cannot compute ${aggregation} of no inputs`)
  return {
    type: isActuator(id) ? 'output' : 'hidden',
    activation: builtIn(foreignName(ACTIVATIONS, activation, neuron)),
    aggregation: builtIn(foreignName(AGGREGATIONS, aggregation, neuron)),
    bias,
    response,
  }
}

function networkType(genotype: Genotype): string {
  const { rule } = genotype
  if (rule.kind === 'stanley') fault('rule', 'neat-python computes feedforward or recurrent networks, none as the original NEAT did')
  if (rule.kind === 'ordered') {
    mustBeAcyclic(genotype, 'a feedforward network of neat-python has none, and its recurrent one computes all neurons at once')
    return 'feedforward'
  }
  if (rule.steps !== 1) fault('rule', `a recurrent network of neat-python takes 1 step, this one ${rule.steps}`)
  return 'recurrent'
}

function foreignName<Name>(names: ReadonlyMap<string, Name>, own: Name, neuron: Neuron): string {
  for (const [foreign, name] of names) if (name === own) return foreign
  fault(neuronPlace(neuron), `neat-python has no ${own}; it has what is called ${[...names.values()].join(', ')} here`)
}
