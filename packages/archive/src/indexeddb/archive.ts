// The Archive port on IndexedDB: one object store, one transaction per write.

import type { Archive } from '@megabrain/exchange'
import { openConnection } from './connection.ts'

/** Above every ASCII character, so that `prefix + ABOVE` closes the range of keys with that prefix. */
const ABOVE = '\uffff'

/**
 * Opens (or creates) the database `name`. Rows are on disk, not merely in the browser's buffers, when `write` resolves.
 * @throws ArchiveUnavailableError on opening; `write` rejects with ArchiveFullError when the quota is used up
 */
export async function openArchive(name: string): Promise<Archive> {
  const connection = await openConnection(name)
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
      const copies = changes.map(({ key, value }) => ({ key, value: value?.slice() }))
      await connection.use(async (database) => {
        const transaction = database.transaction('rows', 'readwrite', { durability: 'strict' })
        const { store } = transaction
        for (const { key, value } of copies) ignoreHere(value === undefined ? store.delete(key) : store.put(value, key))
        await transaction.done
      })
    },
    erase: () => connection.use(async (database) => {
      const transaction = database.transaction('rows', 'readwrite', { durability: 'strict' })
      ignoreHere(transaction.store.clear())
      await transaction.done
    }),
    async close() {
      connection.close()
    },
  }
}

/** The transaction's own promise carries the failure; the request's would be reported as unhandled. */
function ignoreHere(request: Promise<unknown>): void {
  request.catch(() => undefined)
}
