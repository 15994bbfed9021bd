// The reference: runs a genotype as `docs/genotype.md` says, in plain TypeScript, one pass per neuron over typed arrays. What
// the WebAssembly kernel computes must equal this to the bit; nothing but tests and measurements runs it.

import type { Genotype } from '../genotype/genotype.ts'
import { activate, activationCode } from './activation.ts'
import { aggregate, aggregationCode, SUM } from './aggregation.ts'
import { incomingOf, orderOf } from './graph.ts'
import type { Network } from './network.ts'
import { MAX_SETTLING_PASSES, settlingOf, type Settling } from './settle.ts'

/** The genotype as flat columns, one row per neuron in order of computation. Slots are places in the array of values. */
interface Plan {
  readonly slots: Int32Array
  readonly starts: Int32Array
  readonly sources: Int32Array
  readonly weights: Float64Array
  readonly activations: Uint8Array
  readonly aggregations: Uint8Array
  readonly biases: Float64Array
  readonly responses: Float64Array
}

/**
 * A network that computes what `docs/genotype.md` says. Once a neuron is NaN or infinite, all outputs are NaN until
 * the next reset.
 * @throws RangeError only later, from `activate`, for a wrong number of inputs
 */
export function interpret(genotype: Genotype): Network {
  const { inputs, outputs, neurons, rule } = genotype
  const incoming = incomingOf(genotype)
  const order = rule.kind === 'ordered' ? orderOf(genotype, incoming).order : Int32Array.from(neurons, (_, i) => i)
  const plan = planOf(genotype, order)
  const result = new Float64Array(outputs)
  let values = new Float64Array(inputs + neurons.length)
  let others = new Float64Array(inputs + neurons.length)
  let failed = false
  const settling = rule.kind === 'stanley' ? settlingOf(genotype, incoming) : undefined
  let passes = 0

  /** One pass that reads the values of the pass before. */
  const passSynchronously = (reachedAt: Int32Array | undefined): boolean => {
    for (let i = 0; i < inputs; i++) others[i] = values[i]!
    passes++
    const finite = pass(plan, values, others, reachedAt, passes)
    const previous = values
    values = others
    others = previous
    return finite
  }
  const step = (): boolean => {
    if (rule.kind === 'ordered') return pass(plan, values, values, undefined, 0)
    let finite = true
    const times = rule.kind === 'synchronous' ? rule.steps : passesNow(settling!, passes)
    for (let i = 0; i < times; i++) finite = passSynchronously(settling?.reachedAt) && finite
    return finite
  }
  return {
    inputs,
    outputs,
    activate(given) {
      if (given.length !== inputs) throw new RangeError(`The network has ${inputs} inputs, got ${given.length}`)
      for (let i = 0; i < inputs; i++) values[i] = given[i]! + 0
      if (!step()) failed = true
      for (let i = 0; i < outputs; i++) result[i] = failed ? NaN : values[inputs + i]!
      return result
    },
    reset() {
      values.fill(0)
      others.fill(0)
      failed = false
      passes = 0
    },
  }
}

/** Computes every neuron once, reading `from`, writing `to`; false when one of them is not finite. */
function pass(plan: Plan, from: Float64Array, to: Float64Array, reachedAt: Int32Array | undefined, passes: number): boolean {
  const { slots, starts, sources, weights, activations, aggregations, biases, responses } = plan
  // x − x is 0 for a finite x and NaN otherwise.
  let fault = 0
  for (let n = 0; n < slots.length; n++) {
    const slot = slots[n]!
    if (reachedAt !== undefined && passes < reachedAt[n]!) {
      to[slot] = 0
      continue
    }
    const end = starts[n + 1]!
    let joined = 0
    if (aggregations[n] === SUM) {
      for (let i = starts[n]!; i < end; i++) joined += weights[i]! * from[sources[i]!]!
    } else {
      joined = aggregate(aggregations[n]!, weights, sources, from, starts[n]!, end)
    }
    const value = activate(activations[n]!, biases[n]! + responses[n]! * joined)
    fault += value - value
    to[slot] = value
  }
  return fault === 0
}

function planOf(genotype: Genotype, order: Int32Array): Plan {
  const { inputs, neurons, links } = genotype
  const incoming = incomingOf(genotype)
  const starts = new Int32Array(order.length + 1)
  const sources = new Int32Array(incoming.sources.length)
  const weights = new Float64Array(incoming.sources.length)
  let at = 0
  for (let n = 0; n < order.length; n++) {
    starts[n] = at
    for (let link = incoming.starts[order[n]!]!; link < incoming.starts[order[n]! + 1]!; link++, at++) {
      sources[at] = incoming.sources[link]!
      weights[at] = links.weights[link]!
    }
  }
  starts[order.length] = at
  const rows = Array.from(order, (position) => neurons[position]!)
  return {
    slots: order.map((position) => inputs + position),
    starts,
    sources,
    weights,
    activations: Uint8Array.from(rows, (neuron) => activationCode(neuron.activation)),
    aggregations: Uint8Array.from(rows, (neuron) => aggregationCode(neuron.aggregation)),
    biases: Float64Array.from(rows, (neuron) => neuron.bias),
    responses: Float64Array.from(rows, (neuron) => neuron.response),
  }
}

function passesNow(settling: Settling, passes: number): number {
  if (!settling.complete) return MAX_SETTLING_PASSES
  return passes === 0 ? settling.firstPasses : 1
}
