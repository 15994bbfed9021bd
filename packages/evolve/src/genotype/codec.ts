// The canonical form of a genotype: one byte string per genotype, one genotype per byte string. Flat columns whose
// total length follows from the header, so that nothing is allocated on a claimed number. Layout: `docs/genotype.md`.

import { activationCode, activationNames } from '../network/activation.ts'
import { aggregationCode, aggregationNames } from '../network/aggregation.ts'
import {
  actuatorId, assertGenotype, FIRST_HIDDEN, MAX_LINKS, MAX_NEURONS, MAX_SENSORS, type Genotype, type Neuron, type NeuronId, type UpdateRule,
} from './genotype.ts'
import { readId, writeId } from './identity.ts'
import { HEADER_BYTES, lengthOf, MAX_GENOTYPE_BYTES, shapeOf, type Shape } from './layout.ts'

export const GENOTYPE_VERSION = 1

/** `MBgt`, little-endian. */
const MAGIC = 0x7467424d
const WIDE = 1
const RESPONSES = 2
const ruleKinds = ['ordered', 'synchronous', 'stanley'] as const

/** Why bytes are no canonical genotype. */
export type GenotypeRefusal =
  | 'too-large' // more than MAX_GENOTYPE_BYTES
  | 'bad-magic' // no genotype at all
  | 'bad-version' // a version that this release does not know
  | 'bad-header' // a flag, rule or count out of range
  | 'bad-length' // not the length that the header asks for
  | 'bad-neuron' // unknown code, ids out of order, in-degrees that do not add up
  | 'bad-link' // source out of range or out of order
  | 'bad-parameter' // NaN, infinite or −0
  | 'not-canonical' // a shorter form of the same genotype exists

export type Decoded<T, Reason extends string> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: Reason }

/** @throws RangeError when `genotype` is not valid */
export function encodeGenotype(genotype: Genotype): Uint8Array {
  assertGenotype(genotype)
  const shape = shapeOf(genotype)
  const bytes = new Uint8Array(lengthOf(shape))
  const view = new DataView(bytes.buffer)
  const { inputs, outputs, rule, neurons, links } = genotype
  view.setUint32(0, MAGIC, true)
  bytes[4] = GENOTYPE_VERSION
  bytes[5] = (shape.wide ? WIDE : 0) | (shape.responses ? RESPONSES : 0)
  bytes[6] = ruleKinds.indexOf(rule.kind)
  bytes[7] = rule.kind === 'synchronous' ? rule.steps : 0
  view.setUint16(8, inputs, true)
  view.setUint16(10, outputs, true)
  view.setUint16(12, shape.hidden, true)
  view.setUint32(14, shape.links, true)
  let at = HEADER_BYTES
  for (let i = outputs; i < neurons.length; i++, at += 6) writeId(view, at, neurons[i]!.id)
  const positions = new Map<NeuronId, number>(neurons.map((neuron, i) => [neuron.id, inputs + i]))
  let link = 0
  for (const { id, activation, aggregation } of neurons) {
    const first = link
    while (link < shape.links && links.targets[link] === id) link++
    bytes[at] = activationCode(activation)
    bytes[at + 1] = aggregationCode(aggregation)
    view.setUint16(at + 2, link - first, true)
    at += 4
  }
  for (const source of links.sources) {
    view.setUint16(at, positions.get(source) ?? source, true)
    at += 2
  }
  const parameter = (x: number): void => {
    if (shape.wide) view.setFloat64(at, x, true)
    else view.setFloat32(at, x, true)
    at += shape.wide ? 8 : 4
  }
  for (const neuron of neurons) parameter(neuron.bias)
  if (shape.responses) for (const neuron of neurons) parameter(neuron.response)
  for (const weight of links.weights) parameter(weight)
  return bytes
}

/** Never throws, whatever the bytes; allocates at most a small multiple of their length. */
export function decodeGenotype(bytes: Uint8Array): Decoded<Genotype, GenotypeRefusal> {
  if (bytes.length > MAX_GENOTYPE_BYTES) return refuse('too-large')
  if (bytes.length < 5) return refuse('bad-magic')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== MAGIC) return refuse('bad-magic')
  const read = readers[bytes[4]! - 1]
  return read === undefined ? refuse('bad-version') : read(bytes, view)
}

/** By version, from 1: each reads its own layout and gives what it means in the newest version. */
const readers: readonly ((bytes: Uint8Array, view: DataView) => Decoded<Genotype, GenotypeRefusal>)[] = [readFirst]

function readFirst(bytes: Uint8Array, view: DataView): Decoded<Genotype, GenotypeRefusal> {
  if (bytes.length < HEADER_BYTES) return refuse('bad-length')
  const inputs = view.getUint16(8, true)
  const shape: Shape = {
    wide: (bytes[5]! & WIDE) !== 0,
    responses: (bytes[5]! & RESPONSES) !== 0,
    outputs: view.getUint16(10, true),
    hidden: view.getUint16(12, true),
    links: view.getUint32(14, true),
  }
  const rule = ruleFrom(bytes[6]!, bytes[7]!)
  if (rule === undefined || bytes[5]! > (WIDE | RESPONSES)) return refuse('bad-header')
  if (inputs < 1 || inputs > MAX_SENSORS || shape.outputs < 1) return refuse('bad-header')
  if (shape.outputs + shape.hidden > MAX_NEURONS || shape.links > MAX_LINKS) return refuse('bad-header')
  if (lengthOf(shape) !== bytes.length) return refuse('bad-length')
  return body(view, inputs, rule, shape)
}

/** Must be called only once the length has been found right: every read below is inside the bytes. */
function body(view: DataView, inputs: number, rule: UpdateRule, shape: Shape): Decoded<Genotype, GenotypeRefusal> {
  const count = shape.outputs + shape.hidden
  const codesAt = HEADER_BYTES + 6 * shape.hidden
  const sourcesAt = codesAt + 4 * count
  const biasesAt = sourcesAt + 2 * shape.links
  const parameter = (index: number): number =>
    shape.wide ? view.getFloat64(biasesAt + 8 * index, true) : view.getFloat32(biasesAt + 4 * index, true)
  const weightsFrom = shape.responses ? 2 * count : count
  for (let i = 0; i < weightsFrom + shape.links; i++) {
    const x = parameter(i)
    if (x - x !== 0 || Object.is(x, -0)) return refuse('bad-parameter')
  }
  const ids: NeuronId[] = []
  for (let i = 0; i < shape.outputs; i++) ids.push(actuatorId(i))
  for (let i = 0, least = FIRST_HIDDEN; i < shape.hidden; i++) {
    const id = readId(view, HEADER_BYTES + 6 * i)
    if (id < least) return refuse('bad-neuron')
    least = id + 1
    ids.push(id)
  }
  const neurons: Neuron[] = []
  const sources = new Float64Array(shape.links)
  const targets = new Float64Array(shape.links)
  const weights = new Float64Array(shape.links)
  let link = 0
  for (let i = 0; i < count; i++) {
    const activation = activationNames[view.getUint8(codesAt + 4 * i)]
    const aggregation = aggregationNames[view.getUint8(codesAt + 4 * i + 1)]
    const end = link + view.getUint16(codesAt + 4 * i + 2, true)
    if (activation === undefined || aggregation === undefined || end > shape.links) return refuse('bad-neuron')
    neurons.push({ id: ids[i]!, activation, aggregation, bias: parameter(i), response: shape.responses ? parameter(count + i) : 1 })
    for (let previous = -1; link < end; link++) {
      const position = view.getUint16(sourcesAt + 2 * link, true)
      if (position <= previous || position >= inputs + count) return refuse('bad-link')
      previous = position
      sources[link] = position < inputs ? position : ids[position - inputs]!
      targets[link] = ids[i]!
      weights[link] = parameter(weightsFrom + link)
    }
  }
  if (link !== shape.links) return refuse('bad-neuron')
  const genotype: Genotype = { inputs, outputs: shape.outputs, rule, neurons, links: { sources, targets, weights } }
  // The layout leaves no other way to break what `faultOf` asks for.
  const canonical = shapeOf(genotype)
  if (canonical.wide !== shape.wide || canonical.responses !== shape.responses) return refuse('not-canonical')
  return { ok: true, value: genotype }
}

function ruleFrom(code: number, steps: number): UpdateRule | undefined {
  const kind = ruleKinds[code]
  if (kind === 'synchronous') return steps > 0 ? { kind, steps } : undefined
  return kind === undefined || steps !== 0 ? undefined : { kind }
}

function refuse(reason: GenotypeRefusal): { readonly ok: false; readonly reason: GenotypeRefusal } {
  return { ok: false, reason }
}
