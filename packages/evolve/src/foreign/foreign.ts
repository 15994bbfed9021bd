// What every reader and writer of a foreign format shares: the result, numbers read strictly, and the steps between a
// list of neurons and links as the file tells it and a valid genotype. A reason names the place and the cause.

import { actuatorId, faultOf, FIRST_HIDDEN, MAX_LINKS, MAX_NEURONS, MAX_SENSORS } from '../genotype/genotype.ts'
import type { Genotype, Neuron, NeuronId, UpdateRule } from '../genotype/genotype.ts'
import { orderOf } from '../network/graph.ts'

type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }
export type Reading = Result<Genotype>
/** The reason says what the format cannot represent: a writer leaves nothing out that the network computes with. */
export type Writing<Content = string> = Result<Content>

/** A fault in the file, thrown inside this folder only and turned into a reason by `attempt`. */
class ForeignFault extends Error {
  override readonly name = 'ForeignFault'
}

/** Runs a reader or writer; its faults become reasons, our own bugs stay errors. */
export function attempt<T>(work: () => T): Result<T> {
  try {
    return { ok: true, value: work() }
  } catch (error) {
    if (error instanceof ForeignFault) return { ok: false, reason: error.message }
    throw error
  }
}

/** @param place such as `line 7` or `connections[2].weight`; opens the reason */
export function fault(place: string, cause: string): never {
  throw new ForeignFault(`${place}: ${cause}`)
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const INTEGER = /^\d{1,9}$/

export function readDecimal(text: string | undefined, place: string, what: string): number {
  const value = text !== undefined && DECIMAL.test(text) ? Number(text) : NaN
  if (value - value !== 0) fault(place, `${what} must be a finite number, got ${quoted(text)}`)
  // −0 is no parameter; adding 0 makes it 0.
  return value + 0
}

export function readInteger(text: string | undefined, place: string, what: string): number {
  if (text === undefined || !INTEGER.test(text)) fault(place, `${what} must be a whole number below 10^9, got ${quoted(text)}`)
  return Number(text)
}

/** Without the byte order mark that SharpNEAT and some editors begin a file with. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** A value in a sentence: short, in quotes, or `nothing`. */
export function quoted(text: string | undefined): string {
  if (text === undefined) return 'nothing'
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}

/** One network as a foreign file tells it, in file order. */
export interface ForeignNetwork {
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly rule: UpdateRule
  /** Whether the file says that no links close a cycle; one that does is a fault. */
  readonly acyclic: boolean
  /** Every neuron that is no input, by its id in the file. */
  readonly neurons: ReadonlyMap<number, Omit<Neuron, 'id'>>
  readonly links: readonly { readonly source: number; readonly target: number; readonly weight: number; readonly place: string }[]
}

/** Orders and renumbers; throws a fault that names the place of the first broken link. */
export function assemble(network: ForeignNetwork): Genotype {
  const { inputs, outputs, rule, acyclic, neurons, links } = network
  if (inputs.length < 1 || inputs.length > MAX_SENSORS) fault('file', `needs 1 to ${MAX_SENSORS} inputs, got ${inputs.length}`)
  if (outputs.length < 1) fault('file', 'needs at least one output')
  if (neurons.size > MAX_NEURONS) fault('file', `has at most ${MAX_NEURONS} neurons, this one ${neurons.size}`)
  if (links.length > MAX_LINKS) fault('file', `has at most ${MAX_LINKS} links, this one ${links.length}`)
  const ids = new Map<number, NeuronId>()
  for (const id of neurons.keys()) ids.set(id, FIRST_HIDDEN + id)
  outputs.forEach((id, index) => ids.set(id, actuatorId(index)))
  inputs.forEach((id, index) => ids.set(id, index))

  const seen = new Map<string, string>()
  const ordered = links.map(({ source, target, weight, place }) => {
    const from = ids.get(source) ?? fault(place, `comes from node ${source}, which the file does not have`)
    const to = ids.get(target) ?? fault(place, `goes to node ${target}, which the file does not have`)
    if (to < inputs.length) fault(place, `goes to node ${target}, which is an input`)
    const before = seen.get(`${from} ${to}`)
    if (before !== undefined) fault(place, `joins nodes ${source} and ${target} a second time, first in ${before}`)
    seen.set(`${from} ${to}`, place)
    return { from, to, weight, place }
  }).sort((a, b) => a.to - b.to || a.from - b.from)

  const genotype: Genotype = {
    inputs: inputs.length,
    outputs: outputs.length,
    rule,
    neurons: [...neurons].map(([id, neuron]) => ({ id: ids.get(id)!, ...neuron })).sort((a, b) => a.id - b.id),
    links: {
      sources: Float64Array.from(ordered, (link) => link.from),
      targets: Float64Array.from(ordered, (link) => link.to),
      weights: Float64Array.from(ordered, (link) => link.weight),
    },
  }
  const broken = faultOf(genotype)
  if (broken !== undefined) fault('file', broken)
  const cyclic = acyclic ? orderOf(genotype).recurrent.indexOf(1) : -1
  if (cyclic >= 0) fault(ordered[cyclic]!.place, 'closes a cycle, in a network that is said to have none')
  return genotype
}

/**
 * Numbers for hidden neurons in a foreign file. Those of a genotype that was read from one come back; if any falls
 * outside, all are counted up from `least`. Either way their order stays, and with it every sum and every bit.
 * @param end first number that the format cannot hold
 */
export function hiddenNumbers(genotype: Genotype, least: number, end = 1_000_000_000): ReadonlyMap<NeuronId, number> {
  const ids = genotype.neurons.slice(genotype.outputs).map(({ id }) => id)
  const kept = ids.every((id) => id - FIRST_HIDDEN >= least && id - FIRST_HIDDEN < end)
  return new Map(ids.map((id, i) => [id, kept ? id - FIRST_HIDDEN : least + i]))
}

/** `neuron 65536`, for the opening of a reason. */
export const neuronPlace = ({ id }: Neuron): string => `neuron ${id}`

/** Refuses by name the first link that closes a cycle. */
export function mustBeAcyclic(genotype: Genotype, why: string): void {
  const cyclic = orderOf(genotype).recurrent.indexOf(1)
  if (cyclic < 0) return
  const { sources, targets } = genotype.links
  fault(`link ${sources[cyclic]} → ${targets[cyclic]}`, `closes a cycle; ${why}`)
}
