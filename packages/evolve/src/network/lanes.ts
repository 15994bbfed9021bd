// Networks of one topology side by side, computed together: many episodes of one network, or one episode of networks that
// differ in their weights only. A lane computes the bits that its network would compute alone.

import type { Genotype } from '../genotype/genotype.ts'
import { kernel } from './kernel.ts'
import { era, numbers, settle, words, type Residence } from './resident.ts'

/** Owns the activity of all lanes; lanes fail and are reset one by one. */
export interface Lanes {
  readonly count: number
  readonly inputs: number
  readonly outputs: number
  /**
   * One control step of every lane.
   * @param given value of sensor i in lane l at i × count + l; length inputs × count, else a RangeError
   * @returns value of actuator i in lane l at i × count + l; a view of the lanes' own memory, valid until the next call
   */
  activate(given: ArrayLike<number>): Float64Array
  /** Forgets the activity of a lane, or of all when none is given. */
  reset(lane?: number): void
}

/** Lanes as a WebAssembly module that drives the kernel sees them. */
export interface ResidentLanes extends Lanes {
  /** Address of the record, valid until another network is used. */
  place(): number
}

/** The largest number of lanes; more are better run in turns. */
export const MAX_LANES = 1_024

/**
 * @param given one genotype for `count` lanes, or one genotype per lane, all of one topology
 * @throws RangeError when `count` is not 1 to 1,024 or a genotype has another topology than the first
 * @throws Error when the engine has no WebAssembly with SIMD
 */
export function compileLanes(given: Genotype | readonly Genotype[], count: number = isList(given) ? given.length : 1): ResidentLanes {
  const each = isList(given) ? given : undefined
  if (!Number.isInteger(count) || count < 1 || count > MAX_LANES) throw new RangeError(`There can be 1 to ${MAX_LANES} lanes, not ${count}`)
  if (each !== undefined && each.length !== count) throw new RangeError(`${count} lanes cannot have ${each.length} genotypes`)
  const genotype = isList(given) ? given[0]! : given
  for (let lane = 1; each !== undefined && lane < count; lane++) {
    if (!hasTopologyOf(genotype, each[lane]!)) throw new RangeError(`The genotype of lane ${lane} has another topology than that of lane 0`)
  }
  const residence: Residence = { genotype, lanes: count, each, era: 0, base: 0, values: 0, valuesEnd: 0, activity: undefined }
  const { inputs, outputs } = genotype
  const { activate, reset } = kernel()
  const result = new Float64Array(outputs * count)
  const place = (): number => {
    if (residence.era !== era) settle(residence)
    return residence.base
  }
  return {
    count,
    inputs,
    outputs,
    place,
    activate(values) {
      if (values.length !== inputs * count) {
        throw new RangeError(`${count} lanes of ${inputs} inputs need ${inputs * count} values, got ${values.length}`)
      }
      const base = place()
      numbers.set(values, residence.values)
      const failed = activate(base)
      const first = residence.values + inputs * count
      for (let i = 0; i < result.length; i++) result[i] = numbers[first + i]!
      if (failed !== 0) silenceFailures(result, count, (base >> 2) + FAILED_WORD)
      return result
    },
    reset(lane = -1) {
      if (!Number.isInteger(lane) || lane < -1 || lane >= count) throw new RangeError(`There is no lane ${lane} of ${count}`)
      reset(place(), lane)
    },
  }
}

/** Word of the header that has the address of the lanes' failures. */
export const FAILED_WORD = 11

function silenceFailures(result: Float64Array, count: number, pointer: number): void {
  const failed = words[pointer]! >> 2
  for (let i = 0; i < result.length; i++) if (words[failed + (i % count)] !== 0) result[i] = NaN
}

function isList(given: Genotype | readonly Genotype[]): given is readonly Genotype[] {
  return Array.isArray(given)
}

/** Whether the two differ in weights, biases and responses only. */
function hasTopologyOf(a: Genotype, b: Genotype): boolean {
  if (a === b) return true
  if (a.inputs !== b.inputs || a.outputs !== b.outputs || a.neurons.length !== b.neurons.length) return false
  if (a.rule.kind !== b.rule.kind) return false
  if (a.rule.kind === 'synchronous' && b.rule.kind === 'synchronous' && a.rule.steps !== b.rule.steps) return false
  for (let i = 0; i < a.neurons.length; i++) {
    const [x, y] = [a.neurons[i]!, b.neurons[i]!]
    if (x !== y && (x.id !== y.id || x.activation !== y.activation || x.aggregation !== y.aggregation)) return false
  }
  return hasSameNumbers(a.links.sources, b.links.sources) && hasSameNumbers(a.links.targets, b.links.targets)
}

function hasSameNumbers(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
