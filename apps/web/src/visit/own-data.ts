// Everything that this browser keeps of the visitor: as one file, and gone for good.

import type { Snapshot } from '@megabrain/island'
import { toBase64 } from '@megabrain/mesh/relay-notice'

/** What the island shows and what the page remembers, as JSON; genotypes as base64. The owner's key is not in it. */
export function ownData(snapshot: Snapshot, drawer: Pick<Storage, 'length' | 'key' | 'getItem'>): Blob {
  const remembered = Object.fromEntries(Array.from({ length: drawer.length }, (_, index) => drawer.key(index)!)
    .filter((key) => key.startsWith('megabrain.'))
    .map((key) => [key, drawer.getItem(key)]))
  const plain = (_: string, value: unknown): unknown => (value instanceof Uint8Array ? toBase64(value) : value instanceof Map ? [...value] : value)
  return new Blob([JSON.stringify({ format: 'megabrain-own-data', version: 1, island: snapshot, remembered }, plain, 2)], { type: 'application/json' })
}

/** Databases, memories and the page itself; the island must have been stopped. Ends when all of it is gone. */
export async function eraseOwnData(page: Window & typeof globalThis): Promise<void> {
  for (const registration of await page.navigator.serviceWorker?.getRegistrations() ?? []) await registration.unregister()
  for (const name of await page.caches?.keys() ?? []) await page.caches.delete(name)
  for (const { name } of await page.indexedDB.databases()) {
    if (name === undefined) continue
    await new Promise<void>((resolve, reject) => {
      const request = page.indexedDB.deleteDatabase(name)
      request.onsuccess = () => resolve()
      request.onerror = () => reject(request.error ?? new Error(`The database ${name} could not be deleted`))
    })
  }
  page.localStorage.clear()
  page.sessionStorage.clear()
}
