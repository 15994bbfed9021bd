// Edits as columns of a checkpoint, and as what a delta between peers can be. Separate from the checkpoint because a child
// can travel without a population: as these bytes and the CID of its parent.

import { isParameter, type Neuron, type NeuronId } from '../genotype/genotype.ts'
import type { Edit } from '../genotype/edits.ts'
import { activationCode, activationNames } from '../network/activation.ts'
import { aggregationCode, aggregationNames } from '../network/aggregation.ts'
import type { ByteReader, ByteWriter } from './bytes.ts'

/** Position is the code: append only. */
const kinds = [
  'add-link', 'remove-link', 'add-neuron', 'remove-neuron', 'set-weights', 'set-biases', 'set-bias', 'set-response', 'set-activation',
  'set-aggregation',
] as const satisfies readonly Edit['kind'][]

export function writeEdits(writer: ByteWriter, edits: readonly Edit[]): void {
  writer.u32(edits.length)
  for (const edit of edits) {
    writer.u8(kinds.indexOf(edit.kind))
    switch (edit.kind) {
      case 'add-link':
      case 'remove-link':
        writer.id(edit.source)
        writer.id(edit.target)
        if (edit.kind === 'add-link') writer.f64(edit.weight)
        break
      case 'add-neuron': writeNeuron(writer, edit.neuron); break
      case 'set-weights': writeColumn(writer, edit.weights); break
      case 'set-biases': writeColumn(writer, edit.biases); break
      default:
        writer.id(edit.id)
        if (edit.kind === 'set-bias') writer.f64(edit.bias)
        if (edit.kind === 'set-response') writer.f64(edit.response)
        if (edit.kind === 'set-activation') writer.u8(activationCode(edit.activation))
        if (edit.kind === 'set-aggregation') writer.u8(aggregationCode(edit.aggregation))
    }
  }
}

/** Undefined when the bytes are no edits. Whether they fit a genotype, `applyEdits` finds out. */
export function readEdits(reader: ByteReader): readonly Edit[] | undefined {
  const edits: Edit[] = []
  for (let left = reader.count(5); left > 0; left--) {
    const edit = readEdit(reader)
    if (edit === undefined || reader.failed()) return undefined
    edits.push(edit)
  }
  return reader.failed() ? undefined : edits
}

function readEdit(reader: ByteReader): Edit | undefined {
  const kind = kinds[reader.u8()]
  switch (kind) {
    case undefined: return undefined
    case 'add-link': return checked({ kind, source: reader.id(), target: reader.id(), weight: reader.f64() }, 'weight')
    case 'remove-link': return { kind, source: reader.id(), target: reader.id() }
    case 'add-neuron': {
      const neuron = readNeuron(reader)
      return neuron && { kind, neuron }
    }
    case 'remove-neuron': return { kind, id: reader.id() }
    case 'set-weights': {
      const weights = readColumn(reader)
      return weights && { kind, weights }
    }
    case 'set-biases': {
      const biases = readColumn(reader)
      return biases && { kind, biases }
    }
    case 'set-bias': return checked({ kind, id: reader.id(), bias: reader.f64() }, 'bias')
    case 'set-response': return checked({ kind, id: reader.id(), response: reader.f64() }, 'response')
    case 'set-activation': {
      const id = reader.id()
      const activation = activationNames[reader.u8()]
      return activation && { kind, id, activation }
    }
    case 'set-aggregation': {
      const id = reader.id()
      const aggregation = aggregationNames[reader.u8()]
      return aggregation && { kind, id, aggregation }
    }
  }
}

function checked<Name extends string, Row extends { readonly [N in Name]: number }>(row: Row, name: Name): Row | undefined {
  return isParameter(row[name]) ? row : undefined
}

function writeNeuron(writer: ByteWriter, { id, activation, aggregation, bias, response }: Neuron): void {
  writer.id(id)
  writer.u8(activationCode(activation))
  writer.u8(aggregationCode(aggregation))
  writer.f64(bias)
  writer.f64(response)
}

function readNeuron(reader: ByteReader): Neuron | undefined {
  const id: NeuronId = reader.id()
  const activation = activationNames[reader.u8()]
  const aggregation = aggregationNames[reader.u8()]
  const bias = reader.f64()
  const response = reader.f64()
  if (activation === undefined || aggregation === undefined || !isParameter(bias) || !isParameter(response)) return undefined
  return { id, activation, aggregation, bias, response }
}

function writeColumn(writer: ByteWriter, column: Float64Array): void {
  writer.u32(column.length)
  for (const x of column) writer.f64(x)
}

function readColumn(reader: ByteReader): Float64Array | undefined {
  const column = new Float64Array(reader.count(8))
  for (let i = 0; i < column.length; i++) column[i] = reader.f64()
  return column.every(isParameter) ? column : undefined
}
