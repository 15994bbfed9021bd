// Networks in the kernel's memory. Each is written behind the last one; when the room is used up, all of them leave,
// take their activity with them, and come back when they are next used. So nobody has to free anything, and memory
// stays as large as one room, or as the largest network.

import { FIRST_ACTUATOR, FIRST_HIDDEN, type Genotype } from '../genotype/genotype.ts'
import { activationCode } from './activation.ts'
import { aggregationCode } from './aggregation.ts'
import { kernel } from './kernel.ts'
import { MAX_SETTLING_PASSES, settlingOf } from './settle.ts'

/** Before it are the kernel's own constants; a test holds that they fit. */
export const FIRST_ADDRESS = 2_048
/** Small enough to stay in a core's second cache. */
const ROOM = 262_144
const PAGE = 65_536
const HEADER_WORDS = 16
const RECORD_WORDS = 8
/** Activity is what follows this word of the header: whether a lane failed, counts, failures, values. */
const ACTIVITY_WORD = 14

/** Largest parameter or sensor value whose products and sums stay finite: (10^100)³ × 65,536 does. */
const LARGEST = 1e100
const PRODUCT = aggregationCode('product')
/** Bit per activation code: whether every finite x gives a result from −1 to 1. */
const BOUNDED_ACTIVATIONS = ([
  'sigmoid', 'steep-sigmoid', 'neat-python-sigmoid', 'tanh', 'softsign', 'rational-sigmoid', 'sine', 'cosine', 'gaussian', 'step', 'clamp',
  'neat-python-tanh', 'neat-python-sine', 'neat-python-gaussian', 'sharpneat-gaussian',
] as const).reduce((bits, name) => bits | (1 << activationCode(name)), 0)

/** Views of the kernel's memory, renewed whenever it grows. */
export let numbers = new Float64Array(0)
export let words = new Int32Array(0)

/** Counts up when all residents leave. Residents of an earlier era are not in memory. */
export let era = 1
let top = FIRST_ADDRESS
const residents: Residence[] = []

/** A genotype's place in the kernel's memory, or what it was doing when it last had one. */
export interface Residence {
  readonly genotype: Genotype
  readonly lanes: number
  /** One genotype per lane, of the topology of `genotype`, when lanes have weights of their own. */
  readonly each: readonly Genotype[] | undefined
  /** When it was last in memory; 0 for never. */
  era: number
  /** Address of its record. */
  base: number
  /** Indices in `numbers`: the first value, and the first that belongs to no value. */
  values: number
  valuesEnd: number
  activity: Float64Array | undefined
  /** Whether its activity may be forgotten when it leaves. */
  readonly spent?: boolean
}

/** Brings the network into memory, as it was when it left. */
export function settle(residence: Residence): void {
  const { genotype, lanes, each } = residence
  const { inputs, neurons, links, rule } = genotype
  const rows = inputs + neurons.length
  const columns = each === undefined ? 1 : lanes
  // Everything is counted in words of 4 bytes; parts that hold f64 begin at an even one.
  const size = HEADER_WORDS + 2 * lanes + 2 * lanes * rows + (rule.kind === 'ordered' ? 0 : 2 * lanes * neurons.length) +
    (RECORD_WORDS + 1) * neurons.length + 4 * columns * neurons.length + (1 + 2 * columns) * links.sources.length + 2
  const bytes = (4 * size + 15) & -16
  const twins = lanes === 1 ? 16 * neurons.length + 8 * links.sources.length : 0
  // The search for the order needs 12 bytes per neuron for a moment.
  reserve(bytes + Math.max(twins, 12 * neurons.length))
  const base = top
  top += bytes + ((twins + 15) & -16)
  residence.base = base
  residence.era = era
  residents.push(residence)
  write(residence)
  if (rule.kind === 'ordered') kernel().order(base, base + bytes)
  if (lanes === 1 && each === undefined) kernel().pairTwins(base, base + bytes)
  const { activity } = residence
  if (activity === undefined) {
    kernel().reset(base, -1)
  } else {
    numbers.set(activity, (base >> 3) + (ACTIVITY_WORD >> 1))
    residence.activity = undefined
  }
}

/** Makes room for `bytes` behind `top`; the memory may move. */
function reserve(bytes: number): void {
  if (top + bytes > ROOM && top > FIRST_ADDRESS) leaveAll()
  extend(bytes)
}

function extend(bytes: number): void {
  const { memory } = kernel()
  const missing = top + bytes - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
  if (numbers.buffer !== memory.buffer) {
    numbers = new Float64Array(memory.buffer)
    words = new Int32Array(memory.buffer)
  }
}

/**
 * Room behind the residents for a module that works beside the kernel: `bytes` from `address`, `numbers[address / 8]` on. It
 * is nobody's; whoever next brings a network into memory may write there.
 */
export function spareRoom(bytes: number): { readonly address: number; readonly numbers: Float64Array; readonly words: Int32Array } {
  extend(bytes)
  return { address: top, numbers, words }
}

function leaveAll(): void {
  for (const residence of residents) {
    if (residence.spent === true) continue
    residence.activity = numbers.slice((residence.base >> 3) + (ACTIVITY_WORD >> 1), residence.valuesEnd)
  }
  residents.length = 0
  era++
  top = FIRST_ADDRESS
}

/** Writes header, records, parameters and links of `kernel/assembly/layout.ts`. */
function write(residence: Residence): void {
  const { genotype, lanes, each, base } = residence
  const { inputs, neurons, links, rule } = genotype
  const count = neurons.length
  const stride = 8 * lanes
  const column = each === undefined ? 8 : stride
  const counts = base + 4 * HEADER_WORDS
  const values = counts + 8 * lanes
  const next = values + stride * (inputs + count)
  const records = next + (rule.kind === 'ordered' ? 0 : stride * count)
  const parameters = records + 4 * RECORD_WORDS * count
  const weights = parameters + 2 * column * count
  const sources = weights + column * links.sources.length
  const order = sources + 4 * links.sources.length
  residence.values = values >> 3
  residence.valuesEnd = next >> 3
  const settling = rule.kind === 'stanley' ? settlingOf(genotype) : undefined
  const header = base >> 2
  words[header] = lanes
  words[header + 1] = count
  words[header + 2] = rule.kind === 'ordered' ? 0 : rule.kind === 'synchronous' ? 1 : 2
  words[header + 3] = rule.kind === 'synchronous' ? rule.steps : settling === undefined ? 1 : settling.firstPasses
  words[header + 4] = rule.kind === 'synchronous' ? rule.steps : settling === undefined || settling.complete ? 1 : MAX_SETTLING_PASSES
  words[header + 5] = stride * inputs
  words[header + 6] = values
  words[header + 7] = next - stride * inputs
  words[header + 8] = records
  words[header + 9] = order
  words[header + 10] = counts
  words[header + 11] = counts + 4 * lanes
  words[header + 12] = each === undefined ? 0 : 1
  words[header + 13] = stride
  let link = 0
  let bounded = true
  for (let i = 0; i < count; i++) {
    const neuron = neurons[i]!
    const record = (records >> 2) + RECORD_WORDS * i
    words[record] = stride * (inputs + i)
    words[record + 1] = sources + 4 * link
    words[record + 3] = weights + column * link
    words[record + 4] = parameters + 2 * column * i
    const activation = activationCode(neuron.activation)
    const aggregation = aggregationCode(neuron.aggregation)
    words[record + 5] = activation + 256 * aggregation
    if (((BOUNDED_ACTIVATIONS >> activation) & 1) === 0 || aggregation === PRODUCT) bounded = false
    words[record + 6] = settling === undefined ? 0 : settling.reachedAt[i]!
    words[record + 7] = 0
    link = writeSources(genotype, link, neuron.id, sources >> 2, stride)
    words[record + 2] = sources + 4 * link
    words[(order >> 2) + i] = 4 * record
  }
  bounded = writeParameters(residence, parameters >> 3, weights >> 3) && bounded
  words[header + 15] = bounded ? 1 : 0
}

/** Offsets of the sources of the links from `link` on that enter `target`; the first link that does not. */
function writeSources(genotype: Genotype, link: number, target: number, at: number, stride: number): number {
  const { inputs, outputs, neurons, links } = genotype
  const { sources, targets } = links
  // Sources ascend, and so do hidden neurons: each is looked for behind the one before.
  let low = outputs
  for (; link < targets.length && targets[link] === target; link++) {
    const source = sources[link]!
    let row = source
    if (source >= FIRST_HIDDEN) {
      for (let high = neurons.length; low < high;) {
        const middle = (low + high) >>> 1
        if (neurons[middle]!.id < source) low = middle + 1
        else high = middle
      }
      row = inputs + low
    } else if (source >= FIRST_ACTUATOR) {
      row = inputs + source - FIRST_ACTUATOR
    }
    words[at + link] = stride * row
  }
  return link
}

/** False when a parameter is larger than what keeps bounded neurons finite. */
function writeParameters({ genotype, lanes, each }: Residence, parameters: number, weights: number): boolean {
  const genotypes = each ?? [genotype]
  const columns = each === undefined ? 1 : lanes
  let modest = true
  for (let lane = 0; lane < columns; lane++) {
    const { neurons, links } = genotypes[lane]!
    for (let i = 0, at = parameters + lane; i < neurons.length; i++, at += 2 * columns) {
      const { bias, response } = neurons[i]!
      numbers[at] = bias
      numbers[at + columns] = response
      if (Math.abs(bias) > LARGEST || Math.abs(response) > LARGEST) modest = false
    }
    for (let i = 0, at = weights + lane; i < links.weights.length; i++, at += columns) {
      const weight = links.weights[i]!
      numbers[at] = weight
      if (Math.abs(weight) > LARGEST) modest = false
    }
  }
  return modest
}
