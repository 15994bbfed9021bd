// The stretch of evolution under way as rows beside its checkpoint, so that a restart costs no credit: what was done since
// the last receipt, and the state that it began with.

import { stateRoot } from '@megabrain/exchange'
import type { Archive, Change, OpenStretch } from '@megabrain/exchange'

/** A number in each row; a row with another one is left alone. */
const ROW_VERSION = 1

export interface StoredStretch {
  readonly stretch: OpenStretch
  readonly before: Uint8Array
}

const stretchPrefix = (realm: string): string => `island/${realm}/stretch/`
const beforePrefix = (realm: string): string => `island/${realm}/before/`

/** By task; only those that belong to the stored population. */
export async function readStretches(
  archive: Archive, realm: string, populations: ReadonlyMap<string, Uint8Array>,
): Promise<Map<string, StoredStretch>> {
  const [stretches, befores] = await Promise.all([archive.list(stretchPrefix(realm)), archive.list(beforePrefix(realm))])
  const beforeOf = new Map(befores.map(({ key, value }) => [key.slice(beforePrefix(realm).length), value]))
  const result = new Map<string, StoredStretch>()
  for (const { key, value } of stretches) {
    const task = key.slice(stretchPrefix(realm).length)
    const [population, before] = [populations.get(task), beforeOf.get(task)]
    const stretch = population === undefined ? undefined : decodeRow(value, stateRoot(population))
    if (stretch !== undefined && before !== undefined && stateRoot(before) === stretch.before) result.set(task, { stretch, before })
  }
  return result
}

/** @param population the checkpoint that is written with it */
export function stretchChanges(realm: string, task: string, population: Uint8Array, { stretch, before }: StoredStretch): readonly Change[] {
  const row = { version: ROW_VERSION, population: stateRoot(population), stretch }
  return [
    { key: stretchPrefix(realm) + task, value: new TextEncoder().encode(JSON.stringify(row)) },
    { key: beforePrefix(realm) + task, value: before },
  ]
}

function decodeRow(bytes: Uint8Array, population: string): OpenStretch | undefined {
  try {
    const row = JSON.parse(new TextDecoder().decode(bytes)) as { version?: unknown; population?: unknown; stretch?: Partial<OpenStretch> }
    if (row.version !== ROW_VERSION || row.population !== population) return undefined
    const { before, entered, origin, admitted, evaluations, work } = row.stretch ?? {}
    if (typeof before !== 'string' || typeof entered !== 'string' || !Array.isArray(admitted)) return undefined
    if (typeof evaluations !== 'number' || typeof work !== 'number' || (origin !== undefined && typeof origin !== 'number')) return undefined
    return { before, entered, origin, admitted: admitted.map(String), evaluations, work }
  } catch {
    return undefined
  }
}
