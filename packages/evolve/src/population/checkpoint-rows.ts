// The rows that checkpoints of several algorithms are made of: settings, candidates, members, champions. A reader returns
// undefined for what cannot be and never throws.

import { asciiBytes, asciiText } from '../ascii.ts'
import { cidOf, isCid } from '../genotype/cid.ts'
import { decodeGenotype, encodeGenotype } from '../genotype/codec.ts'
import { interfaceFault, type Genotype } from '../genotype/genotype.ts'
import { activationCode, activationNames } from '../network/activation.ts'
import { aggregationCode, aggregationNames } from '../network/aggregation.ts'
import type { ByteReader, ByteWriter } from './bytes.ts'
import { readEdits, writeEdits } from './edit-bytes.ts'
import { isBehaviour, type Behaviour } from './novelty.ts'
import type { Candidate, Champion, Individual } from './population.ts'
import { choices, settingRanges, settingsFault, switches, type PopulationSettings } from './settings.ts'

const MAX_OPERATORS = 16
const MAX_OPERATOR_LENGTH = 32

export type GenotypeInterface = Pick<Genotype, 'inputs' | 'outputs' | 'rule'>

/** Sensors, actuators and update rule, which all genotypes of a search share. */
export function writeInterface(writer: ByteWriter, { inputs, outputs, rule }: GenotypeInterface): void {
  writer.u32(inputs)
  writer.u32(outputs)
  writer.u8(['ordered', 'synchronous', 'stanley'].indexOf(rule.kind))
  writer.u8(rule.kind === 'synchronous' ? rule.steps : 0)
}

export function readInterface(reader: ByteReader): GenotypeInterface | undefined {
  const inputs = reader.u32()
  const outputs = reader.u32()
  const kind = reader.u8()
  const steps = reader.u8()
  const rule = kind === 0 ? { kind: 'ordered' } as const : kind === 1 && steps > 0 ? { kind: 'synchronous', steps } as const
    : kind === 2 ? { kind: 'stanley' } as const : undefined
  return rule === undefined || (kind !== 1 && steps !== 0) ? undefined : { inputs, outputs, rule }
}

/** Undefined for a genotype that is not valid or has another interface. */
export function readGenotype(reader: ByteReader, expected: GenotypeInterface): Genotype | undefined {
  const decoded = decodeGenotype(reader.block())
  return decoded.ok && interfaceFault(decoded.value, expected) === undefined ? decoded.value : undefined
}

export function rows<Row>(reader: ByteReader, leastBytes: number, read: () => Row | undefined): Row[] | undefined {
  const count = reader.count(leastBytes)
  const result: Row[] = []
  for (let i = 0; i < count; i++) {
    const row = read()
    if (row === undefined) return undefined
    result.push(row)
  }
  return result
}

export function writeIndividual(writer: ByteWriter, { genotype, fitness, species, merit, behaviour }: Individual): void {
  writer.f64(fitness)
  writer.f64(species)
  writer.f64(merit)
  writeBehaviour(writer, behaviour ?? [])
  writer.block(encodeGenotype(genotype))
}

export function readIndividual(reader: ByteReader, expected: GenotypeInterface): Individual | undefined {
  const fitness = reader.f64()
  const species = reader.f64()
  const merit = reader.f64()
  const behaviour = numbersOf(reader)
  const genotype = readGenotype(reader, expected)
  return genotype && { genotype, fitness, species, merit, behaviour: behaviour.length === 0 ? undefined : behaviour }
}

export function writeBehaviour(writer: ByteWriter, behaviour: Behaviour): void {
  writer.u32(behaviour.length)
  for (const x of behaviour) writer.f64(x)
}

export function readBehaviour(reader: ByteReader): Behaviour | undefined {
  const behaviour = numbersOf(reader)
  return isBehaviour(behaviour) ? behaviour : undefined
}

function numbersOf(reader: ByteReader): readonly number[] {
  return Array.from({ length: reader.count(8) }, () => reader.f64())
}

export function isIndividual({ fitness, merit, behaviour }: Individual): boolean {
  return isFitness(fitness) && merit >= 0 && merit <= 1_000_000 && !Object.is(merit, -0)
    && (behaviour === undefined || isBehaviour(behaviour))
}

export function writeCandidate(writer: ByteWriter, { genotype, parents, operators, edits }: Candidate): void {
  writer.block(encodeGenotype(genotype))
  writer.u8(parents.length)
  for (const parent of parents) writer.block(asciiBytes(parent))
  writer.u8(operators.length)
  for (const operator of operators) writer.block(asciiBytes(operator))
  writer.u8(edits === undefined ? 0 : 1)
  if (edits !== undefined) writeEdits(writer, edits)
}

export function readCandidate(reader: ByteReader, expected: GenotypeInterface): Candidate | undefined {
  const genotype = readGenotype(reader, expected)
  const parents = texts(reader, 2)
  const operators = texts(reader, MAX_OPERATORS)
  const hasEdits = reader.u8()
  const edits = hasEdits === 1 ? readEdits(reader) : undefined
  if (hasEdits > 1 || (hasEdits === 1 && edits === undefined)) return undefined
  if (genotype === undefined || parents === undefined || operators === undefined) return undefined
  if (!parents.every(isCid) || !operators.every((name) => /^[a-z0-9-]+$/.test(name) && name.length <= MAX_OPERATOR_LENGTH)) return undefined
  return { genotype, parents, operators, ...(edits === undefined ? {} : { edits }) }
}

export function writeChampion(writer: ByteWriter, champion: Champion | undefined): void {
  writer.u8(champion === undefined ? 0 : 1)
  if (champion === undefined) return
  writeCandidate(writer, champion)
  writer.f64(champion.evaluation.fitness)
  writer.f64(champion.evaluation.score)
  writer.f64(champion.evaluation.steps)
  writeBehaviour(writer, champion.evaluation.behaviour ?? [])
  writer.f64(champion.generation)
}

/** `refused` when the bytes hold one that cannot be. */
export function readChampion(reader: ByteReader, expected: GenotypeInterface): Champion | undefined | 'refused' {
  const present = reader.u8()
  if (present === 0) return undefined
  const candidate = readCandidate(reader, expected)
  const [fitness, score, steps] = [reader.f64(), reader.f64(), reader.f64()]
  const behaviour = numbersOf(reader)
  const generation = reader.f64()
  const isEvaluation = isFitness(fitness) && score - score === 0 && isCounter(steps) && (behaviour.length === 0 || isBehaviour(behaviour))
  if (present !== 1 || candidate === undefined || !isEvaluation || !isCounter(generation)) return 'refused'
  const evaluation = behaviour.length === 0 ? { fitness, score, steps } : { fitness, score, steps, behaviour }
  return { ...candidate, cid: cidOf(encodeGenotype(candidate.genotype)), evaluation, generation }
}

function texts(reader: ByteReader, most: number): string[] | undefined {
  const count = reader.u8()
  if (count > most) return undefined
  const result: string[] = []
  for (let i = 0; i < count; i++) result.push(asciiText(reader.block()))
  return result
}

export function writeSettings(writer: ByteWriter, settings: PopulationSettings): void {
  writer.u8(settingRanges.length)
  for (const [name] of settingRanges) writer.f64(settings[name])
  for (const name of switches) writer.u8(settings[name] ? 1 : 0)
  for (const [name, names] of choices) writer.u8((names as readonly string[]).indexOf(settings[name]))
  writer.u8(activationCode(settings.activation))
  writer.u8(settings.activations.length)
  for (const name of settings.activations) writer.u8(activationCode(name))
  writer.u8(settings.aggregations.length)
  for (const name of settings.aggregations) writer.u8(aggregationCode(name))
}

export function readSettings(reader: ByteReader): PopulationSettings | undefined {
  if (reader.u8() !== settingRanges.length) return undefined
  const numbers = Object.fromEntries(settingRanges.map(([name]) => [name, reader.f64()]))
  const flags = switches.map((name) => [name, reader.u8()] as const)
  const chosen = choices.map(([name, names]) => [name, names[reader.u8()]] as const)
  const activation = activationNames[reader.u8()]
  const activations = Array.from({ length: reader.u8() }, () => activationNames[reader.u8()])
  const aggregations = Array.from({ length: reader.u8() }, () => aggregationNames[reader.u8()])
  if (reader.failed() || flags.some(([, flag]) => flag > 1)) return undefined
  const settings = {
    ...numbers, ...Object.fromEntries(flags.map(([name, flag]) => [name, flag === 1])), ...Object.fromEntries(chosen),
    activation, activations, aggregations,
  } as unknown as PopulationSettings
  return settingsFault(settings) === undefined ? settings : undefined
}

export const isCounter = (x: number): boolean => Number.isSafeInteger(x) && x >= 0 && !Object.is(x, -0)
export const isFitness = (x: number): boolean => isCounter(x) && x <= 1_000_000
