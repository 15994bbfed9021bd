// Counts how long the archive takes to acknowledge writes: each waits for the disk, so a slow disk shows here before anything fails.

import type { SqliteArchive } from '@megabrain/archive/sqlite'

export interface WriteTimes {
  /** Writes that are on disk. */
  writes: number
  /** How long they took together, from the call to the acknowledgement, s. */
  seconds: number
  failed: number
}

/** @returns the archive, and the times of its writes from now on. @param now milliseconds of any clock that does not go back */
export function timedArchive(archive: SqliteArchive, now: () => number): { readonly archive: SqliteArchive; readonly times: Readonly<WriteTimes> } {
  const times: WriteTimes = { writes: 0, seconds: 0, failed: 0 }
  return {
    times,
    archive: {
      ...archive,
      async write(changes) {
        const start = now()
        try {
          await archive.write(changes)
        } catch (error) {
          times.failed++
          throw error
        }
        times.writes++
        times.seconds += (now() - start) / 1_000
      },
    },
  }
}
