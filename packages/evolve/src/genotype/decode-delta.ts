// The genotype that a stranger's delta makes of one that is here. Limits are checked as soon as the counts are known and
// before anything is built; the result is valid or refused, and its CID says whether it is the one that was meant.

import { activationNames } from '../network/activation.ts'
import { aggregationNames } from '../network/aggregation.ts'
import type { Decoded } from './codec.ts'
import {
  ACTIVATIONS, ADDED_LINKS, ADDED_NEURONS, AGGREGATIONS, BIASES, createDeltaReader, DELTA_VERSION, REMOVED_LINKS, REMOVED_NEURONS,
  RESPONSES, WEIGHTS, WIDE, type DeltaReader,
} from './delta-bytes.ts'
import { faultOf, type Genotype, type Links, type Neuron, type NeuronId } from './genotype.ts'
import { encodedLength } from './layout.ts'

/** What the result of a stranger's delta may be at most. */
export interface GenotypeCaps {
  /** Canonical form, bytes. */
  readonly maxBytes: number
  /** Actuators and hidden neurons. */
  readonly maxNeurons: number
  readonly maxLinks: number
}

export type DeltaRefusal =
  | 'bad-version' // a version that this release does not know
  | 'malformed' // no delta, or none of this base
  | 'over-limits' // the result would be larger than the caps

interface Link {
  readonly source: NeuronId
  readonly target: NeuronId
  readonly weight: number
}

/** Least bytes of an added neuron and of an added link. */
const NEURON_BYTES = 8
const LINK_BYTES = 6

/** Never throws, whatever the bytes; takes time and memory in proportion to base and delta. @param base a valid genotype */
export function decodeDelta(base: Genotype, delta: Uint8Array, caps: GenotypeCaps): Decoded<Genotype, DeltaRefusal> {
  const [version, flags] = delta
  if (version === undefined || version === 0 || flags === undefined) return refuse('malformed')
  if (version !== DELTA_VERSION) return refuse('bad-version')
  if (flags > WIDE) return refuse('malformed')
  const from = createDeltaReader(delta, flags === WIDE, 2)
  const { inputs, outputs, rule, links } = base

  const hidden = base.neurons.slice(outputs)
  const gone = new Set(from.enters(REMOVED_NEURONS) ? from.subset(hidden.length).map((index) => hidden[index]!.id) : [])
  const born = from.enters(ADDED_NEURONS) ? readNeurons(from) : []
  if (base.neurons.length - gone.size + born.length > caps.maxNeurons) return refuse('over-limits')
  const neurons = [...base.neurons.slice(0, outputs), ...mergeNeurons(hidden.filter(({ id }) => !gone.has(id)), born)]
  readChanges(from, neurons)

  const survivors: number[] = []
  for (let i = 0; i < links.sources.length; i++) if (!gone.has(links.sources[i]!) && !gone.has(links.targets[i]!)) survivors.push(i)
  const dropped = new Set(from.enters(REMOVED_LINKS) ? from.subset(survivors.length) : [])
  const kept = survivors.filter((_, i) => !dropped.has(i)).map((i) => linkAt(links, i))
  const added = from.enters(ADDED_LINKS) ? readLinks(from, inputs, neurons) : []
  if (kept.length + added.length > caps.maxLinks) return refuse('over-limits')
  if (from.enters(WEIGHTS)) for (const i of from.subset(kept.length)) kept[i] = { ...kept[i]!, weight: from.parameter() }
  if (from.failed || from.left > 0) return refuse('malformed')

  const genotype: Genotype = { inputs, outputs, rule, neurons, links: columnsOf(mergeLinks(kept, added)) }
  if (encodedLength(genotype) > caps.maxBytes) return refuse('over-limits')
  return faultOf(genotype) === undefined ? { ok: true, value: genotype } : refuse('malformed')
}

function refuse(reason: DeltaRefusal): { readonly ok: false; readonly reason: DeltaRefusal } {
  return { ok: false, reason }
}

function readNeurons(from: DeltaReader): readonly Neuron[] {
  const neurons: Neuron[] = []
  for (let rest = from.length(NEURON_BYTES); rest > 0 && !from.failed; rest--) {
    const id = from.id()
    neurons.push({ id, activation: readName(from, activationNames), aggregation: readName(from, aggregationNames), bias: 0, response: 1 })
  }
  return neurons
}

function readName<T>(from: DeltaReader, names: readonly [T, ...T[]]): T {
  const name = names[from.byte()]
  if (name === undefined) from.fail()
  return name ?? names[0]
}

function readChanges(from: DeltaReader, neurons: Neuron[]): void {
  function part(code: number, changed: (neuron: Neuron) => Neuron): void {
    if (from.enters(code)) for (const i of from.subset(neurons.length)) neurons[i] = changed(neurons[i]!)
  }
  part(ACTIVATIONS, (neuron) => ({ ...neuron, activation: readName(from, activationNames) }))
  part(AGGREGATIONS, (neuron) => ({ ...neuron, aggregation: readName(from, aggregationNames) }))
  part(BIASES, (neuron) => ({ ...neuron, bias: from.parameter() }))
  part(RESPONSES, (neuron) => ({ ...neuron, response: from.parameter() }))
}

function readLinks(from: DeltaReader, inputs: number, neurons: readonly Neuron[]): readonly Link[] {
  const ends: { readonly source: NeuronId; readonly target: NeuronId }[] = []
  let target = 0
  let next = 0
  for (let rest = from.length(LINK_BYTES); rest > 0 && !from.failed; rest--) {
    const step = from.count()
    if (step > 0) next = 0
    target += step
    const position = next + from.count()
    next = position + 1
    const source = position < inputs ? position : neurons[position - inputs]?.id
    const to = neurons[target]?.id
    if (source === undefined || to === undefined) from.fail()
    else ends.push({ source, target: to })
  }
  return ends.map((link) => ({ ...link, weight: from.parameter() }))
}

/** Both ascending by id. */
function mergeNeurons(kept: readonly Neuron[], added: readonly Neuron[]): readonly Neuron[] {
  return merge(kept, added, (a, b) => a.id - b.id)
}

/** Both ascending by target, then source. */
function mergeLinks(kept: readonly Link[], added: readonly Link[]): readonly Link[] {
  return merge(kept, added, (a, b) => a.target - b.target || a.source - b.source)
}

function merge<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  const merged: T[] = []
  let j = 0
  for (const item of a) {
    while (j < b.length && compare(b[j]!, item) < 0) merged.push(b[j++]!)
    merged.push(item)
  }
  while (j < b.length) merged.push(b[j++]!)
  return merged
}

function linkAt({ sources, targets, weights }: Links, i: number): Link {
  return { source: sources[i]!, target: targets[i]!, weight: weights[i]! }
}

function columnsOf(links: readonly Link[]): Links {
  return {
    sources: Float64Array.from(links, ({ source }) => source),
    targets: Float64Array.from(links, ({ target }) => target),
    weights: Float64Array.from(links, ({ weight }) => weight),
  }
}
