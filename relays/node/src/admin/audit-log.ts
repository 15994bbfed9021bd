// What was changed through the admin interface, by whom and when: JSON lines that are on disk before the change is answered.
// Apart from the relay's log, which is a sample and goes wherever stderr goes.

import { closeSync, fsyncSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface AuditEntry {
  readonly time: string
  /** Who: the address that the request came from. There is one token, so no name. */
  readonly from: string
  readonly action: string
  readonly detail: Readonly<Record<string, unknown>>
}

export interface AuditLog {
  write(entry: Omit<AuditEntry, 'time'>): void
  /** The newest first. */
  last(count: number): readonly AuditEntry[]
  close(): void
}

const FILE = 'audit.log'
const MAX_BYTES = 1_048_576
/** `audit.log.1` is the one before; the oldest is forgotten. */
const KEPT = 4

/** @param maxBytes of a file before it is put aside */
export function openAuditLog(folder: string, now: () => number = Date.now, maxBytes: number = MAX_BYTES): AuditLog {
  const file = join(folder, FILE)
  let descriptor = openSync(file, 'a', 0o600)

  function rotate(): void {
    closeSync(descriptor)
    for (let at = KEPT - 1; at >= 0; at--) moveIfThere(at === 0 ? file : `${file}.${at}`, `${file}.${at + 1}`)
    descriptor = openSync(file, 'a', 0o600)
    const parent = openSync(folder, 'r')
    fsyncSync(parent)
    closeSync(parent)
  }

  return {
    write(entry) {
      const line = Buffer.from(`${JSON.stringify({ time: new Date(now()).toISOString(), ...entry })}\n`)
      if (fstatSync(descriptor).size + line.length > maxBytes && fstatSync(descriptor).size > 0) rotate()
      for (let written = 0; written < line.length;) written += writeSync(descriptor, line, written)
      fsyncSync(descriptor)
    },
    last(count) {
      const lines = [`${file}.1`, file].flatMap((name) => linesOf(name))
      return lines.slice(-count).reverse().flatMap((line) => entryOf(line))
    },
    close: () => closeSync(descriptor),
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '')
  } catch {
    return []
  }
}

/** A line that a power cut tore is left out. */
function entryOf(line: string): readonly AuditEntry[] {
  try {
    return [JSON.parse(line) as AuditEntry]
  } catch {
    return []
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
