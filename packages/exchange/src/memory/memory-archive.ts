// An archive that lives as long as the object. Faithful in what the port promises: order, atomic writes, own copies.

import { compareText } from '../bytes/compare.ts'
import type { Archive } from '../ports.ts'

export function createMemoryArchive(): Archive {
  const rows = new Map<string, Uint8Array>()
  let open = true

  function assertOpen(): void {
    if (!open) throw new RangeError('An archive must not be used after it is closed')
  }

  return {
    async read(key) {
      assertOpen()
      return rows.get(key)?.slice()
    },
    async list(prefix) {
      assertOpen()
      const keys = [...rows.keys()].filter((key) => key.startsWith(prefix)).sort(compareText)
      return keys.map((key) => ({ key, value: rows.get(key)!.slice() }))
    },
    async write(changes) {
      assertOpen()
      const copies = changes.map(({ key, value }) => ({ key, value: value?.slice() }))
      for (const { key, value } of copies) {
        if (value === undefined) rows.delete(key)
        else rows.set(key, value)
      }
    },
    async erase() {
      assertOpen()
      rows.clear()
    },
    async close() {
      open = false
    },
  }
}
