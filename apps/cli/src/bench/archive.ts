// Writes of genotypes that survive a power cut, each acknowledged on its own: our archive with its group commit, beside what
// one gets from the databases at hand and from the disk itself. All in turn, repetition by repetition, on the same disk.

import { fdatasyncSync, openSync, closeSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openArchive } from '@megabrain/archive/sqlite'
import type { ClassicLevelModule } from './peers.ts'
import { ratioOf, spreadOf } from './spread.ts'
import type { Spread } from './spread.ts'

export interface ArchiveBench {
  readonly bodyBytes: number
  readonly atOnce: number
  /** Acknowledged writes a second. */
  readonly rows: readonly {
    readonly name: string
    /** Writes that wait for the disk together. */
    readonly group: number
    readonly writesPerSecond: Spread
    /** Ours with group commit divided by this. */
    readonly against: Spread
  }[]
}

/** A genotype as large as the figures have it. */
const BODY_BYTES = 50_000
/** Writes under way at a time: what a relay has while a few hundred members announce. */
const AT_ONCE = 100

interface Contestant {
  readonly name: string
  readonly group: number
  /** Share of the writes that are enough to measure it: one at a time is slow. */
  readonly share: number
  /** Writes `bodies`, each under its own key, in a new file of `folder`, and resolves when all are on disk. */
  run(folder: string, bodies: readonly Uint8Array[]): Promise<number>
}

/** @param folder on the disk to measure */
export async function benchArchive(folder: string, repetitions: number, writes: number, level: ClassicLevelModule | undefined): Promise<ArchiveBench> {
  const contestants: readonly Contestant[] = [
    { name: 'ours, group commit', group: AT_ONCE, share: 1, run: (at, bodies) => runOurs(at, bodies, AT_ONCE) },
    { name: 'ours, one write at a time', group: 1, share: 0.25, run: (at, bodies) => runOurs(at, bodies, 1) },
    { name: 'node:sqlite, WAL, synchronous FULL, a commit each', group: 1, share: 0.25, run: (at, bodies) => runSqlite(at, bodies, 'WAL', 1) },
    { name: 'node:sqlite as it comes (rollback journal, FULL), a commit each', group: 1, share: 0.25, run: (at, bodies) => runSqlite(at, bodies, 'DELETE', 1) },
    { name: 'node:sqlite, WAL, FULL, commits of 100 in the caller\'s thread', group: AT_ONCE, share: 1, run: (at, bodies) => runSqlite(at, bodies, 'WAL', AT_ONCE) },
    ...(level === undefined ? [] : [
      { name: 'classic-level, sync, a put each', group: 1, share: 0.25, run: (at: string, bodies: readonly Uint8Array[]) => runLevel(level, at, bodies, 1) },
      { name: 'classic-level, sync, batches of 100', group: AT_ONCE, share: 1, run: (at: string, bodies: readonly Uint8Array[]) => runLevel(level, at, bodies, AT_ONCE) },
    ]),
    { name: 'the disk: append and fdatasync each', group: 1, share: 0.25, run: (at, bodies) => runDisk(at, bodies, 1) },
    { name: 'the disk: append 100, then fdatasync', group: AT_ONCE, share: 1, run: (at, bodies) => runDisk(at, bodies, AT_ONCE) },
  ]
  const bodies = Array.from({ length: writes }, () => randomFillSync(new Uint8Array(BODY_BYTES)))
  const rates = contestants.map((): number[] => [])
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [i, { share, run }] of contestants.entries()) {
      const at = await mkdtemp(join(folder, 'megabrain-bench-'))
      const some = bodies.slice(0, Math.max(1, Math.ceil(writes * share)))
      rates[i]!.push(some.length / await run(at, some))
      await rm(at, { recursive: true })
    }
  }
  return {
    bodyBytes: BODY_BYTES,
    atOnce: AT_ONCE,
    rows: contestants.map(({ name, group }, i) => ({ name, group, writesPerSecond: spreadOf(rates[i]!), against: ratioOf(rates[0]!, rates[i]!) })),
  }
}

const since = (start: number): number => (performance.now() - start) / 1_000

async function runOurs(folder: string, bodies: readonly Uint8Array[], atOnce: number): Promise<number> {
  const archive = await openArchive(join(folder, 'archive.sqlite'))
  const start = performance.now()
  let next = 0
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let i = next++; i < bodies.length; i = next++) await archive.write([{ key: `body/${i}`, value: bodies[i] }])
  }))
  const seconds = since(start)
  await archive.close()
  return seconds
}

async function runSqlite(folder: string, bodies: readonly Uint8Array[], journal: 'WAL' | 'DELETE', group: number): Promise<number> {
  const database = new DatabaseSync(join(folder, 'stock.sqlite'))
  database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = FULL; CREATE TABLE rows (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT`)
  const put = database.prepare('INSERT INTO rows (key, value) VALUES (?, ?)')
  const start = performance.now()
  for (let from = 0; from < bodies.length; from += group) {
    database.exec('BEGIN')
    bodies.slice(from, from + group).forEach((body, i) => put.run(`body/${from + i}`, body))
    database.exec('COMMIT')
  }
  const seconds = since(start)
  database.close()
  return seconds
}

async function runLevel({ ClassicLevel }: ClassicLevelModule, folder: string, bodies: readonly Uint8Array[], group: number): Promise<number> {
  const level = new ClassicLevel(join(folder, 'level'), { valueEncoding: 'view' })
  await level.open()
  const start = performance.now()
  for (let from = 0; from < bodies.length; from += group) {
    const puts = bodies.slice(from, from + group).map((value, i) => ({ type: 'put' as const, key: `body/${from + i}`, value }))
    await level.batch(puts, { sync: true })
  }
  const seconds = since(start)
  await level.close()
  return seconds
}

async function runDisk(folder: string, bodies: readonly Uint8Array[], group: number): Promise<number> {
  const file = openSync(join(folder, 'plain'), 'w')
  const start = performance.now()
  for (let from = 0; from < bodies.length; from += group) {
    for (const body of bodies.slice(from, from + group)) writeSync(file, body)
    fdatasyncSync(file)
  }
  const seconds = since(start)
  closeSync(file)
  return seconds
}
