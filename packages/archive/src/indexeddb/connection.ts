// One connection to one IndexedDB database that survives what browsers do to connections: closed from outside,
// asked to give way to a newer version, lost by the storage process. Separate because keys and rows share it.

import { openDB } from 'idb'
import type { DBSchema, IDBPDatabase } from 'idb'
import { ArchiveClosedError, ArchiveFullError, ArchiveUnavailableError } from '../errors.ts'

/** Version 1: `rows` under ASCII keys, and one record in `keys`. */
export interface Schema extends DBSchema {
  rows: { key: string; value: Uint8Array }
  keys: { key: string; value: StoredKeys }
}

/** Private keys are handles that the browser keeps; their bytes cannot be read, not even by us. The words can, until they are put aside. */
export interface StoredKeys {
  /** Without its private half on a machine that works for an owner whose key is elsewhere. */
  readonly owner: Pick<CryptoKeyPair, 'publicKey'> & Partial<CryptoKeyPair>
  readonly device: CryptoKeyPair
  readonly delegation: Uint8Array
  /** What the owner's words say, 16 bytes, until the owner has written them down. Absent in records from before there were words. */
  readonly entropy?: Uint8Array
  /** What all machines of the owner know, 32 bytes. */
  readonly secret?: Uint8Array
  readonly isLinked?: boolean
}

export interface Connection {
  /** Runs one transaction's worth of work; once more on a fresh connection if this one turned out to be lost. */
  use<T>(work: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T>
  close(): void
}

const SCHEMA_VERSION = 1
/** How long a tab that holds an older version may take to let go. It closes at once when it gets the event. */
const BLOCKED_TIMEOUT_MS = 5_000
/** What browsers throw at a transaction on a connection that is gone (WebKit and Chromium differ). */
const LOST = new Set(['InvalidStateError', 'UnknownError'])

/**
 * @param onLost the connection was closed from outside; the next use opens another
 * @throws ArchiveUnavailableError when the database cannot be opened
 */
export async function openConnection(name: string, onLost: () => void = () => undefined): Promise<Connection> {
  let closed = false
  let opening: Promise<IDBPDatabase<Schema>> | undefined = undefined

  const database = (): Promise<IDBPDatabase<Schema>> => {
    if (closed) return Promise.reject(new ArchiveClosedError())
    if (opening === undefined) {
      const mine = openDatabase(name, () => {
        if (opening === mine) opening = undefined
        onLost()
      })
      mine.catch(() => { if (opening === mine) opening = undefined })
      opening = mine
    }
    return opening
  }

  await database()
  return {
    async use(work) {
      const first = database()
      try {
        return await work(await first)
      } catch (error) {
        if (closed || !LOST.has(nameOf(error))) throw translated(error)
      }
      if (opening === first) {
        opening = undefined
        first.then((lost) => lost.close(), () => undefined)
      }
      try {
        return await work(await database())
      } catch (error) {
        throw translated(error)
      }
    },
    close() {
      closed = true
      opening?.then((database) => database.close(), () => undefined)
      opening = undefined
    },
  }
}

async function openDatabase(name: string, onLost: () => void): Promise<IDBPDatabase<Schema>> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let late = false
  const blocked = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late = true
      reject(new ArchiveUnavailableError(`Another tab keeps an old version of database ${name} open`))
    }, BLOCKED_TIMEOUT_MS)
  })
  const opened = openDB<Schema>(name, SCHEMA_VERSION, {
    upgrade(database) {
      database.createObjectStore('rows')
      database.createObjectStore('keys')
    },
    // A newer version of the page wants to upgrade: give way at once; the next use opens again or fails by name.
    blocking(_current, _wanted, event) {
      onLost()
      ;(event.target as IDBDatabase).close()
    },
    terminated: onLost,
  })
  try {
    return await Promise.race([opened, blocked])
  } catch (error) {
    if (late) opened.then((database) => database.close(), () => undefined)
    throw error instanceof ArchiveUnavailableError ? error
      : new ArchiveUnavailableError(`Database ${name} cannot be opened: ${String(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : ''
}

function translated(error: unknown): unknown {
  return nameOf(error) === 'QuotaExceededError' ? new ArchiveFullError({ cause: error }) : error
}
