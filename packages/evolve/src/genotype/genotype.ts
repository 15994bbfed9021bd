// The evolvable description of a network, and the one place that says which descriptions are valid. Identity is
// structural: a link is its (source, target), a hidden neuron is the link it split. No counter is shared with anyone.

import type { ActivationName } from '../network/activation.ts'
import type { AggregationName } from '../network/aggregation.ts'
import { isActivation } from '../network/activation.ts'
import { isAggregation } from '../network/aggregation.ts'
import { encodedLength, MAX_GENOTYPE_BYTES } from './layout.ts'

/**
 * Integer below 2^48. Sensors are 0 to 4,095 (their index in the interface), actuators 4,096 + index, hidden neurons
 * 65,536 and above: native ones a hash (see `identity.ts`), foreign ones 65,536 + their number in the foreign file.
 */
export type NeuronId = number

/**
 * How one control step computes the neurons.
 * - `ordered`: each neuron once, feed-forward order; a link that closes a cycle reads the previous step's value.
 * - `synchronous`: `steps` times, every neuron reads only the outputs of the time before.
 * - `stanley`: one synchronous step, but a neuron that no signal has reached yet stays 0, and the first control step
 *   repeats until every actuator is reached. For exact replay of files from the original NEAT.
 */
export type UpdateRule =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'synchronous'; readonly steps: number }
  | { readonly kind: 'stanley' }

/** Output = activation(bias + response × aggregation of weight × source). Immutable, so genotypes share them. */
export interface Neuron {
  readonly id: NeuronId
  readonly activation: ActivationName
  readonly aggregation: AggregationName
  readonly bias: number
  /** Gain on the aggregate, as in neat-python; 1 in native genotypes. */
  readonly response: number
}

/** Columns, so that operators and the compiler run over plain numbers. Link i is sources[i] → targets[i]. */
export interface Links {
  readonly sources: Float64Array
  readonly targets: Float64Array
  readonly weights: Float64Array
}

export interface Genotype {
  /** Sensors: 1 to 4,096. */
  readonly inputs: number
  /** Actuators: 1 to 4,096. */
  readonly outputs: number
  readonly rule: UpdateRule
  /** All actuators by index, then hidden neurons, ascending by id. */
  readonly neurons: readonly Neuron[]
  /** Sorted by target, then source; no pair twice. Owned by the genotype: Must never be written after creation. */
  readonly links: Links
}

export const FIRST_ACTUATOR = 4_096
export const FIRST_HIDDEN = 65_536
export const END_OF_IDS = 281_474_976_710_656
export const MAX_SENSORS = 4_096
/** Actuators and hidden neurons together. */
export const MAX_NEURONS = 4_096
export const MAX_LINKS = 65_536
export const MAX_STEPS = 255

export const isSensor = (id: NeuronId): boolean => id < FIRST_ACTUATOR
export const isActuator = (id: NeuronId): boolean => id >= FIRST_ACTUATOR && id < FIRST_HIDDEN
export const isHidden = (id: NeuronId): boolean => id >= FIRST_HIDDEN
export const actuatorId = (index: number): NeuronId => FIRST_ACTUATOR + index

/** Neither NaN, nor infinite, nor −0: the only parameters a genotype may have. */
export const isParameter = (x: number): boolean => x - x === 0 && !Object.is(x, -0)

/**
 * Why `genotype` is no valid genotype, as a sentence with the value, or undefined when it is one. Every invariant is
 * here; operators, encoder and importers all come through it. The decoder checks the few that its layout does not hold by itself.
 */
export function faultOf(genotype: Genotype): string | undefined {
  const { inputs, outputs, neurons, links } = genotype
  if (!isCount(inputs, 1, MAX_SENSORS)) return `A genotype needs 1 to ${MAX_SENSORS} sensors, got ${inputs}`
  if (!isCount(outputs, 1, MAX_NEURONS)) return `A genotype needs 1 to ${MAX_NEURONS} actuators, got ${outputs}`
  return ruleFault(genotype.rule) ?? neuronsFault(outputs, neurons) ?? linksFault(inputs, neurons, links) ?? sizeFault(genotype)
}

/** @throws RangeError naming the broken invariant */
export function assertGenotype(genotype: Genotype): void {
  const fault = faultOf(genotype)
  if (fault !== undefined) throw new RangeError(fault)
}

/** Why `genotype` cannot stand beside `expected`, as a sentence, or undefined when interface and rule are the same. */
export function interfaceFault(
  genotype: Pick<Genotype, 'inputs' | 'outputs' | 'rule'>, expected: Pick<Genotype, 'inputs' | 'outputs' | 'rule'>,
): string | undefined {
  const [mine, wanted] = [genotype, expected].map(({ inputs, outputs, rule }) => {
    const steps = rule.kind === 'synchronous' ? ` ${rule.steps}` : ''
    return `${inputs} inputs, ${outputs} outputs, rule ${rule.kind}${steps}`
  })
  return mine === wanted ? undefined : `Needed are ${wanted}; the genotype has ${mine}`
}

function ruleFault(rule: UpdateRule): string | undefined {
  if (rule.kind === 'ordered' || rule.kind === 'stanley') return undefined
  if (rule.kind !== 'synchronous') return `Unknown update rule ${String((rule as { kind: unknown }).kind)}`
  return isCount(rule.steps, 1, MAX_STEPS) ? undefined : `A synchronous rule takes 1 to ${MAX_STEPS} steps, got ${rule.steps}`
}

function neuronsFault(outputs: number, neurons: readonly Neuron[]): string | undefined {
  if (neurons.length < outputs || neurons.length > MAX_NEURONS) {
    return `A genotype with ${outputs} actuators needs ${outputs} to ${MAX_NEURONS} neurons, got ${neurons.length}`
  }
  let previous = FIRST_HIDDEN - 1
  for (let i = 0; i < neurons.length; i++) {
    const neuron = neurons[i]!
    if (i < outputs) {
      if (neuron.id !== actuatorId(i)) return `Neuron ${i} must be actuator ${actuatorId(i)}, got ${neuron.id}`
    } else {
      if (!isCount(neuron.id, previous + 1, END_OF_IDS - 1)) return `Hidden ids must ascend from ${previous + 1}, got ${neuron.id}`
      previous = neuron.id
    }
    if (!isActivation(neuron.activation)) return `Unknown activation ${String(neuron.activation)}`
    if (!isAggregation(neuron.aggregation)) return `Unknown aggregation ${String(neuron.aggregation)}`
    if (!isParameter(neuron.bias)) return `A bias must be finite and not -0, got ${neuron.bias}`
    if (!isParameter(neuron.response)) return `A response must be finite and not -0, got ${neuron.response}`
  }
  return undefined
}

function linksFault(inputs: number, neurons: readonly Neuron[], links: Links): string | undefined {
  const { sources, targets, weights } = links
  const count = sources.length
  if (targets.length !== count || weights.length !== count) {
    return `Link columns differ in length: ${count}, ${targets.length}, ${weights.length}`
  }
  if (count > MAX_LINKS) return `A genotype has at most ${MAX_LINKS} links, got ${count}`
  const known = new Set<NeuronId>()
  for (const neuron of neurons) known.add(neuron.id)
  for (let i = 0; i < count; i++) {
    const source = sources[i]!
    const target = targets[i]!
    if (!known.has(target)) return `Link target ${target} is no neuron`
    const exists = isSensor(source) ? isCount(source, 0, inputs - 1) : known.has(source)
    if (!exists) return `Link source ${source} is no sensor or neuron`
    if (Object.is(source, -0)) return 'Link source -0 is not 0'
    if (i > 0 && (target < targets[i - 1]! || (target === targets[i - 1]! && source <= sources[i - 1]!))) {
      return `Links must ascend by target, then source: link ${i} is ${source} to ${target}`
    }
    if (!isParameter(weights[i]!)) return `A weight must be finite and not -0, got ${weights[i]}`
  }
  return undefined
}

function sizeFault(genotype: Genotype): string | undefined {
  const bytes = encodedLength(genotype)
  return bytes <= MAX_GENOTYPE_BYTES ? undefined : `A genotype has at most ${MAX_GENOTYPE_BYTES} bytes, this one ${bytes}`
}

function isCount(x: number, least: number, most: number): boolean {
  return Number.isInteger(x) && x >= least && x <= most
}
