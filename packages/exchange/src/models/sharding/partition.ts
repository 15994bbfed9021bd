// Cuts a large network into parts of genotype size. A part owns whole neurons of one level, so it reads nothing of itself: every
// sum is computed in one place and in the order of slots, which is the order of the whole network.

import {
  activationNames, actuatorId, aggregationNames, encodeGenotype, MAX_GENOTYPE_BYTES, MAX_LINKS, MAX_NEURONS, MAX_SENSORS, orderOfLinks,
  type Genotype, type Neuron,
} from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { largeFault, type LargeNetwork } from './large-network.ts'
import { MAX_PARTS } from './limits.ts'
import type { Manifest, ManifestPart } from './manifest.ts'
import { encodeWiring, keyOf, type Wiring } from './wiring.ts'

export interface PartitionOptions {
  /**
   * `layers`: a level's neurons in order of position. `blocks`: in order of where they read (mean over their sources), so that
   * what reads the same lies in one part and consecutive levels cut at the same places.
   * @default blocks
   */
  readonly by?: 'layers' | 'blocks'
  /** Least parts of a level, where it has as many neurons: one for each peer that shall work at it. @default 1 */
  readonly width?: number
  /** One neuron to a part and one part to a level: what a call per neuron costs, for comparison. @default false */
  readonly naive?: boolean
}

/** A part with the blocks that its peers get. */
export interface Part {
  readonly level: number
  readonly genotype: Genotype
  readonly wiring: Wiring
  readonly body: Uint8Array
  readonly wiringBytes: Uint8Array
}

export interface Sharded {
  readonly manifest: Manifest
  readonly parts: readonly Part[]
}

export type PartitionResult = { readonly ok: true; readonly value: Sharded } | { readonly ok: false; readonly reason: string }

/** Of a genotype's header and of one neuron's codes and in-degree, bytes: see `docs/genotype.md`. */
const BODY_HEADER_BYTES = 18
const CODES_BYTES = 4
const SOURCE_BYTES = 2

/** Pure and deterministic. The reason is a sentence about what cannot be cut. */
export function partition(network: LargeNetwork, { by = 'blocks', width = 1, naive = false }: PartitionOptions = {}): PartitionResult {
  const fault = largeFault(network)
  if (fault !== undefined) return { ok: false, reason: fault }
  const { inputs, outputs, rule, starts } = network
  const count = starts.length - 1
  const { recurrent, levels } = naive ? oneByOne(network) : structureOf(network)
  const rows: number[][] = []
  for (let neuron = 0; neuron < count; neuron++) (rows[levels[neuron]!] ??= []).push(neuron)
  const places = by === 'blocks' ? new Float64Array(count) : undefined
  const sizes = sizesOf(network)
  const parts: Part[] = []
  for (const [level, row] of rows.entries()) {
    if (places !== undefined) arrange(network, row, recurrent, places)
    let linksOfRow = 0
    for (const neuron of row) linksOfRow += starts[neuron + 1]! - starts[neuron]!
    const share = { neurons: Math.ceil(row.length / width), links: Math.ceil(linksOfRow / width) }
    for (const owned of fill(network, row, recurrent, sizes, share)) {
      if (typeof owned === 'string') return { ok: false, reason: owned }
      if (parts.length === MAX_PARTS) return { ok: false, reason: `A manifest has at most ${MAX_PARTS} parts, and this network needs more` }
      parts.push(partOf(network, level, owned, recurrent))
    }
  }
  return { ok: true, value: { manifest: { inputs, outputs, rule, parts: parts.map(rowOf) }, parts } }
}

interface Structure {
  /** 1 for a link that reads the pass before. */
  readonly recurrent: Uint8Array
  readonly levels: Int32Array
}

function structureOf({ inputs, rule, starts, sources }: LargeNetwork): Structure {
  const levels = new Int32Array(starts.length - 1)
  if (rule.kind !== 'ordered') return { recurrent: Uint8Array.from(sources, (slot) => (slot < inputs ? 0 : 1)), levels }
  const { order, recurrent } = orderOfLinks(inputs, { starts, sources })
  for (const neuron of order) {
    for (let link = starts[neuron]!; link < starts[neuron + 1]!; link++) {
      const source = sources[link]! - inputs
      if (source >= 0 && recurrent[link] === 0) levels[neuron] = Math.max(levels[neuron]!, levels[source]! + 1)
    }
  }
  return { recurrent, levels }
}

/** Each neuron a level of its own, in order of computation. */
function oneByOne({ inputs, starts, sources }: LargeNetwork): Structure {
  const { order, recurrent } = orderOfLinks(inputs, { starts, sources })
  const levels = new Int32Array(order.length)
  order.forEach((neuron, place) => (levels[neuron] = place))
  return { recurrent, levels }
}

/** Sorts a level by where its neurons read, and places them evenly from 0 to 1 in that order (Sugiyama's barycentre, 1981). */
function arrange({ inputs, starts, sources }: LargeNetwork, row: number[], recurrent: Uint8Array, places: Float64Array): void {
  for (const [at, neuron] of row.entries()) {
    let sum = 0
    let read = 0
    for (let link = starts[neuron]!; link < starts[neuron + 1]!; link++) {
      const slot = sources[link]!
      if (recurrent[link] === 1) continue
      sum += slot < inputs ? (slot + 0.5) / inputs : places[slot - inputs]!
      read++
    }
    places[neuron] = read === 0 ? (at + 0.5) / row.length : sum / read
  }
  row.sort((a, b) => places[a]! - places[b]! || a - b)
  row.forEach((neuron, at) => (places[neuron] = (at + 0.5) / row.length))
}

interface Sizes {
  readonly neuron: number
  readonly link: number
}

/** Bytes of a neuron and of a link in the canonical form: parameters of a part are short only when all of them are. */
function sizesOf({ biases, responses, weights }: LargeNetwork): Sizes {
  const isShort = (column: Float64Array): boolean => column.every((x) => Math.fround(x) === x)
  const parameter = isShort(biases) && isShort(responses) && isShort(weights) ? 4 : 8
  const parameters = responses.every((x) => x === 1) ? 1 : 2
  return { neuron: CODES_BYTES + parameters * parameter, link: SOURCE_BYTES + parameter }
}

/** Greedily: a part takes the next neuron of the row as long as it keeps every limit. A sentence for one that fits nowhere. */
function* fill(
  { starts, sources }: LargeNetwork, row: readonly number[], recurrent: Uint8Array, sizes: Sizes, share: { readonly neurons: number; readonly links: number },
): Generator<number[] | string> {
  let owned: number[] = []
  let links = 0
  let imports = new Set<number>()
  for (const neuron of row) {
    const degree = starts[neuron + 1]! - starts[neuron]!
    const keys: number[] = []
    for (let link = starts[neuron]!; link < starts[neuron + 1]!; link++) keys.push(keyOf(sources[link]!, recurrent[link] === 1))
    const fresh = keys.reduce((sum, key) => sum + (imports.has(key) ? 0 : 1), 0)
    const bytes = BODY_HEADER_BYTES + (owned.length + 1) * sizes.neuron + (links + degree) * sizes.link
    const isFull = owned.length >= Math.min(share.neurons, MAX_NEURONS) || links + degree > Math.min(MAX_LINKS, Math.max(share.links, degree))
      || imports.size + fresh > MAX_SENSORS || bytes > MAX_GENOTYPE_BYTES
    if (isFull && owned.length > 0) {
      yield owned
      owned = []
      links = 0
      imports = new Set()
    }
    if (degree > MAX_SENSORS || BODY_HEADER_BYTES + sizes.neuron + degree * sizes.link > MAX_GENOTYPE_BYTES) {
      yield `Neuron ${neuron} reads ${degree} sources, and a part at most ${MAX_SENSORS}: its sum would have to be split`
      return
    }
    owned.push(neuron)
    links += degree
    for (const key of keys) imports.add(key)
  }
  if (owned.length > 0) yield owned
}

function partOf(network: LargeNetwork, level: number, members: readonly number[], recurrent: Uint8Array): Part {
  const { starts, sources, weights, activations, aggregations, biases, responses } = network
  const owned = Int32Array.from(members).sort()
  const keys = new Set<number>()
  let count = 0
  for (const neuron of owned) {
    for (let link = starts[neuron]!; link < starts[neuron + 1]!; link++, count++) keys.add(keyOf(sources[link]!, recurrent[link] === 1))
  }
  if (keys.size === 0) keys.add(keyOf(0, false)) // a genotype has a sensor
  const imports = Int32Array.from(keys).sort()
  const indexOf = new Map(Array.from(imports, (key, i) => [key, i]))
  const links = { sources: new Float64Array(count), targets: new Float64Array(count), weights: new Float64Array(count) }
  const neurons: Neuron[] = []
  let at = 0
  owned.forEach((neuron, i) => {
    neurons.push({
      id: actuatorId(i), activation: activationNames[activations[neuron]!]!, aggregation: aggregationNames[aggregations[neuron]!]!,
      bias: biases[neuron]!, response: responses[neuron]!,
    })
    for (let link = starts[neuron]!; link < starts[neuron + 1]!; link++, at++) {
      links.sources[at] = indexOf.get(keyOf(sources[link]!, recurrent[link] === 1))!
      links.targets[at] = actuatorId(i)
      links.weights[at] = weights[link]!
    }
  })
  const genotype: Genotype = { inputs: imports.length, outputs: owned.length, rule: { kind: 'ordered' }, neurons, links }
  const wiring = { imports, owned: owned.map((neuron) => network.inputs + neuron) }
  return { level, genotype, wiring, body: encodeGenotype(genotype), wiringBytes: encodeWiring(wiring) }
}

function rowOf({ level, genotype, body, wiringBytes }: Part): ManifestPart {
  return { body: sha256(body), wiring: sha256(wiringBytes), level, neurons: genotype.outputs, links: genotype.links.sources.length }
}
