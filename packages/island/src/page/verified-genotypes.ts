// The verified genotypes that this browser keeps, read from its storage by any tab, whether or not it runs the island. Reads only, and
// only where a database already is: opening one that is not there would make it.

import { openArchive } from '@megabrain/archive/indexeddb'
import { restoreEntries, rowPrefixes } from '@megabrain/exchange'
import type { Entry } from '@megabrain/exchange'
import { ARCHIVE_NAME } from '../core/storage-names.ts'

/** Those of one realm that have their bytes, in no particular order; storage that fails is like storage that is empty. */
export async function verifiedGenotypes(realmId: string): Promise<readonly Entry[]> {
  const { claims, bodies } = rowPrefixes(realmId)
  try {
    const databases = await indexedDB.databases()
    if (!databases.some(({ name }) => name === ARCHIVE_NAME)) return []
    const archive = await openArchive(ARCHIVE_NAME)
    try {
      const rows = await Promise.all([archive.list(claims), archive.list(bodies)])
      return restoreEntries(rows.flat()).entries.filter(({ body }) => body.length > 0)
    } finally {
      await archive.close()
    }
  } catch {
    return []
  }
}
