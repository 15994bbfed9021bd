// A genotype as an ONNX model (https://onnx.ai), in double precision, for whatever runs networks outside Megabrain. The
// model computes one control step; what a network remembers goes in as `state` and comes out as `next_state`.

import { cidOf } from '../genotype/cid.ts'
import { encodeGenotype } from '../genotype/codec.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { incomingOf, orderOf } from '../network/graph.ts'
import { attempt, fault, type Writing } from './foreign.ts'
import { axes, constant, createGraph, modelBytes, put, putNamed, putSeveral, type OnnxGraph, type Tensor } from './onnx-graph.ts'
import { putNeuron } from './onnx-neuron.ts'

/** Neurons computed in one step, steps of a synchronous rule unrolled. */
const MAX_COMPUTED = 20_000

/**
 * IR version 8, opset 13. Input `sensors` [rows, sensors], output `actuators` [rows, actuators], float64, one row per case.
 * A network with recurrent links or under `synchronous` also has `state` and `next_state` [rows, neurons]: zeros after a
 * reset, then what the step before gave. A neuron that is not finite makes all outputs NaN, and the next state with them.
 */
export function writeOnnx(genotype: Genotype): Writing<Uint8Array> {
  return attempt(() => {
    const { inputs, outputs, neurons, rule } = genotype
    if (rule.kind === 'stanley') {
      fault('rule', 'ONNX has no network that settles as the original NEAT did; ordered and synchronous can be written')
    }
    const passes = rule.kind === 'synchronous' ? rule.steps : 1
    if (passes * neurons.length > MAX_COMPUTED) {
      fault('rule', `${passes} passes over ${neurons.length} neurons make more than ${MAX_COMPUTED} computations, too many for one model`)
    }
    const graph = createGraph()
    const sensors = putSeveral(graph, 'Split', ['sensors'], inputs, { axis: 1 })
    const remembers = rule.kind === 'synchronous' || orderOf(genotype).recurrent.includes(1)
    const state = remembers ? putSeveral(graph, 'Split', ['state'], neurons.length, { axis: 1 }) : []
    const computed: (readonly Tensor[])[] = remembers ? [state] : []
    let values: readonly Tensor[] = state
    for (let pass = 0; pass < passes; pass++) {
      values = putPass(graph, genotype, sensors, values)
      computed.push(values)
    }
    const failed = putFailure(graph, computed.flat())
    putNamed(graph, 'Add', [put(graph, 'Concat', values.slice(0, outputs), { axis: 1 }), failed], ['actuators'])
    if (remembers) putNamed(graph, 'Add', [put(graph, 'Concat', values, { axis: 1 }), failed], ['next_state'])
    const memory = (name: string) => (remembers ? [{ name, columns: neurons.length }] : [])
    return modelBytes(
      graph,
      [{ name: 'sensors', columns: inputs }, ...memory('state')],
      [{ name: 'actuators', columns: outputs }, ...memory('next_state')],
      { 'megabrain.cid': cidOf(encodeGenotype(genotype)) },
    )
  })
}

/** Every neuron once. `before` are the values of the pass before, by neuron; empty when nothing reads them. */
function putPass(graph: OnnxGraph, genotype: Genotype, sensors: readonly Tensor[], before: readonly Tensor[]): readonly Tensor[] {
  const { inputs, neurons, links, rule } = genotype
  const { starts, sources } = incomingOf(genotype)
  const { order, recurrent } = orderOf(genotype)
  const ordered = rule.kind === 'ordered'
  const values: Tensor[] = []
  let zeros: Tensor | undefined
  // As many rows as the sensors have, whatever they hold: nothing is greater than itself.
  const nothing = (): Tensor => {
    const first = sensors[0]!
    return zeros ??= put(graph, 'Where', [put(graph, 'Greater', [first, first]), first, constant(graph, 0)])
  }
  for (const neuron of order) {
    const from = starts[neuron]!
    const end = starts[neuron + 1]!
    const read = Array.from(sources.subarray(from, end), (slot, i) => {
      if (slot < inputs) return sensors[slot]!
      return ordered && recurrent[from + i] === 0 ? values[slot - inputs]! : before[slot - inputs]!
    })
    values[neuron] = putNeuron(graph, neurons[neuron]!, read, links.weights.subarray(from, end), nothing)
  }
  return values
}

/** A column: 0 while all values are finite, else NaN, since x − x is. */
function putFailure(graph: OnnxGraph, values: readonly Tensor[]): Tensor {
  const all = put(graph, 'Concat', values, { axis: 1 })
  return put(graph, 'ReduceSum', [put(graph, 'Sub', [all, all]), axes(graph, 1)], { keepdims: 1 })
}
