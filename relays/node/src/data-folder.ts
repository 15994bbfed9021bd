// The relay's data folder: made private, writable or refused in words, and held by one process at a time. Separate
// because everything that must survive a kill goes through `writeDurably`.

import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, closeSync, constants, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RelayStartError } from './errors.ts'
import { LOCK_FILE } from './folder-content.ts'

const SQLITE_BUSY = 5

export interface DataFolder {
  readonly path: string
  /** Frees the folder for another process. */
  close(): void
}

/** Makes the folder (0700) if it is missing and holds it until closed or killed. Throws `RelayStartError`. */
export function openDataFolder(path: string): DataFolder {
  try {
    makeFolder(path)
    if (statSync(path).uid === process.getuid?.()) chmodSync(path, 0o700)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const reason = `Cannot write to the data folder ${path}: ${(cause as Error).message}`
    throw new RelayStartError(`${reason}. Set MEGABRAIN_DATA or --data.`, { cause })
  }
  // SQLite's file lock is the kernel's: it goes away with the process, however that ends, which a lock file with a
  // process id in it does not.
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(path, LOCK_FILE), { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
    chmodSync(join(path, LOCK_FILE), 0o600)
  } catch (cause) {
    lock?.close()
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) {
      const reason = `The data folder ${path} is in use by another running relay. Stop that one, or set MEGABRAIN_DATA or --data.`
      throw new RelayStartError(reason, { cause })
    }
    throw new RelayStartError(`Cannot write to the data folder ${path}: ${(cause as Error).message}`, { cause })
  }
  const held = lock
  return { path, close: () => held.close() }
}

/** Writes the file (0600) so that after a crash it is whole: either as before or as given. */
export function writeDurably(file: string, bytes: Uint8Array): void {
  makeFolder(dirname(file))
  const temporary = `${file}.${randomBytes(4).toString('hex')}.new`
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, file)
  // The rename itself is durable only once the folder is.
  const folder = openSync(dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** The file's bytes, or undefined if there is none. Throws `RelayStartError` when it is there and cannot be read. */
export function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new RelayStartError(`Cannot read ${file}: ${(cause as Error).message}`, { cause })
  }
}

/** Not `recursive`: with that, Node 24 tries for ever where the kernel answers ENOENT inside a folder that exists (/proc). */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}
