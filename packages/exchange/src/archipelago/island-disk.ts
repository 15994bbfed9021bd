// The disk of a simulated island: rows as a real driver writes them, of which the writes of the last moment are lost in a
// crash, a whole step or nothing of it.

import type { Change } from '../ports.ts'

export interface IslandDisk {
  write(changes: readonly Change[], now: number): void
  /** The machine stops: what was written less than `unsyncedMs` ago never was. */
  crash(now: number): void
  erase(): void
  /** In ascending order of keys, as an archive lists them. */
  list(prefix: string): readonly { readonly key: string; readonly value: Uint8Array }[]
}

interface Undo {
  readonly at: number
  readonly key: string
  readonly before: Uint8Array | undefined
}

/** Writes remembered before the old ones among them are forgotten. */
const MAX_JOURNAL = 512

/** @param unsyncedMs how long a write needs to be safe */
export function createIslandDisk(unsyncedMs: number): IslandDisk {
  const rows = new Map<string, Uint8Array>()
  let journal: Undo[] = []

  function put(key: string, value: Uint8Array | undefined): void {
    if (value === undefined) rows.delete(key)
    else rows.set(key, value)
  }

  return {
    write(changes, now) {
      if (journal.length > MAX_JOURNAL) journal = journal.filter(({ at }) => now - at < unsyncedMs)
      for (const { key, value } of changes) {
        journal.push({ at: now, key, before: rows.get(key) })
        put(key, value)
      }
    },
    crash(now) {
      for (const { at, key, before } of journal.toReversed()) if (now - at < unsyncedMs) put(key, before)
      journal = []
    },
    erase() {
      rows.clear()
      journal = []
    },
    list: (prefix) => [...rows].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value })),
  }
}
