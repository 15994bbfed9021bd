// What the last visit left, read before the click: settings, champion and history can be shown while nothing runs. Reads
// only, and only where a database already is: opening one that is not there would make it.

import { openArchive } from '@megabrain/archive/indexeddb'
import { decodeRealm } from '@megabrain/exchange'
import { composeSnapshot, idleSnapshot } from '../core/compose-snapshot.ts'
import { createDutyMeter } from '../core/duty-meter.ts'
import { readIslandRows } from '../core/island-rows.ts'
import { changeSettings, defaultSettings } from '../core/settings.ts'
import { ARCHIVE_NAME } from '../core/storage-names.ts'
import type { Snapshot } from '../snapshot.ts'

/** Nothing that is wrong with the storage is an error here; starting will tell. */
export async function lastVisit(realm: Uint8Array): Promise<Snapshot> {
  const idle = idleSnapshot()
  const decoded = decodeRealm(realm)
  if (!decoded.ok) return idle
  const { name, tasks } = decoded.value.realm
  const { id } = decoded.value
  const fresh = { ...idle, realm: id, settings: changeSettings(defaultSettings, {}, tasks) }
  try {
    const databases = await indexedDB.databases()
    if (!databases.some(({ name }) => name === ARCHIVE_NAME)) return fresh
    const archive = await openArchive(ARCHIVE_NAME)
    const { settings, ledger } = await readIslandRows(archive, id).finally(() => archive.close())
    const state = {
      ledger, settings: changeSettings(fresh.settings, settings ?? {}, tasks), phase: 'idle', reason: 'not-started', until: undefined, share: 0, detail: undefined,
      conformant: undefined, meter: createDutyMeter(0), experiment: undefined, evaluationsSinceMesh: 0,
    } as const
    const surroundings = { now: 0, author: new Uint8Array(), meshBest: 0, archived: 0, realm: { id, name, tasks }, neighbours: 0, feed: [], governance: undefined, credit: undefined, machines: undefined }
    return { ...composeSnapshot(state, surroundings), author: undefined }
  } catch {
    return fresh
  }
}
