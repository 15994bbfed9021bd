// An ONNX graph under construction and its bytes. Field numbers are those of onnx.proto in version 1.12 (IR version 8):
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { asciiBytes } from '../ascii.ts'
import { bytesField, join, numberField } from './protobuf.ts'

/** Name of a tensor in the graph. */
export type Tensor = string

export interface OnnxGraph {
  readonly nodes: Uint8Array[]
  readonly constants: Map<string, { readonly name: Tensor; readonly bytes: Uint8Array }>
  /** Counts tensors, for their names. */
  tensors: number
}

/** A tensor that goes in or comes out: one row per case, `columns` wide. */
export interface Port {
  readonly name: Tensor
  readonly columns: number
}

const IR_VERSION = 8
const OPSET = 13
const DOUBLE = 11
const INT64 = 7
const ATTRIBUTE_INT = 2

export function createGraph(): OnnxGraph {
  return { nodes: [], constants: new Map(), tensors: 0 }
}

/** Appends a node with one output and gives the output's name. @param attributes whole numbers from 0 */
export function put(
  graph: OnnxGraph, operator: string, inputs: readonly Tensor[], attributes: Readonly<Record<string, number>> = {},
): Tensor {
  return putSeveral(graph, operator, inputs, 1, attributes)[0]!
}

export function putSeveral(
  graph: OnnxGraph, operator: string, inputs: readonly Tensor[], outputs: number, attributes: Readonly<Record<string, number>> = {},
): Tensor[] {
  const names = Array.from({ length: outputs }, () => `t${graph.tensors++}`)
  putNamed(graph, operator, inputs, names, attributes)
  return names
}

export function putNamed(
  graph: OnnxGraph, operator: string, inputs: readonly Tensor[], outputs: readonly Tensor[],
  attributes: Readonly<Record<string, number>> = {},
): void {
  graph.nodes.push(join([
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(5, join([text(1, name), numberField(3, value), numberField(20, ATTRIBUTE_INT)]))),
  ]))
}

/** One number for all rows. */
export function constant(graph: OnnxGraph, value: number): Tensor {
  return stored(graph, `d${value}`, [], Float64Array.of(value))
}

/** One row, to be used with each row of a tensor as wide. */
export function rowConstant(graph: OnnxGraph, values: Float64Array): Tensor {
  return stored(graph, `r${values.join()}`, [1, values.length], values)
}

/** A list of axes or indices. */
export function axes(graph: OnnxGraph, ...values: readonly number[]): Tensor {
  return stored(graph, `i${values.join()}`, [values.length], BigInt64Array.from(values, BigInt))
}

function stored(graph: OnnxGraph, key: string, dimensions: readonly number[], values: Float64Array | BigInt64Array): Tensor {
  const known = graph.constants.get(key)
  if (known !== undefined) return known.name
  const name = `c${graph.constants.size}`
  const raw = new DataView(new ArrayBuffer(8 * values.length))
  values.forEach((value: number | bigint, i: number) => {
    if (typeof value === 'number') raw.setFloat64(8 * i, value, true)
    else raw.setBigInt64(8 * i, value, true)
  })
  const bytes = join([
    ...dimensions.map((dimension) => numberField(1, dimension)),
    numberField(2, values instanceof Float64Array ? DOUBLE : INT64),
    text(8, name),
    bytesField(9, new Uint8Array(raw.buffer)),
  ])
  graph.constants.set(key, { name, bytes })
  return name
}

/** The whole file. @param properties what else a reader may want to know, ASCII */
export function modelBytes(
  graph: OnnxGraph, inputs: readonly Port[], outputs: readonly Port[], properties: Readonly<Record<string, string>>,
): Uint8Array {
  const content = join([
    ...graph.nodes.map((node) => bytesField(1, node)),
    text(2, 'network'),
    ...[...graph.constants.values()].map(({ bytes }) => bytesField(5, bytes)),
    ...inputs.map((port) => bytesField(11, portBytes(port))),
    ...outputs.map((port) => bytesField(12, portBytes(port))),
  ])
  return join([
    numberField(1, IR_VERSION),
    text(2, 'megabrain'),
    bytesField(7, content),
    bytesField(8, join([text(1, ''), numberField(2, OPSET)])),
    ...Object.entries(properties).map(([key, value]) => bytesField(14, join([text(1, key), text(2, value)]))),
  ])
}

function portBytes({ name, columns }: Port): Uint8Array {
  const shape = join([bytesField(1, text(2, 'rows')), bytesField(1, numberField(1, columns))])
  const tensor = join([numberField(1, DOUBLE), bytesField(2, shape)])
  return join([text(1, name), bytesField(2, bytesField(1, tensor))])
}

function text(field: number, value: string): Uint8Array {
  return bytesField(field, asciiBytes(value))
}
