// A run that can go on, as bytes: "MBRUN001" · length of the notes u32, little-endian · notes as JSON · the search's own
// checkpoint to the end of the file. The notes are what the run knows beyond its search.

import { decodeSearch } from '@megabrain/evolve'
import { UsageError } from '../usage.ts'
import type { RunState } from './run.ts'

const MAGIC = new TextEncoder().encode('MBRUN001')
const HEADER_BYTES = MAGIC.length + 4

export interface RunCheckpoint {
  readonly state: RunState
  /** Spent until here. */
  readonly wallMs: number
}

interface Notes {
  readonly records: readonly (readonly [species: number, fitness: number])[]
  readonly wallMs: number
}

export function encodeRunCheckpoint({ state, wallMs }: RunCheckpoint): Uint8Array {
  const notes = new TextEncoder().encode(JSON.stringify({ records: [...state.records], wallMs } satisfies Notes))
  const search = state.search.encode()
  const bytes = new Uint8Array(HEADER_BYTES + notes.length + search.length)
  bytes.set(MAGIC)
  new DataView(bytes.buffer).setUint32(MAGIC.length, notes.length, true)
  bytes.set(notes, HEADER_BYTES)
  bytes.set(search, HEADER_BYTES + notes.length)
  return bytes
}

/** @throws UsageError for bytes that are no checkpoint of this release */
export function decodeRunCheckpoint(bytes: Uint8Array, path: string): RunCheckpoint {
  const fault = (cause: string) => new UsageError(`${path} cannot be continued (${cause}); remove it to begin that run again`)
  if (bytes.length < HEADER_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) throw fault('no checkpoint of a run')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true)
  const search = decodeSearch(bytes.subarray(HEADER_BYTES + length))
  if (!search.ok) throw fault(search.reason)
  try {
    const notes = JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length))) as Notes
    return { state: { search: search.value, records: new Map(notes.records) }, wallMs: notes.wallMs }
  } catch {
    throw fault('bad-notes')
  }
}
