// The thread that owns the database. Calls that wait in the queue are taken together and share one commit (group
// commit): the disk is asked once for all of them, and nobody is answered before it has said yes.

import { backup, DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { parentPort, receiveMessageOnPort } from 'node:worker_threads'
import type { Answer, Call } from './messages.ts'

/** More calls than this wait for the next commit, so that no answer is held up for long. */
const MAX_GROUP_CALLS = 100
/** Pages of 4 KiB that a snapshot copies at a time: a commit waits a millisecond or so for it. */
const SNAPSHOT_PAGES = 256
const MAX_SNAPSHOT_TRIES = 200
const SNAPSHOT_PAUSE_MS = 5
/** SQLite's primary result codes, https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26
const UNAVAILABLE = new Set([SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN, SQLITE_NOTADB])
/** Above every ASCII character in the byte order that SQLite compares text by. */
const ABOVE = '\u{10ffff}'

interface Store {
  readonly database: DatabaseSync
  readonly read: StatementSync
  readonly list: StatementSync
  readonly put: StatementSync
  readonly remove: StatementSync
}

let store: Store | undefined

function open(file: string): Store {
  const database = new DatabaseSync(file)
  // EXCLUSIVE: a second process on the same file fails by name instead of corrupting the member's sequence numbers.
  // FULL: the write-ahead log is synced at each commit, so a commit survives a power cut.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('CREATE TABLE IF NOT EXISTS rows (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT')
  return {
    database,
    read: database.prepare('SELECT value FROM rows WHERE key = ?'),
    list: database.prepare('SELECT key, value FROM rows WHERE key >= ? AND key < ? ORDER BY key'),
    put: database.prepare('INSERT INTO rows (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'),
    remove: database.prepare('DELETE FROM rows WHERE key = ?'),
  }
}

function perform({ database, read, list, put, remove }: Store, call: Call): unknown {
  switch (call.kind) {
    case 'read':
      return read.get(call.key)?.['value']
    case 'list':
      return list.all(call.prefix, call.prefix + ABOVE).map((row) => ({ key: row['key'], value: row['value'] }))
    case 'write':
      for (const { key, value } of call.changes) {
        if (value === undefined) remove.run(key)
        else put.run(key, value)
      }
      return undefined
    case 'erase':
      database.exec('DELETE FROM rows')
      return undefined
    case 'open':
    case 'snapshot':
    case 'close':
      return undefined
  }
}

/** SQLite's own way to copy a database that is written to meanwhile: a few pages at a time, between commits, never half a commit. */
async function answerSnapshot({ database }: Store, call: Call & { readonly kind: 'snapshot' }): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      await backup(database, call.file, { rate: SNAPSHOT_PAGES })
      return { id: call.id, ok: true, value: undefined }
    } catch (error) {
      // Node copies in another thread. Where its first step meets an open transaction it gives up, and names no error; later ones wait.
      const isFirstStep = (error as Error).message === 'not an error'
      if (!isFirstStep || tries >= MAX_SNAPSHOT_TRIES) return failed(call.id, error)
      await new Promise((resolve) => setTimeout(resolve, SNAPSHOT_PAUSE_MS))
    }
  }
}

/** Each call is all or nothing on its own; the group's commit makes the answers true, and without it each is done again alone. */
function performGroup(store: Store, calls: readonly Call[]): readonly Answer[] {
  const { database } = store
  try {
    database.exec('BEGIN IMMEDIATE')
    const answers = calls.map((call): Answer => {
      database.exec('SAVEPOINT call')
      try {
        return { id: call.id, ok: true, value: perform(store, call) }
      } catch (error) {
        // A full disk may have undone the whole group already.
        if (!database.isTransaction) throw error
        database.exec('ROLLBACK TO call')
        return failed(call.id, error)
      } finally {
        if (database.isTransaction) database.exec('RELEASE call')
      }
    })
    database.exec('COMMIT')
    return answers
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    // One by one: what fits is written, and reading needs no room.
    return calls.length === 1 ? [failed(calls[0]!.id, error)] : calls.flatMap((call) => performGroup(store, [call]))
  }
}

function failed(id: number, error: unknown): Answer {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff
  const failure = code === SQLITE_FULL ? 'full' : UNAVAILABLE.has(code) ? 'unavailable' : 'other'
  return { id, ok: false, failure, message: error instanceof Error ? error.message : String(error) }
}

function answerOpen(call: Call & { readonly kind: 'open' }): Answer {
  try {
    store = open(call.file)
    return { id: call.id, ok: true, value: undefined }
  } catch (error) {
    const { message } = failed(call.id, error) as { message: string }
    return { id: call.id, ok: false, failure: 'unavailable', message: `${call.file}: ${message}` }
  }
}

const port = parentPort
if (port === null) throw new TypeError('database-thread.ts is the entry of a worker thread')

port.on('message', (first: Call) => {
  const calls = [first]
  while (calls.length < MAX_GROUP_CALLS) {
    const next = receiveMessageOnPort(port)
    if (next === undefined) break
    calls.push(next.message as Call)
  }
  for (const call of calls) if (call.kind === 'open') port.postMessage(answerOpen(call))
  const work = calls.filter(({ kind }) => kind !== 'open' && kind !== 'snapshot' && kind !== 'close')
  if (work.length > 0 && store !== undefined) {
    for (const answer of performGroup(store, work)) port.postMessage(answer)
  }
  for (const call of calls) {
    if (call.kind === 'snapshot' && store !== undefined) void answerSnapshot(store, call).then((answer) => port.postMessage(answer))
    if (call.kind !== 'close') continue
    store?.database.close()
    store = undefined
    port.postMessage({ id: call.id, ok: true, value: undefined } satisfies Answer)
  }
})
