// A population as bytes, so that evolution goes on after a restart exactly as if it had not stopped. For one's own
// archive, yet read as carefully as a stranger's bytes: storage can be damaged and files can be shared.

import { asciiBytes, asciiText } from '../ascii.ts'
import { cidOf, isCid } from '../genotype/cid.ts'
import { decodeGenotype, encodeGenotype, type Decoded } from '../genotype/codec.ts'
import { interfaceFault, MAX_LINKS, type Genotype } from '../genotype/genotype.ts'
import { activationCode, activationNames } from '../network/activation.ts'
import { aggregationCode, aggregationNames } from '../network/aggregation.ts'
import { createReader, createWriter, type ByteReader, type ByteWriter } from './bytes.ts'
import { readEdits, writeEdits } from './edit-bytes.ts'
import { isBehaviour, type Behaviour } from './novelty.ts'
import type { Candidate, Champion, Individual, Population } from './population.ts'
import { choices, settingRanges, settingsFault, switches, type PopulationSettings } from './settings.ts'
import type { Species } from './species.ts'

export const MAX_CHECKPOINT_BYTES = 67_108_864
const CHECKPOINT_VERSION = 1
/** `MBpo`, little-endian. */
const MAGIC = 0x6f70424d
const MAX_OPERATORS = 16
const MAX_OPERATOR_LENGTH = 32

export type CheckpointRefusal =
  | 'too-large' // more than MAX_CHECKPOINT_BYTES
  | 'bad-magic' // no checkpoint at all
  | 'bad-version' // a version that this release does not know
  | 'bad-settings' // a setting out of range
  | 'bad-genotype' // a genotype that is not valid or has another interface
  | 'bad-state' // truncated, trailing bytes, or numbers that cannot be

/** Columns in the order of this function; a release that changes it counts the version up and migrates the old ones. */
export function encodePopulation(population: Population): Uint8Array {
  const writer = createWriter()
  writer.u32(MAGIC)
  writer.u8(CHECKPOINT_VERSION)
  writeSettings(writer, population.settings)
  for (const word of population.random) writer.u32(word)
  for (const name of counters) writer.f64(population[name])
  writer.u32(population.inputs)
  writer.u32(population.outputs)
  writer.u8(['ordered', 'synchronous', 'stanley'].indexOf(population.rule.kind))
  writer.u8(population.rule.kind === 'synchronous' ? population.rule.steps : 0)
  writer.u32(population.species.length)
  for (const species of population.species) {
    for (const name of speciesNumbers) writer.f64(species[name])
    writer.block(encodeGenotype(species.representative))
  }
  writer.u32(population.members.length)
  for (const member of population.members) writeIndividual(writer, member)
  writer.u32(population.hall.length)
  for (const member of population.hall) writeIndividual(writer, member)
  writer.u32(population.archive.length)
  for (const behaviour of population.archive) writeBehaviour(writer, behaviour)
  writer.u8(population.phase.simplifying ? 1 : 0)
  for (const name of phaseNumbers) writer.f64(population.phase[name])
  writer.u32(population.pending.length)
  for (const candidate of population.pending) writeCandidate(writer, candidate)
  const { champion } = population
  writer.u8(champion === undefined ? 0 : 1)
  if (champion !== undefined) {
    writeCandidate(writer, champion)
    writer.f64(champion.evaluation.fitness)
    writer.f64(champion.evaluation.score)
    writer.f64(champion.evaluation.steps)
    writeBehaviour(writer, champion.evaluation.behaviour ?? [])
    writer.f64(champion.generation)
  }
  return writer.done()
}

/** Never throws, whatever the bytes. */
export function decodePopulation(bytes: Uint8Array): Decoded<Population, CheckpointRefusal> {
  if (bytes.length > MAX_CHECKPOINT_BYTES) return refuse('too-large')
  const reader = createReader(bytes)
  if (reader.u32() !== MAGIC) return refuse('bad-magic')
  if (reader.u8() !== CHECKPOINT_VERSION) return refuse('bad-version')
  const settings = readSettings(reader)
  if (settings === undefined) return refuse('bad-settings')
  const random = [reader.u32(), reader.u32(), reader.u32(), reader.u32()] as const
  const numbers = counters.map(() => reader.f64())
  const inputs = reader.u32()
  const outputs = reader.u32()
  const kind = reader.u8()
  const steps = reader.u8()
  const rule = kind === 0 ? { kind: 'ordered' } as const : kind === 1 && steps > 0 ? { kind: 'synchronous', steps } as const
    : kind === 2 ? { kind: 'stanley' } as const : undefined
  if (rule === undefined || (kind !== 1 && steps !== 0)) return refuse('bad-state')
  const genotype = (): Genotype | undefined => {
    const decoded = decodeGenotype(reader.block())
    return decoded.ok && interfaceFault(decoded.value, { inputs, outputs, rule }) === undefined ? decoded.value : undefined
  }
  const species = rows(reader, 44, (): Species | undefined => {
    const [id, born, best, improvedAt] = speciesNumbers.map(() => reader.f64()) as [number, number, number, number]
    const representative = genotype()
    return representative && { id, born, representative, best, improvedAt }
  })
  const members = rows(reader, 29, () => readIndividual(reader, genotype))
  const hall = rows(reader, 29, () => readIndividual(reader, genotype))
  const archive = rows(reader, 12, () => readBehaviour(reader))
  const simplifying = reader.u8()
  const [since, base, lowest] = phaseNumbers.map(() => reader.f64()) as [number, number, number]
  const pending = rows(reader, 6, () => readCandidate(reader, genotype))
  const hasChampion = reader.u8()
  const champion = hasChampion === 1 ? readChampion(reader, genotype) : undefined
  if (reader.failed()) return refuse('bad-state')
  if (archive === undefined || simplifying > 1) return refuse('bad-state')
  if (species === undefined || members === undefined || hall === undefined || pending === undefined) return refuse('bad-genotype')
  if (hasChampion === 1 && champion === undefined) return refuse('bad-genotype')
  const [generation, evaluations, threshold, improvedAt, nextSpecies] = numbers as [number, number, number, number, number]
  const population: Population = {
    inputs, outputs, rule, settings, random, generation, evaluations, threshold, improvedAt, nextSpecies,
    species, members, hall, archive, phase: { simplifying: simplifying === 1, since, base, lowest }, pending, champion,
  }
  return reader.finished() && hasChampion < 2 && isConsistent(population) ? { ok: true, value: population } : refuse('bad-state')
}

const counters = ['generation', 'evaluations', 'threshold', 'improvedAt', 'nextSpecies'] as const
const speciesNumbers = ['id', 'born', 'best', 'improvedAt'] as const
const phaseNumbers = ['since', 'base', 'lowest'] as const

/** What `ask`, `tell` and `immigrate` rely on and cannot check again. */
function isConsistent(population: Population): boolean {
  const { generation, evaluations, threshold, improvedAt, nextSpecies, species, members, hall, archive, phase, pending, champion } = population
  const ids = new Set(species.map(({ id }) => id))
  const homes = new Set(members.map((member) => member.species))
  return isCounter(generation) && isCounter(evaluations) && isCounter(improvedAt) && isCounter(nextSpecies) && improvedAt <= generation
    && threshold >= 0 && threshold - threshold === 0
    && members.length + pending.length > 0
    && members.length <= 2 * population.settings.size && pending.length <= population.settings.size
    && (pending.length > 0 || (species.length > 0 && species.every(({ id }) => homes.has(id))))
    && ids.size === species.length
    && species.every((one) => isCounter(one.id) && one.id < nextSpecies && isCounter(one.born))
    && species.every((one) => isCounter(one.improvedAt) && isFitness(one.best))
    && members.every((member) => isIndividual(member) && ids.has(member.species))
    && hall.length <= population.settings.hallSize && hall.every(isIndividual)
    && archive.length <= population.settings.noveltyArchive
    && isCounter(phase.since) && phase.base >= -1 && phase.base <= MAX_LINKS && phase.lowest >= 0 && phase.lowest <= MAX_LINKS
    && (champion === undefined || (isFitness(champion.evaluation.fitness) && isCounter(champion.generation)
      && isCounter(champion.evaluation.steps) && champion.evaluation.score - champion.evaluation.score === 0
      && (champion.evaluation.behaviour === undefined || isBehaviour(champion.evaluation.behaviour))))
}

function rows<Row>(reader: ByteReader, leastBytes: number, read: () => Row | undefined): Row[] | undefined {
  const count = reader.count(leastBytes)
  const result: Row[] = []
  for (let i = 0; i < count; i++) {
    const row = read()
    if (row === undefined) return undefined
    result.push(row)
  }
  return result
}

function writeIndividual(writer: ByteWriter, { genotype, fitness, species, merit, behaviour }: Individual): void {
  writer.f64(fitness)
  writer.f64(species)
  writer.f64(merit)
  writeBehaviour(writer, behaviour ?? [])
  writer.block(encodeGenotype(genotype))
}

function readIndividual(reader: ByteReader, readGenotype: () => Genotype | undefined): Individual | undefined {
  const fitness = reader.f64()
  const species = reader.f64()
  const merit = reader.f64()
  const behaviour = numbersOf(reader)
  const genotype = readGenotype()
  return genotype && { genotype, fitness, species, merit, behaviour: behaviour.length === 0 ? undefined : behaviour }
}

function writeBehaviour(writer: ByteWriter, behaviour: Behaviour): void {
  writer.u32(behaviour.length)
  for (const x of behaviour) writer.f64(x)
}

function readBehaviour(reader: ByteReader): Behaviour | undefined {
  const behaviour = numbersOf(reader)
  return isBehaviour(behaviour) ? behaviour : undefined
}

function numbersOf(reader: ByteReader): readonly number[] {
  return Array.from({ length: reader.count(8) }, () => reader.f64())
}

function isIndividual({ fitness, merit, behaviour }: Individual): boolean {
  return isFitness(fitness) && merit >= 0 && merit <= 1_000_000 && !Object.is(merit, -0) && (behaviour === undefined || isBehaviour(behaviour))
}

function writeCandidate(writer: ByteWriter, { genotype, parents, operators, edits }: Candidate): void {
  writer.block(encodeGenotype(genotype))
  writer.u8(parents.length)
  for (const parent of parents) writer.block(asciiBytes(parent))
  writer.u8(operators.length)
  for (const operator of operators) writer.block(asciiBytes(operator))
  writer.u8(edits === undefined ? 0 : 1)
  if (edits !== undefined) writeEdits(writer, edits)
}

function readCandidate(reader: ByteReader, readGenotype: () => Genotype | undefined): Candidate | undefined {
  const genotype = readGenotype()
  const parents = texts(reader, 2)
  const operators = texts(reader, MAX_OPERATORS)
  const hasEdits = reader.u8()
  const edits = hasEdits === 1 ? readEdits(reader) : undefined
  if (hasEdits > 1 || (hasEdits === 1 && edits === undefined)) return undefined
  if (genotype === undefined || parents === undefined || operators === undefined) return undefined
  if (!parents.every(isCid) || !operators.every((name) => /^[a-z0-9-]+$/.test(name) && name.length <= MAX_OPERATOR_LENGTH)) return undefined
  return { genotype, parents, operators, ...(edits === undefined ? {} : { edits }) }
}

function readChampion(reader: ByteReader, readGenotype: () => Genotype | undefined): Champion | undefined {
  const candidate = readCandidate(reader, readGenotype)
  const numbers = { fitness: reader.f64(), score: reader.f64(), steps: reader.f64() }
  const behaviour = numbersOf(reader)
  const evaluation = behaviour.length === 0 ? numbers : { ...numbers, behaviour }
  const generation = reader.f64()
  return candidate && { ...candidate, cid: cidOf(encodeGenotype(candidate.genotype)), evaluation, generation }
}

function texts(reader: ByteReader, most: number): string[] | undefined {
  const count = reader.u8()
  if (count > most) return undefined
  const result: string[] = []
  for (let i = 0; i < count; i++) result.push(asciiText(reader.block()))
  return result
}

function writeSettings(writer: ByteWriter, settings: PopulationSettings): void {
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

function readSettings(reader: ByteReader): PopulationSettings | undefined {
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

const isCounter = (x: number): boolean => Number.isSafeInteger(x) && x >= 0 && !Object.is(x, -0)
const isFitness = (x: number): boolean => isCounter(x) && x <= 1_000_000

function refuse(reason: CheckpointRefusal): { readonly ok: false; readonly reason: CheckpointRefusal } {
  return { ok: false, reason }
}
