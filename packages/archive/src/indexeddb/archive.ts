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
/** Present once the leader of that term has been replaced. */
const closedBy = (term: number): string => `closed/${term}`

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
 * written. `write` rejects with ArchiveTakenError then, and with ArchiveWipedError when it has found that all other rows are gone
 * (deleted under us): the caller writes again what it has.
 * @param onLost the browser took the connection away: a sign that the database is being deleted
 * @throws ArchiveUnavailableError on opening
 */
export async function openLeadingArchive(name: string, onLost?: () => void): Promise<LeadingArchive> {
  const connection = await openConnection(name, onLost)
  try {
    const term = await connection.use(async (database) => {
      const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
      const terms = transaction.store as unknown as TermStore
      const before = await terms.get(TERM) ?? 0
      for (const request of [terms.put(before + 1, TERM), terms.put(1, closedBy(before))]) request.catch(() => undefined)
      await transaction.done
      return before + 1
    })
    return {
      ...archiveOver(connection, term),
      confirm: () => connection.use(async (database) => {
        const transaction = database.transaction('keys')
        const closed = (transaction.store as unknown as TermStore).get(closedBy(term))
        transaction.commit()
        if (await closed !== undefined) throw new ArchiveTakenError()
      }),
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

/** The part of the store `keys` that holds terms; its other record has another shape. */
interface TermStore {
  get(key: string): Promise<number | undefined>
  put(value: number, key: string): Promise<unknown>
  add(value: number, key: string): Promise<unknown>
  delete(key: string): Promise<unknown>
}

/** @param term undefined: writes without leading */
function archiveOver(connection: Connection, term: number | undefined): Archive {
  /** One transaction that lasts until it is on disk; nothing of it is kept unless we may write. */
  const change = (work: (rows: RowStore) => readonly Promise<unknown>[]): Promise<void> => connection.use(async (database) => {
    const transaction = database.transaction(['rows', 'keys'], 'readwrite', { durability: 'strict' })
    const terms = transaction.objectStore('keys') as unknown as TermStore
    const stored = term === undefined ? undefined : terms.get(TERM)
    const requests = [
      // Adding what is there already fails, and with it the whole transaction: that is the fence.
      ...(term === undefined ? [] : [
        terms.add(1, closedBy(term)), terms.delete(closedBy(term)),
        // Again each time, in case the database was deleted meanwhile.
        terms.put(term, TERM), terms.put(1, closedBy(term - 1)),
      ]),
      ...work(transaction.objectStore('rows')),
    ]
    // The transaction's own promise carries a failure; the requests' would be reported as unhandled.
    for (const request of [...requests, stored]) request?.catch(() => undefined)
    // All at once and closed by hand: a tab that freezes in the middle of a transaction would lock its successor out.
    transaction.commit()
    await transaction.done.catch((error: unknown) => {
      throw error instanceof DOMException && error.name === 'ConstraintError' ? new ArchiveTakenError() : error
    })
    if (await stored !== term) throw new ArchiveWipedError()
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
