// The Archive port on IndexedDB: one object store, one transaction per write. A leading archive also knows whether it still may
// write: a tab that was frozen while another took over must not, and nobody can tell it before it wakes.

import type { Archive, Change } from '@megabrain/exchange'
import { ArchiveTakenError, ArchiveWipedError } from '../errors.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'

/** Above every ASCII character, so that `prefix + ABOVE` closes the range of keys with that prefix. */
const ABOVE = '\uffff'
/** Where the database says who leads, beside the rows so that no prefix lists it: a number that every new leader raises. */
const TERM = 'term'

/**
 * Opens (or creates) the database `name`. Rows are on disk, not merely in the browser's buffers, when `write` resolves.
 * @throws ArchiveUnavailableError on opening; `write` rejects with ArchiveFullError when the quota is used up
 */
export async function openArchive(name: string): Promise<Archive> {
  return archiveOver(await openConnection(name), undefined)
}

export interface LeadingArchive extends Archive {
  /** @throws ArchiveTakenError when another has opened the same archive to lead since */
  confirm(): Promise<void>
}

/**
 * Opens the database as its only writer: whoever led before finds its next write refused, in the same transaction that would have
 * written. `write` rejects with ArchiveTakenError then, and with ArchiveWipedError when all rows are gone (deleted under us): the
 * caller writes again what it has.
 * @throws ArchiveUnavailableError on opening
 */
export async function openLeadingArchive(name: string): Promise<LeadingArchive> {
  const connection = await openConnection(name)
  try {
    const term = await connection.use(async (database) => {
      const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
      const terms = transaction.store as unknown as TermStore
      const mine = (await terms.get(TERM) ?? 0) + 1
      await terms.put(mine, TERM)
      await transaction.done
      return mine
    })
    return {
      ...archiveOver(connection, term),
      confirm: () => connection.use(async (database) => {
        const stored = await (database.transaction('keys').store as unknown as TermStore).get(TERM)
        if (stored !== undefined && stored > term) throw new ArchiveTakenError()
      }),
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

/** The part of the store `keys` that holds the term; its other record has another shape. */
interface TermStore {
  get(key: typeof TERM): Promise<number | undefined>
  put(value: number, key: typeof TERM): Promise<unknown>
}

/** @param term undefined: writes without leading */
function archiveOver(connection: Connection, term: number | undefined): Archive {
  /** One transaction that lasts until it is on disk; nothing of it is kept unless we may write. */
  const change = (work: (rows: RowStore) => readonly Promise<unknown>[]): Promise<void> => connection.use(async (database) => {
    const transaction = database.transaction(['rows', 'keys'], 'readwrite', { durability: 'strict' })
    if (term !== undefined) {
      const terms = transaction.objectStore('keys') as unknown as TermStore
      const stored = await terms.get(TERM)
      if (stored !== undefined && stored > term) throw new ArchiveTakenError()
      // Gone, or of a leader before us who wrote it after the rows had been deleted.
      if (stored !== term) {
        await terms.put(term, TERM)
        await transaction.done
        throw new ArchiveWipedError()
      }
    }
    // The transaction's own promise carries a failure; the request's would be reported as unhandled.
    for (const request of work(transaction.objectStore('rows'))) request.catch(() => undefined)
    await transaction.done
  })
  return {
    read: (key) => connection.use((database) => database.get('rows', key)),
    list: (prefix) => connection.use(async (database) => {
      const range = IDBKeyRange.bound(prefix, prefix + ABOVE, false, true)
      const { store } = database.transaction('rows')
      const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)])
      return keys.map((key, index) => ({ key, value: values[index]! }))
    }),
    async write(changes) {
      // Copied before anything is awaited, since the caller may reuse its memory; and a view must not store what is around it.
      const copies: readonly Change[] = changes.map(({ key, value }) => ({ key, value: value?.slice() }))
      await change((rows) => copies.map(({ key, value }) => value === undefined ? rows.delete(key) : rows.put(value, key)))
    },
    erase: () => change((rows) => [rows.clear()]),
    async close() {
      connection.close()
    },
  }
}

interface RowStore {
  put(value: Uint8Array, key: string): Promise<unknown>
  delete(key: string): Promise<unknown>
  clear(): Promise<unknown>
}
