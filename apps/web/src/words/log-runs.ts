// Routine comes in runs, as when an archive is synchronised: claims verified or left aside one after the other. A run is
// one line of the log, so that what matters stays in sight.

import type { LogEntry } from '@megabrain/island'
import { isHarmless } from './refusals.ts'

export interface LogRun {
  /** The newest entry of the run. */
  readonly entry: LogEntry
  /** How many more like it came directly before. */
  readonly more: number
}

/** Newest first. */
export function logRuns(log: readonly LogEntry[]): readonly LogRun[] {
  const runs: LogRun[] = []
  for (const entry of log.toReversed()) {
    const newer = runs.at(-1)
    if (newer !== undefined && isRoutine(entry) && isAlike(entry, newer.entry)) runs[runs.length - 1] = { ...newer, more: newer.more + 1 }
    else runs.push({ entry, more: 0 })
  }
  return runs
}

function isRoutine(entry: LogEntry): boolean {
  return entry.kind === 'admitted' || entry.kind === 'published' || (entry.kind === 'refused' && isHarmless(entry.reason))
}

function isAlike(entry: LogEntry, other: LogEntry): boolean {
  return entry.kind === other.kind && (entry.kind !== 'refused' || other.kind !== 'refused' || entry.reason === other.reason)
}
