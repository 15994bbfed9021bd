// What a donor keeps beside its archive: where it was last (so that it starts although every relay it was told of is gone), the
// relays it learned of, and how much data the day has cost. One small file, replaced as a whole.

import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { MeshPlace } from '../mesh/relay-address.ts'

export interface Remembered {
  /** As given by `--realm`: a name or a file; empty when the relay chose. */
  readonly asked: string
  readonly place: MeshPlace
  /** Relays that others told of and that answered. */
  readonly learned: readonly string[]
  /** Bytes sent and received on a local day (`localDay`). */
  readonly data: { readonly day: number; readonly bytes: number }
}

const FILE = 'donor.json'
const MAX_LEARNED = 16

/** Undefined when there is none yet, or what is there cannot be read: it only saves asking again. */
export async function readRemembered(folder: string): Promise<Remembered | undefined> {
  try {
    const text = await readFile(join(folder, FILE), 'utf8')
    const { version, asked, place, learned, data } = JSON.parse(text) as Partial<Record<keyof Remembered | 'version', unknown>>
    const { realmId, name, document, relays } = place as Record<string, unknown>
    const { day, bytes } = data as Record<string, unknown>
    if (version !== 1 || typeof asked !== 'string' || typeof realmId !== 'string') return undefined
    if (typeof name !== 'string' || typeof document !== 'string') return undefined
    if (!areTexts(relays) || !areTexts(learned) || !Number.isInteger(day) || typeof bytes !== 'number') return undefined
    const where = { realmId, name, relays, document: new Uint8Array(Buffer.from(document, 'base64')) }
    return { asked, place: where, learned, data: { day: Number(day), bytes } }
  } catch {
    return undefined
  }
}

/** Whole or not at all: a power cut leaves the one before. */
export async function writeRemembered(folder: string, { asked, place, learned, data }: Remembered): Promise<void> {
  const path = join(folder, FILE)
  const aside = `${path}.new`
  const file = await open(aside, 'w', 0o600)
  try {
    const document = Buffer.from(place.document).toString('base64')
    await file.writeFile(JSON.stringify({ version: 1, asked, place: { ...place, document }, learned: learned.slice(-MAX_LEARNED), data }))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
