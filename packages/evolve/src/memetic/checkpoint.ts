// A memetic search as bytes, tuners in mid-run included, so that it goes on after a restart exactly as if it had not
// stopped. Read as carefully as a stranger's bytes: storage can be damaged and files can be shared.

import { encodeGenotype, type Decoded } from '../genotype/codec.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { activationCode, activationNames, type ActivationName } from '../network/activation.ts'
import { aggregationCode, aggregationNames } from '../network/aggregation.ts'
import { createReader, createWriter, type ByteReader, type ByteWriter } from '../population/bytes.ts'
import {
  isCounter, isFitness, readCandidate, readChampion, readGenotype, readInterface, rows, writeCandidate, writeChampion, writeInterface,
  type GenotypeInterface,
} from '../population/checkpoint-rows.ts'
import { MAX_CHECKPOINT_BYTES, type CheckpointRefusal } from '../population/checkpoint.ts'
import { tunerNames } from '../tuner/settings.ts'
import { tunerFor, tuners } from '../tuner/tuners.ts'
import { withEdits, type Agent, type Trial } from './agent.ts'
import type { Memetic } from './memetic.ts'
import { defaultMemeticSettings, memeticChoices, memeticRanges, memeticSettingsFault, type MemeticSettings } from './settings.ts'

const MEMETIC_VERSION = 2
/** `MBme`, little-endian. */
export const MEMETIC_MAGIC = 0x656d424d
/** Numbers among the settings of version 1, which had five operators and no list of aggregations. */
const FIRST_RANGES = 27
/** Greatest share of agents to `size`: a generation before selection, strangers included. */
const MAX_CROWD = 3

/** Columns in the order of this function; a release that changes it counts the version up and migrates the old ones. */
export function encodeMemetic(memetic: Memetic): Uint8Array {
  const writer = createWriter()
  writer.u32(MEMETIC_MAGIC)
  writer.u8(MEMETIC_VERSION)
  writeSettings(writer, memetic.settings)
  for (const word of memetic.random) writer.u32(word)
  writer.f64(memetic.generation)
  writer.f64(memetic.evaluations)
  writer.f64(memetic.nextAgent)
  writeInterface(writer, memetic)
  for (const agents of [memetic.agents, memetic.hall]) {
    writer.u32(agents.length)
    for (const agent of agents) writeAgent(writer, agent)
  }
  writer.u32(memetic.trials.length)
  for (const trial of memetic.trials) writeTrial(writer, trial)
  writeChampion(writer, memetic.champion)
  return writer.done()
}

/** Never throws, whatever the bytes. */
export function decodeMemetic(bytes: Uint8Array): Decoded<Memetic, CheckpointRefusal> {
  if (bytes.length > MAX_CHECKPOINT_BYTES) return refuse('too-large')
  const reader = createReader(bytes)
  if (reader.u32() !== MEMETIC_MAGIC) return refuse('bad-magic')
  const version = reader.u8()
  if (version < 1 || version > MEMETIC_VERSION) return refuse('bad-version')
  const settings = readSettings(reader, version)
  if (settings === undefined) return refuse('bad-settings')
  const random = [reader.u32(), reader.u32(), reader.u32(), reader.u32()] as const
  const [generation, evaluations, nextAgent] = [reader.f64(), reader.f64(), reader.f64()]
  const expected = readInterface(reader)
  if (expected === undefined) return refuse('bad-state')
  const agents = rows(reader, 16, () => readAgent(reader, expected))
  const hall = rows(reader, 16, () => readAgent(reader, expected))
  const trials = rows(reader, 16, () => readTrial(reader, settings, expected))
  const champion = readChampion(reader, expected)
  if (reader.failed()) return refuse('bad-state')
  if (agents === undefined || hall === undefined || trials === undefined || champion === 'refused') return refuse('bad-genotype')
  const memetic: Memetic = { ...expected, settings, random, generation, evaluations, nextAgent, agents, trials, hall, champion }
  return reader.finished() && isConsistent(memetic) ? { ok: true, value: memetic } : refuse('bad-state')
}

/** What `ask`, `tell` and `immigrate` rely on and cannot check again. */
function isConsistent({ settings, generation, evaluations, nextAgent, agents, trials, hall }: Memetic): boolean {
  const waiting = trials.filter(({ asked }) => asked.length > 0).length
  const ids = [...agents, ...trials].map(({ id }) => id)
  return isCounter(generation) && isCounter(evaluations) && isCounter(nextAgent)
    && new Set(ids).size === ids.length && [...ids, ...hall.map(({ id }) => id)].every((id) => id < nextAgent)
    && agents.length + trials.length > 0 && agents.length <= MAX_CROWD * settings.size && trials.length <= settings.size
    // An ask asks all trials, a tell tells all.
    && (waiting === 0 || waiting === trials.length)
    // Bred from in mid-run, so that none may be missing.
    && (agents.length > 0 || (trials.length === settings.size) || settings.replacement === 'generational')
    && hall.length <= settings.hallSize
}

function writeAgent(writer: ByteWriter, { id, genotype, fitness, ages }: Agent): void {
  writer.f64(id)
  writer.block(encodeGenotype(genotype))
  writer.f64(fitness)
  for (const age of ages) writer.f64(age)
}

function readAgent(reader: ByteReader, expected: GenotypeInterface): Agent | undefined {
  const id = reader.f64()
  const genotype = readGenotype(reader, expected)
  if (genotype === undefined) return undefined
  const fitness = reader.f64()
  const ages = readAges(reader, genotype)
  return isCounter(id) && isFitness(fitness) && ages !== undefined ? { id, genotype, fitness, ages } : undefined
}

function readAges(reader: ByteReader, genotype: Genotype): readonly number[] | undefined {
  const ages = genotype.neurons.map(() => reader.f64())
  return ages.every(isCounter) ? ages : undefined
}

function writeTrial(writer: ByteWriter, trial: Trial): void {
  const { id, start, parents, operators, edits, tuner, state, told, asked } = trial
  writer.f64(id)
  const origin = { genotype: start.genotype, parents, operators }
  writeCandidate(writer, parents.length === 0 || edits === undefined ? origin : { ...origin, edits })
  for (const age of start.ages) writer.f64(age)
  writer.u8(tunerNames.indexOf(tuner))
  writer.f64(told)
  const best = tuners[tuner].best(state)
  writer.u8(best === undefined ? 0 : 1)
  if (best !== undefined) {
    writer.block(encodeGenotype(best.genotype))
    writer.f64(best.fitness)
  }
  tuners[tuner].write(state, writer)
  writer.u32(asked.length)
  // Their edits follow from those of the trial.
  for (const one of asked) writeCandidate(writer, { genotype: one.genotype, parents: one.parents, operators: one.operators })
}

function readTrial(reader: ByteReader, settings: MemeticSettings, expected: GenotypeInterface): Trial | undefined {
  const id = reader.f64()
  const origin = readCandidate(reader, expected)
  if (origin === undefined || !isCounter(id)) return undefined
  const { parents, operators } = origin
  if (parents.length === 0 && origin.edits !== undefined) return undefined
  const edits = parents.length === 0 ? [] : origin.edits
  const ages = readAges(reader, origin.genotype)
  const tuner = tunerNames[reader.u8()]
  const told = reader.f64()
  const hasBest = reader.u8()
  if (ages === undefined || !isCounter(told) || hasBest > 1) return undefined
  if (tuner === undefined || tuner !== tunerFor(origin.genotype, settings)) return undefined
  // `ask` knows the unchanged start by identity, and so must its reading.
  const start = { genotype: origin.genotype, ages }
  const isVariant = ({ genotype }: { readonly genotype: Genotype }): boolean => hasStructureOf(genotype, start.genotype)
  const best = hasBest === 1 ? readTuned(reader, expected) : undefined
  if (best !== undefined && !isVariant(best)) return undefined
  if ((hasBest === 1) !== (best !== undefined) || (told > 0) !== (best !== undefined)) return undefined
  const state = tuners[tuner].read(reader, start, settings, best)
  const asked = rows(reader, 7, () => readCandidate(reader, expected))
  if (state === undefined || asked === undefined || !asked.every((one) => isVariant(one) && one.edits === undefined)) return undefined
  const whole = asked.map((one) => withEdits({ start, operators, edits }, one))
  return { id, start, parents, operators, edits, tuner, state, told, asked: whole }
}

function readTuned(reader: ByteReader, expected: GenotypeInterface): { genotype: Genotype; fitness: number } | undefined {
  const genotype = readGenotype(reader, expected)
  const fitness = reader.f64()
  return genotype !== undefined && isFitness(fitness) ? { genotype, fitness } : undefined
}

/** Same neurons and links, so that their parameters are of one column. */
function hasStructureOf(genotype: Genotype, other: Genotype): boolean {
  const { neurons, links } = genotype
  return neurons.length === other.neurons.length && links.weights.length === other.links.weights.length
    && neurons.every(({ id }, i) => id === other.neurons[i]!.id)
    && links.sources.every((source, i) => source === other.links.sources[i])
    && links.targets.every((target, i) => target === other.links.targets[i])
}

function writeSettings(writer: ByteWriter, settings: MemeticSettings): void {
  writer.u8(memeticRanges.length)
  for (const [name] of memeticRanges) writer.f64(settings[name])
  writer.u8(memeticChoices.length)
  for (const [name, values] of memeticChoices) writer.u8(values.indexOf(settings[name] as string | boolean))
  writer.u8(activationCode(settings.activation))
  writer.u8(activationCode(settings.actuatorActivation))
  writer.u8(settings.activations.length)
  for (const name of settings.activations) writer.u8(activationCode(name))
  writer.u8(settings.aggregations.length)
  for (const name of settings.aggregations) writer.u8(aggregationCode(name))
}

function readSettings(reader: ByteReader, version: number): MemeticSettings | undefined {
  const ranges = version === 1 ? memeticRanges.slice(0, FIRST_RANGES) : memeticRanges
  if (reader.u8() !== ranges.length) return undefined
  const numbers = Object.fromEntries(ranges.map(([name]) => [name, reader.f64()]))
  if (reader.u8() !== memeticChoices.length) return undefined
  const choices = Object.fromEntries(memeticChoices.map(([name, values]) => [name, values[reader.u8()]]))
  const names = [activationNames[reader.u8()], activationNames[reader.u8()]]
  const count = reader.u8()
  for (let i = 0; i < count; i++) names.push(activationNames[reader.u8()])
  const aggregations = version === 1 ? defaultMemeticSettings.aggregations
    : Array.from({ length: reader.u8() }, () => aggregationNames[reader.u8()])
  if (reader.failed() || names.includes(undefined)) return undefined
  const [activation, actuatorActivation, ...activations] = names as [ActivationName, ActivationName, ...ActivationName[]]
  const settings = {
    ...defaultMemeticSettings, ...numbers, ...choices, activation, actuatorActivation, activations, aggregations,
  } as MemeticSettings
  return memeticSettingsFault(settings) === undefined ? settings : undefined
}

function refuse(reason: CheckpointRefusal): { readonly ok: false; readonly reason: CheckpointRefusal } {
  return { ok: false, reason }
}
