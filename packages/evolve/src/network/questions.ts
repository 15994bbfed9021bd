// Many inputs that a network answers one by one, each from rest: the rows of a data set. In the kernel they are lanes of one
// network, which is several times faster than one after the other and changes no bit.

import type { Genotype } from '../genotype/genotype.ts'
import { kernelNetworkOf, type KernelNetwork } from './compile.ts'
import { kernel } from './kernel.ts'
import { FAILED_WORD } from './lanes.ts'
import type { Network } from './network.ts'
import { numbers, settle, words, type Residence } from './resident.ts'

/** Made once by `createQuestions`, asked of any number of networks. */
export interface Questions {
  readonly count: number
  /** Sensor values of each. */
  readonly rows: readonly Float64Array[]
  readonly blocks: readonly Block[]
}

/** Questions side by side. */
interface Block {
  readonly lanes: number
  /** Sensor i of lane l at i × lanes + l. */
  readonly values: Float64Array
}

/** Lanes of a block: more make its values leave the first cache, fewer make blocks many. */
const BLOCK = 64

/** @throws RangeError when there are no rows, or rows of different lengths */
export function createQuestions(rows: readonly ArrayLike<number>[]): Questions {
  const inputs = rows[0]?.length ?? 0
  if (inputs === 0 || rows.some(({ length }) => length !== inputs)) {
    throw new RangeError(`Questions are rows of one length, at least 1, got ${rows.map(({ length }) => length).slice(0, 5).join(', ')}`)
  }
  const blocks: Block[] = []
  for (let first = 0; first < rows.length; first += BLOCK) {
    const lanes = Math.min(BLOCK, rows.length - first)
    const values = new Float64Array(inputs * lanes)
    for (let lane = 0; lane < lanes; lane++) {
      for (let i = 0; i < inputs; i++) values[i * lanes + lane] = rows[first + lane]![i]!
    }
    blocks.push({ lanes, values })
  }
  return { count: rows.length, rows: rows.map((row) => Float64Array.from(row)), blocks }
}

/**
 * What the network answers: actuator a to question q at a × count + q. The network is reset before each question and at
 * the end. The answers to a question at which a neuron is NaN or infinite are NaN.
 * @throws RangeError when the questions have another number of values than the network has inputs
 */
export function answersOf(network: Network, questions: Questions): Float64Array {
  const { count, rows } = questions
  const { outputs } = network
  const resident = kernelNetworkOf(network)
  if (resident !== undefined) return answersInLanes(resident, questions)
  const answers = new Float64Array(outputs * count)
  for (let question = 0; question < count; question++) {
    network.reset()
    // A copy: a network from elsewhere may keep or change what it is given.
    const given = network.activate(rows[question]!.slice())
    for (let i = 0; i < outputs; i++) answers[i * count + question] = given[i]!
  }
  network.reset()
  return answers
}

function answersInLanes(network: KernelNetwork, { count, rows, blocks }: Questions): Float64Array {
  const { genotype, outputs, inputs } = network
  if (rows[0]!.length !== inputs) throw new RangeError(`The network has ${inputs} inputs, got ${rows[0]!.length}`)
  const { activate, reset } = kernel()
  const answers = new Float64Array(outputs * count)
  let residence: Residence | undefined
  let first = 0
  let counted = 0
  for (const { lanes, values } of blocks) {
    if (residence?.lanes !== lanes) residence = settledLanes(genotype, lanes)
    else reset(residence.base, -1)
    numbers.set(values, residence.values)
    const failed = activate(residence.base)
    let from = residence.values + inputs * lanes
    for (let output = 0; output < outputs; output++) {
      for (let to = output * count + first, end = to + lanes; to < end; to++) answers[to] = numbers[from++]!
    }
    if (failed !== 0) {
      const flags = words[(residence.base >> 2) + FAILED_WORD]! >> 2
      for (let question = first; question < first + lanes; question++) {
        if (words[flags + question - first] === 0) continue
        // As if they had been asked in turn: a halting network ends at the first failure, those before it counted.
        network.count(question + 1 - counted, true)
        counted = question + 1
        for (let output = 0; output < outputs; output++) answers[output * count + question] = NaN
      }
    }
    first += lanes
  }
  network.count(count - counted, false)
  network.reset()
  return answers
}

function settledLanes(genotype: Genotype, lanes: number): Residence {
  const residence: Residence = {
    genotype, lanes, each: undefined, era: 0, base: 0, values: 0, valuesEnd: 0, activity: undefined, spent: true,
  }
  settle(residence)
  return residence
}
