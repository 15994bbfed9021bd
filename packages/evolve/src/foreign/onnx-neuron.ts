// One neuron as ONNX operators, in the order of operations of `docs/genotype.md`, so that only exp, tanh, sin and cos may
// differ from ours, in their last bit. Operators that treat NaN in their own way (Relu, Clip, LeakyRelu) are avoided.

import type { Neuron } from '../genotype/genotype.ts'
import type { ActivationName } from '../network/activation.ts'
import type { AggregationName } from '../network/aggregation.ts'
import { constant, put, putSeveral, rowConstant, type OnnxGraph, type Tensor } from './onnx-graph.ts'

const COLUMNS = 1

/** @param sources one column each, in the canonical order of links @param nothing a column of zeros, made when needed */
export function putNeuron(
  graph: OnnxGraph, neuron: Neuron, sources: readonly Tensor[], weights: Float64Array, nothing: () => Tensor,
): Tensor {
  const { activation, aggregation, bias, response } = neuron
  const joined = sources.length === 0 ? nothing() : putAggregation(graph, aggregation, sources, weights)
  const scaled = response === 1 ? joined : put(graph, 'Mul', [constant(graph, response), joined])
  const shifted = bias === 0 ? scaled : put(graph, 'Add', [constant(graph, bias), scaled])
  return putActivation(graph, activation, shifted)
}

function putAggregation(graph: OnnxGraph, name: AggregationName, sources: readonly Tensor[], weights: Float64Array): Tensor {
  const row = put(graph, 'Mul', [rowConstant(graph, weights), put(graph, 'Concat', sources, { axis: COLUMNS })])
  if (name === 'max-abs') {
    // ArgMax takes the first of equals, as we do.
    const place = put(graph, 'ArgMax', [put(graph, 'Abs', [row])], { axis: COLUMNS, keepdims: 1 })
    return put(graph, 'GatherElements', [row, place], { axis: COLUMNS })
  }
  const terms = putSeveral(graph, 'Split', [row], sources.length, { axis: COLUMNS })
  switch (name) {
    case 'sum': return put(graph, 'Sum', terms)
    case 'mean': return put(graph, 'Div', [put(graph, 'Sum', terms), constant(graph, terms.length)])
    case 'max': return put(graph, 'Max', terms)
    case 'min': return put(graph, 'Min', terms)
    case 'product': return terms.reduce((product, term) => put(graph, 'Mul', [product, term]))
  }
}

function putActivation(graph: OnnxGraph, name: ActivationName, x: Tensor): Tensor {
  const number = (value: number): Tensor => constant(graph, value)
  const unary = (operator: string, a: Tensor): Tensor => put(graph, operator, [a])
  const binary = (operator: string, a: Tensor, b: Tensor): Tensor => put(graph, operator, [a, b])
  const where = (condition: Tensor, yes: Tensor, no: Tensor): Tensor => put(graph, 'Where', [condition, yes, no])
  const within = (limit: number, a: Tensor): Tensor => {
    const low = where(binary('Less', a, number(-limit)), number(-limit), a)
    return where(binary('Greater', a, number(limit)), number(limit), low)
  }
  const logistic = (a: Tensor): Tensor => binary('Div', number(1), binary('Add', number(1), unary('Exp', unary('Neg', a))))
  const softened = (a: Tensor): Tensor => binary('Add', number(1), unary('Abs', a))
  /** Beyond a million our own sin is 0 and our own cos is 1. */
  const wave = (operator: 'Sin' | 'Cos', a: Tensor): Tensor =>
    where(binary('Greater', unary('Abs', a), number(1_000_000)), number(operator === 'Sin' ? 0 : 1), unary(operator, a))
  const bell = (square: Tensor): Tensor => unary('Exp', unary('Neg', square))
  const times = (factor: number, a: Tensor): Tensor => binary('Mul', number(factor), a)
  const squared = (a: Tensor): Tensor => binary('Mul', a, a)
  const negative = (): Tensor => binary('Less', x, number(0))
  switch (name) {
    case 'identity': return x
    case 'sigmoid': return logistic(x)
    case 'steep-sigmoid': return logistic(times(4.924273, x))
    case 'neat-python-sigmoid': return logistic(within(60, times(5, x)))
    case 'tanh': return unary('Tanh', x)
    case 'softsign': return binary('Div', x, softened(x))
    case 'rational-sigmoid': {
      const z = times(2.4621365, x)
      return binary('Add', number(0.5), binary('Div', times(0.5, z), softened(z)))
    }
    case 'relu': return where(negative(), number(0), x)
    case 'leaky-relu': return where(negative(), times(0.001, x), x)
    case 'sine': return wave('Sin', x)
    case 'cosine': return wave('Cos', x)
    case 'gaussian': return bell(squared(x))
    case 'step': return where(binary('Greater', x, number(0)), number(1), where(binary('LessOrEqual', x, number(0)), number(0), x))
    case 'absolute': return unary('Abs', x)
    case 'square': return squared(x)
    case 'clamp': return within(1, x)
    case 'neat-python-tanh': return unary('Tanh', within(60, times(2.5, x)))
    case 'neat-python-sine': return wave('Sin', within(60, times(5, x)))
    case 'neat-python-gaussian': return unary('Exp', times(-5, squared(within(3.4, x))))
    case 'sharpneat-gaussian': return bell(squared(times(2.5, x)))
  }
}
