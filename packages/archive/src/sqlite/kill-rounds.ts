// Kills a writer again and again and looks at what is left. For the test here and for the long run in `bench/kill.ts`. Each
// look is at a copy, so that it is the next writer, not the checker, that recovers the log, and may be killed while it does.

import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, rmSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { HEAD, numberOf, rowsAfter } from './kill-content.ts'

/**
 * When the kill falls: while the file is opened and its log recovered, after some writes, or as soon as a checkpoint has
 * begun to copy the log into the file.
 */
export type KillPoint = 'open' | 'write' | 'checkpoint'

export interface KillReport {
  readonly kills: number
  /** Kills at each point; a checkpoint that did not come within the round counts as `write`. */
  readonly at: Readonly<Record<KillPoint, number>>
  /** Writes acknowledged by all writers together. */
  readonly acked: number
  /** Acknowledged writes of which nothing is there. */
  readonly lost: number
  /** Times that a file did not open, failed SQLite's own check, or had rows that no prefix of the writes leaves. */
  readonly corrupt: number
  /** Kills that found a log to recover, and the bytes of the largest. */
  readonly recoveries: number
  readonly largestLogBytes: number
}

export interface KillOptions {
  /** For the database and its copy. Emptied of neither. */
  readonly folder: string
  readonly kills: number
  /** Uniform in 0..1. */
  readonly random: () => number
  readonly onKill?: (so: KillReport) => void
}

const program = fileURLToPath(new URL('./kill-writer.ts', import.meta.url))
const MOST_ACKS = 260
const OPENING_MS = 60
const POINTS: readonly KillPoint[] = ['write', 'checkpoint', 'open']

export async function killRounds({ folder, kills, random, onKill }: KillOptions): Promise<KillReport> {
  const file = join(folder, 'killed.sqlite')
  const at: Record<KillPoint, number> = { open: 0, write: 0, checkpoint: 0 }
  let [acked, lost, corrupt, recoveries, largestLogBytes] = [0, 0, 0, 0, 0]
  let newest = -1
  const report = (killed: number): KillReport => ({ kills: killed, at: { ...at }, acked, lost, corrupt, recoveries, largestLogBytes })
  for (let round = 0; round < kills; round++) {
    const { numbers, point } = await killOnce(file, POINTS[round % POINTS.length]!, random)
    at[point]++
    acked += numbers.length
    for (const n of numbers) newest = Math.max(newest, n)
    const log = existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0
    if (log > 0) recoveries++
    largestLogBytes = Math.max(largestLogBytes, log)
    const head = headOf(file, folder)
    if (head === undefined) corrupt++
    else lost += Math.max(0, newest - head)
    onKill?.(report(round + 1))
    // A broken file stays for whoever looks into it, and what follows would only repeat it.
    if (head === undefined) break
  }
  return report(at.open + at.write + at.checkpoint)
}

/** Runs a writer and kills it. @returns what it acknowledged, and where it was */
async function killOnce(file: string, wanted: KillPoint, random: () => number): Promise<{ readonly numbers: readonly number[]; readonly point: KillPoint }> {
  const writer = spawn(process.execPath, ['--no-warnings', program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acks = 1 + Math.floor(random() * MOST_ACKS)
  const delay = random()
  let printed = ''
  let point: KillPoint = 'write'
  const stopWatching = wanted === 'checkpoint' ? onCheckpoint(file, () => printed.includes('open\n'), () => {
    point = 'checkpoint'
    setTimeout(() => writer.kill('SIGKILL'), delay * 4)
  }) : undefined
  writer.stdout.on('data', (chunk: Buffer) => {
    const began = printed === ''
    printed += chunk.toString()
    if (wanted === 'open') {
      point = 'open'
      if (began) setTimeout(() => writer.kill('SIGKILL'), delay * OPENING_MS)
    } else if (printed.split('\n').length - 3 >= (wanted === 'write' ? acks : 2 * MOST_ACKS)) {
      writer.kill('SIGKILL')
    }
  })
  await ended(writer)
  stopWatching?.()
  // The last line may be cut.
  return { numbers: printed.split('\n').slice(0, -1).filter((line) => /^\d+$/.test(line)).map(Number), point }
}

/** With a write-ahead log only a checkpoint writes to the file itself. @returns what ends it */
function onCheckpoint(file: string, isOpen: () => boolean, then: () => void): (() => void) | undefined {
  if (!existsSync(file)) return undefined
  const watcher = watch(file, () => {
    if (!isOpen()) return
    watcher.close()
    then()
  })
  return () => watcher.close()
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('close', () => resolve())
    child.on('error', reject)
  })
}

/** @returns the newest write of a database that is whole, -1 for none yet; undefined for a broken one */
function headOf(file: string, folder: string): number | undefined {
  if (!existsSync(file)) return -1
  const copy = join(folder, 'copy.sqlite')
  for (const suffix of ['', '-wal']) {
    rmSync(copy + suffix, { force: true })
    if (existsSync(file + suffix)) cpSync(file + suffix, copy + suffix)
  }
  try {
    const database = new DatabaseSync(copy)
    try {
      return newestOf(database)
    } finally {
      database.close()
    }
  } catch {
    return undefined
  }
}

function newestOf(database: DatabaseSync): number | undefined {
  const [check] = database.prepare('PRAGMA integrity_check').all()
  if (check?.['integrity_check'] !== 'ok') return undefined
  // Killed before the table was made.
  if (database.prepare("SELECT name FROM sqlite_schema WHERE name = 'rows'").get() === undefined) return -1
  const rows = new Map(database.prepare('SELECT key, value FROM rows').all().map(({ key, value }) => [key as string, value as Uint8Array]))
  const head = numberOf(rows.get(HEAD))
  const right = rowsAfter(head)
  const isWhole = rows.size === right.size && [...right].every(([key, value]) => Buffer.compare(value, rows.get(key) ?? new Uint8Array()) === 0)
  return isWhole ? head : undefined
}
