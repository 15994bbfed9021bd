// One file that holds a whole relay: archive, keys, realms, settings. It is an SQLite database, the archive's own copy with two
// tables more, so that one file is either whole or refused, and any SQLite can look into it. Made while the relay runs.

import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openArchive } from '@megabrain/archive/sqlite'
import type { Configuration } from './configuration.ts'
import { openDataFolder, writeDurably } from './data-folder.ts'
import { RelayStartError } from './errors.ts'
import { ARCHIVE_FILE, isPassing, newSnapshot, relayRuns } from './folder-content.ts'
import { askRelay } from './operator-socket.ts'

export interface BackupReport {
  readonly file: string
  readonly bytes: number
  /** Rows of the archive. */
  readonly rows: number
  /** Files beside the archive, by their path in the data folder. */
  readonly files: readonly string[]
}

const VERSION = 1
const SETTINGS_FILE = 'restored-settings.json'
const SAFE_PATH = /^(?!\.)[\w.-]+(\/(?!\.)[\w.-]+)*$/

/**
 * Writes `to` (0600), which must not exist. A relay that runs on the data folder makes the copy of its archive itself.
 * @throws RelayStartError in words when something prevents it; `to` is not there then
 */
export async function backUp(configuration: Configuration, to: string): Promise<BackupReport> {
  if (existsSync(to)) throw new RelayStartError(`--backup does not overwrite ${to}`)
  if (!existsSync(join(configuration.data, ARCHIVE_FILE))) throw new RelayStartError(`There is no relay's archive in ${configuration.data}. Set MEGABRAIN_DATA or --data.`)
  const aside = `${to}.${randomBytes(4).toString('hex')}.new`
  try {
    emptyFile(aside)
    const snapshot = relayRuns(configuration.data) ? await askForSnapshot(configuration.data) : await ownSnapshot(configuration)
    try {
      copyFileSync(snapshot.file, aside)
    } finally {
      snapshot.release()
    }
    const report = complete(aside, configuration.data, snapshot.settings)
    renameSync(aside, to)
    flush(dirname(to))
    return { ...report, file: to, bytes: statSync(to).size }
  } catch (cause) {
    rmSync(aside, { force: true })
    if (cause instanceof RelayStartError) throw cause
    throw new RelayStartError(`The backup could not be written: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Puts what `from` holds into the data folder, which must be missing or empty.
 * @throws RelayStartError in words when that is not so, or the file is no whole backup; the folder is then as it was
 */
export function restore(from: string, data: string): BackupReport {
  if (existsSync(data) && readdirSync(data).length > 0) {
    throw new RelayStartError(`--restore writes into an empty data folder only, and ${data} is not empty. Move it away, or set MEGABRAIN_DATA or --data.`)
  }
  const folder = openDataFolder(data)
  try {
    const report = unpack(from, data)
    folder.close()
    return report
  } catch (cause) {
    folder.close()
    for (const name of readdirSync(data)) rmSync(join(data, name), { recursive: true, force: true })
    if (cause instanceof RelayStartError) throw cause
    throw new RelayStartError(`${from} cannot be restored: ${(cause as Error).message}`, { cause })
  }
}

interface Snapshot {
  readonly file: string
  readonly settings: unknown
  release(): void
}

async function askForSnapshot(data: string): Promise<Snapshot> {
  const { value, hangUp } = await askRelay(data, 'snapshot')
  return { file: join(data, value.name), settings: value.settings, release: hangUp }
}

async function ownSnapshot(configuration: Configuration): Promise<Snapshot> {
  const folder = openDataFolder(configuration.data)
  try {
    const archive = await openArchive(join(folder.path, ARCHIVE_FILE))
    const file = join(folder.path, newSnapshot())
    emptyFile(file)
    await archive.snapshot(file).finally(() => archive.close())
    return {
      file,
      settings: configuration,
      release() {
        rmSync(file, { force: true })
        folder.close()
      },
    }
  } catch (error) {
    folder.close()
    throw error
  }
}

/** Adds everything that is not the archive, and what proves later that it is all still there. */
function complete(file: string, data: string, settings: unknown): Pick<BackupReport, 'rows' | 'files'> {
  const database = new DatabaseSync(file)
  try {
    // One file, nothing beside it.
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN')
    database.exec('CREATE TABLE backup (version INTEGER, made TEXT, settings TEXT, digest BLOB) STRICT')
    database.exec('CREATE TABLE backup_files (path TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT')
    const put = database.prepare('INSERT INTO backup_files (path, bytes) VALUES (?, ?)')
    const files = filesIn(data)
    for (const path of files) put.run(path, readFileSync(join(data, path)))
    const { digest, rows } = digestOf(database)
    database.prepare('INSERT INTO backup VALUES (?, ?, ?, ?)').run(VERSION, new Date().toISOString(), JSON.stringify(settings), digest)
    database.exec('COMMIT')
    return { rows, files }
  } finally {
    database.close()
  }
}

function unpack(from: string, data: string): BackupReport {
  const source = openBackup(from)
  try {
    const found = source.prepare('SELECT version, settings, digest FROM backup').get() as { version: number; settings: string; digest: Uint8Array }
    if (found.version !== VERSION) throw new RelayStartError(`${from} is a backup of version ${found.version}; this relay reads version ${VERSION}`)
    const [check] = source.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
    const { digest, rows } = digestOf(source)
    if (check?.integrity_check !== 'ok' || !digest.equals(found.digest)) throw new RelayStartError(`${from} is damaged; nothing was restored`)
    const files = source.prepare('SELECT path, bytes FROM backup_files ORDER BY path').all() as { path: string; bytes: Uint8Array }[]
    const odd = files.find(({ path }) => !SAFE_PATH.test(path))
    if (odd !== undefined) throw new RelayStartError(`${from} holds a file that does not belong into a data folder: ${JSON.stringify(odd.path)}`)
    restoreArchive(from, data)
    writeDurably(join(data, SETTINGS_FILE), Buffer.from(`${found.settings}\n`))
    for (const { path, bytes } of files) writeDurably(join(data, path), bytes)
    return { file: from, bytes: statSync(from).size, rows, files: files.map(({ path }) => path) }
  } finally {
    source.close()
  }
}

function openBackup(file: string): DatabaseSync {
  if (!existsSync(file)) throw new RelayStartError(`--restore: there is no ${file}`)
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    database.prepare('SELECT version FROM backup').get()
    return database
  } catch (cause) {
    throw new RelayStartError(`--restore: ${file} is no relay's backup: ${(cause as Error).message}`, { cause })
  }
}

/** A copy without the two tables, and without their bytes in pages that are no longer used: keys are among them. */
function restoreArchive(from: string, data: string): void {
  const aside = join(data, newSnapshot())
  emptyFile(aside)
  copyFileSync(from, aside)
  chmodSync(aside, 0o600) // whatever it became while it was kept elsewhere
  const database = new DatabaseSync(aside)
  database.exec('DROP TABLE backup; DROP TABLE backup_files; VACUUM')
  database.close()
  flush(aside)
  renameSync(aside, join(data, ARCHIVE_FILE))
  flush(data)
}

/** Over every table but the one that holds the digest: SQLite notices torn pages, not changed bytes. `rows` are those of the archive. */
function digestOf(database: DatabaseSync): { readonly digest: Buffer; readonly rows: number } {
  const hash = createHash('sha256')
  let rows = 0
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'backup' AND name NOT LIKE 'sqlite%' ORDER BY name").all()
  for (const { name } of tables as { name: string }[]) {
    hash.update(`table ${name}\n`)
    for (const row of database.prepare(`SELECT * FROM "${name}" ORDER BY 1`).iterate()) {
      if (name !== 'backup_files') rows++
      for (const value of Object.values(row)) {
        const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value))
        hash.update(`${typeof value} ${bytes.length} `).update(bytes)
      }
    }
  }
  return { digest: hash.digest(), rows }
}

/** Paths of what belongs to the relay, with `/`, in the order of their names. */
function filesIn(data: string): readonly string[] {
  return (readdirSync(data, { recursive: true }) as string[])
    .filter((path) => statSync(join(data, path), { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !isPassing(path) && SAFE_PATH.test(path))
    .sort()
}

/** Made before SQLite opens it, so that nobody else can read it at any moment. */
function emptyFile(file: string): void {
  closeSync(openSync(file, 'wx', 0o600))
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
