// A MAP-Elites search as bytes, so that it goes on after a restart exactly as if it had not stopped. Read as carefully as
// a stranger's bytes.

import { encodeGenotype, type Decoded } from '../genotype/codec.ts'
import { createReader, createWriter } from '../population/bytes.ts'
import {
  isCounter, isFitness, readCandidate, readChampion, readGenotype, readInterface, readSettings, rows, writeCandidate, writeChampion,
  writeInterface, writeSettings,
} from '../population/checkpoint-rows.ts'
import { MAX_CHECKPOINT_BYTES, type CheckpointRefusal } from '../population/checkpoint.ts'
import { cellsOf, MAX_GUESTS, type Elite, type MapElites } from './map-elites.ts'
import { asPopulationSettings, fromPopulationSettings, mapElitesSettingsFault, MAX_CELLS } from './settings.ts'

const VERSION = 1
/** `MBel`, little-endian. */
const MAGIC = 0x6c65424d
const MAX_DIMENSIONS = 16

/** Columns in the order of this function; a release that changes it counts the version up and migrates the old ones. */
export function encodeMapElites(state: MapElites): Uint8Array {
  const writer = createWriter()
  writer.u32(MAGIC)
  writer.u8(VERSION)
  writeSettings(writer, asPopulationSettings(state.settings))
  writer.u32(state.settings.bins)
  writeInterface(writer, state)
  writer.u8(state.dimensions)
  writer.u8(state.isBehavioural ? 1 : 0)
  for (const word of state.random) writer.u32(word)
  writer.f64(state.generation)
  writer.f64(state.evaluations)
  writer.u32(state.elites.length)
  for (const { cell, genotype, fitness } of state.elites) {
    writer.u32(cell)
    writer.f64(fitness)
    writer.block(encodeGenotype(genotype))
  }
  writer.u32(state.guests.length)
  for (const guest of state.guests) writer.block(encodeGenotype(guest))
  writer.u32(state.pending.length)
  for (const candidate of state.pending) writeCandidate(writer, candidate)
  writeChampion(writer, state.champion)
  return writer.done()
}

/** Never throws, whatever the bytes. */
export function decodeMapElites(bytes: Uint8Array): Decoded<MapElites, CheckpointRefusal> {
  if (bytes.length > MAX_CHECKPOINT_BYTES) return { ok: false, reason: 'too-large' }
  const reader = createReader(bytes)
  if (reader.u32() !== MAGIC) return { ok: false, reason: 'bad-magic' }
  if (reader.u8() !== VERSION) return { ok: false, reason: 'bad-version' }
  const variation = readSettings(reader)
  if (variation === undefined) return { ok: false, reason: 'bad-settings' }
  const settings = fromPopulationSettings(variation, reader.u32())
  // What does not steer this algorithm must be as it was written, or two byte strings would mean one state.
  const plain = createWriter()
  const given = createWriter()
  writeSettings(plain, asPopulationSettings(settings))
  writeSettings(given, variation)
  const isCanonical = String(plain.done()) === String(given.done())
  if (!isCanonical || mapElitesSettingsFault(settings) !== undefined) return { ok: false, reason: 'bad-settings' }
  const expected = readInterface(reader)
  if (expected === undefined) return { ok: false, reason: 'bad-state' }
  const dimensions = reader.u8()
  const behavioural = reader.u8()
  const random = [reader.u32(), reader.u32(), reader.u32(), reader.u32()] as const
  const [generation, evaluations] = [reader.f64(), reader.f64()]
  const elites = rows(reader, 16, (): Elite | undefined => {
    const [cell, fitness] = [reader.u32(), reader.f64()]
    const genotype = readGenotype(reader, expected)
    return genotype && { cell, genotype, fitness }
  })
  const guests = rows(reader, 4, () => readGenotype(reader, expected))
  const pending = rows(reader, 7, () => readCandidate(reader, expected))
  const champion = readChampion(reader, expected)
  if (elites === undefined || guests === undefined || pending === undefined || champion === 'refused') {
    return { ok: false, reason: 'bad-genotype' }
  }
  const state: MapElites = {
    ...expected, settings, dimensions, isBehavioural: behavioural === 1, random, generation, evaluations, elites, guests, pending, champion,
  }
  return reader.finished() && behavioural < 2 && isConsistent(state) ? { ok: true, value: state } : { ok: false, reason: 'bad-state' }
}

function isConsistent({ settings, dimensions, isBehavioural, generation, evaluations, elites, guests, pending }: MapElites): boolean {
  const cells = cellsOf(settings.bins, dimensions)
  return dimensions >= 1 && dimensions <= MAX_DIMENSIONS && (isBehavioural || dimensions === 2) && cells <= MAX_CELLS
    && isCounter(generation) && isCounter(evaluations)
    && elites.every(({ cell, fitness }, i) => cell < cells && isFitness(fitness) && (i === 0 || cell > elites[i - 1]!.cell))
    && guests.length <= MAX_GUESTS && pending.length <= settings.size
}
