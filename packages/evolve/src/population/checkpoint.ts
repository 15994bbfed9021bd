// A population as bytes, so that evolution goes on after a restart exactly as if it had not stopped. For one's own
// archive, yet read as carefully as a stranger's bytes: storage can be damaged and files can be shared.

import { encodeGenotype, type Decoded } from '../genotype/codec.ts'
import { MAX_LINKS } from '../genotype/genotype.ts'
import { createReader, createWriter } from './bytes.ts'
import {
  isCounter, isFitness, isIndividual, readBehaviour, readCandidate, readChampion, readGenotype, readIndividual, readInterface, readSettings,
  rows,
  writeBehaviour, writeCandidate, writeChampion, writeIndividual, writeInterface, writeSettings,
} from './checkpoint-rows.ts'
import type { Population } from './population.ts'
import type { Species } from './species.ts'

export const MAX_CHECKPOINT_BYTES = 67_108_864
const CHECKPOINT_VERSION = 1
/** `MBpo`, little-endian. */
const MAGIC = 0x6f70424d

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
  writeInterface(writer, population)
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
  writeChampion(writer, population.champion)
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
  const expected = readInterface(reader)
  if (expected === undefined) return refuse('bad-state')
  const species = rows(reader, 44, (): Species | undefined => {
    const [id, born, best, improvedAt] = speciesNumbers.map(() => reader.f64()) as [number, number, number, number]
    const representative = readGenotype(reader, expected)
    return representative && { id, born, representative, best, improvedAt }
  })
  const members = rows(reader, 29, () => readIndividual(reader, expected))
  const hall = rows(reader, 29, () => readIndividual(reader, expected))
  const archive = rows(reader, 12, () => readBehaviour(reader))
  const simplifying = reader.u8()
  const [since, base, lowest] = phaseNumbers.map(() => reader.f64()) as [number, number, number]
  const pending = rows(reader, 6, () => readCandidate(reader, expected))
  const champion = readChampion(reader, expected)
  if (reader.failed()) return refuse('bad-state')
  if (archive === undefined || simplifying > 1) return refuse('bad-state')
  if (species === undefined || members === undefined || hall === undefined || pending === undefined) return refuse('bad-genotype')
  if (champion === 'refused') return refuse('bad-genotype')
  const [generation, evaluations, threshold, improvedAt, nextSpecies] = numbers as [number, number, number, number, number]
  const population: Population = {
    ...expected, settings, random, generation, evaluations, threshold, improvedAt, nextSpecies,
    species, members, hall, archive, phase: { simplifying: simplifying === 1, since, base, lowest }, pending, champion,
  }
  return reader.finished() && isConsistent(population) ? { ok: true, value: population } : refuse('bad-state')
}

const counters = ['generation', 'evaluations', 'threshold', 'improvedAt', 'nextSpecies'] as const
const speciesNumbers = ['id', 'born', 'best', 'improvedAt'] as const
const phaseNumbers = ['since', 'base', 'lowest'] as const

/** What `ask`, `tell` and `immigrate` rely on and cannot check again. */
function isConsistent(population: Population): boolean {
  const { generation, evaluations, threshold, improvedAt, nextSpecies, species, members, hall, archive, phase, pending } = population
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
}

function refuse(reason: CheckpointRefusal): { readonly ok: false; readonly reason: CheckpointRefusal } {
  return { ok: false, reason }
}
