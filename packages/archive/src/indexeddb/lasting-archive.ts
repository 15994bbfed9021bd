// An archive for a tab that runs for weeks: what it holds is in memory, and on disk as soon as the browser lets it. A full quota, a
// lost connection or a deleted database costs no row that was read or written here: it is tried again until it is on disk.

import type { Archive } from '@megabrain/exchange'
import { ArchiveClosedError, ArchiveFullError, ArchiveTakenError, ArchiveWipedError } from '../errors.ts'
import { openLeadingArchive } from './archive.ts'
import type { LeadingArchive } from './archive.ts'

export interface LastingOptions {
  /** What keeps rows from the disk, in words; undefined once all are there. */
  onTrouble(detail: string | undefined): void
  /** The quota is used up: give up what can be had from others. */
  onFull(): void
  /** Another tab leads: stop, nothing is written any more. */
  onTaken(): void
}

const RETRY_MS = 3_000
/** Waits between attempts at opening, ms: a storage process that has just crashed is back by then. */
const OPENING_WAITS_MS = [100, 400, 1_000] as const
/** What any other member can give back. Where there is no room for everything, the rest goes first. */
const REPLACEABLE = /^(claim|body)\//

/**
 * Opens the database `name` to lead it. Where it cannot be opened at all, rows live in memory for this visit, and what is on disk is
 * left alone. Writes resolve when they were tried: see `onTrouble`.
 */
export async function openLastingArchive(name: string, options: LastingOptions): Promise<LeadingArchive> {
  let isOpen = false
  /** The database may have been deleted. */
  let isDoubtful = false
  /** Keys whose row on disk is not that in memory. */
  const pending = new Set<string>()
  let flushing: Promise<void> | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let isTroubled = false
  let isTaken = false
  const disk = await openPatiently(name, options.onTrouble, () => {
    isDoubtful = true
    if (isOpen) void flushed()
  })
  const rows = new Map<string, Uint8Array>()
  for (const { key, value } of await disk?.list('') ?? []) rows.set(key, value)
  isOpen = true

  const tell = (detail: string | undefined): void => {
    if (detail === undefined && !isTroubled) return
    isTroubled = detail !== undefined
    options.onTrouble(detail)
  }
  const taken = (): void => {
    if (isTaken) return
    isTaken = true
    options.onTaken()
  }

  async function put(to: Archive, keys: readonly string[]): Promise<void> {
    for (const key of keys) pending.delete(key)
    try {
      await to.write(keys.map((key) => ({ key, value: rows.get(key) })))
    } catch (error) {
      for (const key of keys) pending.add(key)
      throw error
    }
  }

  async function flush(to: Archive): Promise<void> {
    while ((pending.size > 0 || isDoubtful) && !isTaken) {
      try {
        isDoubtful = false
        await put(to, [...pending])
        tell(undefined)
      } catch (error) {
        if (nameOf(error) === ArchiveTakenError.name) return taken()
        if (nameOf(error) === ArchiveWipedError.name) {
          for (const key of rows.keys()) pending.add(key)
          continue
        }
        tell(error instanceof Error ? error.message : String(error))
        if (nameOf(error) === ArchiveFullError.name) {
          options.onFull()
          await put(to, [...pending].filter((key) => !REPLACEABLE.test(key))).catch(() => undefined)
        }
        retry ??= setTimeout(() => {
          retry = undefined
          void flushed()
        }, RETRY_MS)
        return
      }
    }
  }
  function flushed(): Promise<void> {
    if (disk === undefined) return Promise.resolve()
    if (flushing === undefined) {
      const mine = flush(disk).finally(() => { if (flushing === mine) flushing = undefined })
      flushing = mine
    }
    return flushing
  }
  const assertOpen = (): void => {
    if (!isOpen) throw new ArchiveClosedError()
  }

  return {
    async read(key) {
      assertOpen()
      return rows.get(key)?.slice()
    },
    async list(prefix) {
      assertOpen()
      const keys = [...rows.keys()].filter((key) => key.startsWith(prefix)).sort()
      return keys.map((key) => ({ key, value: rows.get(key)!.slice() }))
    },
    async write(changes) {
      assertOpen()
      // All or none, whatever the caller hands over.
      const copies = changes.map(({ key, value }) => ({ key, value: value?.slice() }))
      for (const { key, value } of copies) {
        if (value === undefined) rows.delete(key)
        else rows.set(key, value)
        pending.add(key)
      }
      // What is being written now may have begun before these rows changed.
      await flushing
      await flushed()
    },
    async erase() {
      assertOpen()
      rows.clear()
      pending.clear()
      await disk?.erase()
    },
    async confirm() {
      if (isTaken) throw new ArchiveTakenError()
      try {
        await disk?.confirm()
      } catch (error) {
        // Trouble with the disk is no reason to fall silent.
        if (nameOf(error) !== ArchiveTakenError.name) return
        taken()
        throw error
      }
    },
    async close() {
      if (!isOpen) return
      await flushing
      await flushed()
      isOpen = false
      clearTimeout(retry)
      await disk?.close()
    },
  }
}

async function openPatiently(name: string, onTrouble: LastingOptions['onTrouble'], onLost: () => void): Promise<LeadingArchive | undefined> {
  for (const wait of [...OPENING_WAITS_MS, undefined]) {
    try {
      return await openLeadingArchive(name, onLost)
    } catch (error) {
      if (wait !== undefined) await new Promise((resolve) => { setTimeout(resolve, wait) })
      else onTrouble(`${error instanceof Error ? error.message : String(error)}. Nothing of this visit will be kept`)
    }
  }
  return undefined
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
