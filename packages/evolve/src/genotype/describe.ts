// The JSON shape of a genotype, for people and other programs: never between peers, never hashed.

import { activationNames } from '../network/activation.ts'
import { aggregationNames } from '../network/aggregation.ts'
import { incomingOf, orderOf } from '../network/graph.ts'
import { cidOf } from './cid.ts'
import { encodeGenotype, GENOTYPE_VERSION, type Decoded } from './codec.ts'
import { createGenotype, type Link } from './create.ts'
import { FIRST_ACTUATOR, isActuator, isHidden, isSensor, type Genotype, type Neuron, type NeuronId, type UpdateRule } from './genotype.ts'

export interface NeuronDescription {
  readonly id: NeuronId
  readonly kind: 'sensor' | 'hidden' | 'actuator'
  readonly label?: string
  /** Sensors pass their input on: `identity`, `sum`, bias 0, response 1. */
  readonly activation: string
  readonly aggregation: string
  readonly bias: number
  readonly response: number
}

export interface GenotypeDescription {
  readonly format: 'megabrain-genotype'
  readonly version: number
  readonly cid: string
  readonly rule: UpdateRule
  /** Sensors, then the neurons in order of evaluation. */
  readonly neurons: readonly NeuronDescription[]
  /** `recurrent`: reads an earlier value. Under the synchronous rules every link from a neuron does. */
  readonly links: readonly { readonly from: NeuronId; readonly to: NeuronId; readonly weight: number; readonly recurrent: boolean }[]
}

export interface Labels {
  readonly inputLabels?: readonly string[]
  readonly outputLabels?: readonly string[]
}

/** `JSON.stringify` of the result loses nothing: it prints the shortest text that reads back as the same f64. */
export function describeGenotype(genotype: Genotype, labels: Labels = {}): GenotypeDescription {
  const { inputs, neurons, links, rule } = genotype
  const incoming = incomingOf(genotype)
  const { order, recurrent } = orderOf(genotype, incoming)
  const ordered = rule.kind === 'ordered'
  const described: NeuronDescription[] = []
  for (let id = 0; id < inputs; id++) {
    const label = labelled(labels.inputLabels?.[id])
    described.push({ id, kind: 'sensor', ...label, activation: 'identity', aggregation: 'sum', bias: 0, response: 1 })
  }
  for (let n = 0; n < neurons.length; n++) {
    const { id, activation, aggregation, bias, response } = neurons[ordered ? order[n]! : n]!
    const label = isActuator(id) ? labels.outputLabels?.[id - FIRST_ACTUATOR] : undefined
    described.push({ id, kind: isActuator(id) ? 'actuator' : 'hidden', ...labelled(label), activation, aggregation, bias, response })
  }
  return {
    format: 'megabrain-genotype',
    version: GENOTYPE_VERSION,
    cid: cidOf(encodeGenotype(genotype)),
    rule,
    neurons: described,
    links: Array.from(links.weights, (weight, i) => ({
      from: links.sources[i]!,
      to: links.targets[i]!,
      weight,
      recurrent: ordered ? recurrent[i] === 1 : !isSensor(links.sources[i]!),
    })),
  }
}

/**
 * Reads what `describeGenotype` gave, after `JSON.parse`. Unknown fields are ignored; `cid`, when there, must be right.
 * Never throws; the reason is a sentence.
 */
export function genotypeFromDescription(json: unknown): Decoded<Genotype, string> {
  try {
    const genotype = read(json)
    const cid = (json as { cid?: unknown }).cid
    if (cid !== undefined && cid !== cidOf(encodeGenotype(genotype))) return { ok: false, reason: 'The cid is not that of this genotype' }
    return { ok: true, value: genotype }
  } catch (error) {
    // `read` and `createGenotype` throw sentences; anything else is our bug.
    if (error instanceof RangeError) return { ok: false, reason: error.message }
    throw error
  }
}

function read(json: unknown): Genotype {
  const root = record(json, 'A genotype description')
  if (root['format'] !== 'megabrain-genotype') throw new RangeError('The format must be megabrain-genotype')
  if (root['version'] !== GENOTYPE_VERSION) throw new RangeError(`The version must be ${GENOTYPE_VERSION}`)
  const neurons: Neuron[] = []
  let inputs = 0
  let outputs = 0
  for (const item of list(root['neurons'], 'neurons')) {
    const neuron = record(item, 'A neuron')
    const id = number(neuron['id'], 'id')
    const kind = isSensor(id) ? 'sensor' : isHidden(id) ? 'hidden' : 'actuator'
    if (neuron['kind'] !== kind) throw new RangeError(`Neuron ${id} is a ${kind}`)
    if (kind === 'actuator') outputs++
    if (kind === 'sensor') {
      if (id !== inputs++) throw new RangeError('Sensors must be numbered from 0 in order')
      continue
    }
    neurons.push({
      id,
      activation: nameIn(activationNames, neuron['activation']),
      aggregation: nameIn(aggregationNames, neuron['aggregation'] ?? 'sum'),
      bias: number(neuron['bias'] ?? 0, 'bias'),
      response: number(neuron['response'] ?? 1, 'response'),
    })
  }
  const links: Link[] = list(root['links'], 'links').map((item) => {
    const link = record(item, 'A link')
    return { from: number(link['from'], 'from'), to: number(link['to'], 'to'), weight: number(link['weight'], 'weight') }
  })
  return createGenotype({ inputs, outputs, rule: ruleFrom(root['rule']), neurons, links })
}

function ruleFrom(json: unknown): UpdateRule {
  const { kind, steps } = record(json, 'rule')
  if (kind === 'ordered' || kind === 'stanley') return { kind }
  if (kind === 'synchronous') return { kind, steps: number(steps, 'steps') }
  throw new RangeError('The rule must be ordered, synchronous or stanley')
}

const labelled = (label: string | undefined): { readonly label?: string } => (label === undefined ? {} : { label })

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new RangeError(`${what} must be an object`)
  return value as Record<string, unknown>
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RangeError(`${what} must be a list`)
  return value
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number') throw new RangeError(`${what} must be a number`)
  return value
}

function nameIn<Name extends string>(names: readonly Name[], value: unknown): Name {
  const found = names.find((name) => name === value)
  if (found === undefined) throw new RangeError(`Unknown name; one of ${names.join(', ')} is needed`)
  return found
}
