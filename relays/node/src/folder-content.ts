// What a data folder holds that several parts must know by name: the archive, what passes with the process, and whether a relay
// runs on it.

import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export const ARCHIVE_FILE = 'archive.sqlite'
export const LOCK_FILE = 'lock'
const SQLITE_BUSY = 5
const SNAPSHOT = /^snapshot-[0-9a-f]{8}\.sqlite/
const PASSING = /^(archive\.sqlite(-\w+)?|lock(-\w+)?|operator\.sock|.*\.(new|backup))$/

/**
 * Whether the file, by its path in the folder, is not for a backup: the archive is copied by itself, no backup holds another, and the rest
 * ends with the process.
 */
export function isPassing(path: string): boolean {
  return PASSING.test(path) || SNAPSHOT.test(path)
}

/** The name of one more copy of the archive. */
export function newSnapshot(): string {
  return `snapshot-${randomBytes(4).toString('hex')}.sqlite`
}

/** Removes copies whose relay was killed before they were fetched. */
export function removeSnapshots(folder: string): void {
  for (const name of readdirSync(folder)) if (SNAPSHOT.test(name)) rmSync(join(folder, name), { force: true })
}

/** Whether a relay, or something else of ours, holds the folder now. Leaves no trace in it. */
export function relayRuns(folder: string): boolean {
  const file = join(folder, LOCK_FILE)
  if (!existsSync(file)) return false
  const lock = new DatabaseSync(file, { timeout: 0, readOnly: true })
  try {
    lock.prepare('SELECT 1 FROM sqlite_schema').get()
    return false
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return true
    throw error
  } finally {
    lock.close()
  }
}
