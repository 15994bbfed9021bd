// What every `Archive` must do, in memory, IndexedDB and SQLite alike.

import type { Archive, Change } from '../ports.ts'
import { expect, expectBytes, sampleBytes, type Case } from './case.ts'

/** @param name archives of the same name hold the same rows: opening again after a close finds them */
export type OpenArchive = (name: string) => Promise<Archive>

/** Adapters that forget on close (memory) leave out the cases marked durable. */
export interface ArchiveCase extends Case<OpenArchive> {
  readonly durable: boolean
}

let opened = 0

async function withArchive(open: OpenArchive, use: (archive: Archive, name: string) => Promise<void>): Promise<void> {
  const name = `contract-${opened++}`
  const archive = await open(name)
  await archive.erase()
  try {
    await use(archive, name)
  } finally {
    await archive.close().catch(() => undefined)
  }
}

const keysOf = async (archive: Archive, prefix: string): Promise<string> => (await archive.list(prefix)).map(({ key }) => key).join(' ')

function archiveCase(name: string, use: (archive: Archive, name: string) => Promise<void>): ArchiveCase {
  return { name, durable: false, check: (open) => withArchive(open, use) }
}

export const archiveCases: readonly ArchiveCase[] = [
  archiveCase('a written row is read back, an unknown key reads undefined', async (archive) => {
    await archive.write([{ key: 'a', value: sampleBytes(1, 300) }])
    expectBytes(await archive.read('a'), sampleBytes(1, 300), 'the row')
    expect((await archive.read('b')) === undefined, 'an unknown key must read undefined')
  }),
  archiveCase('an empty value is a row, not its absence', async (archive) => {
    await archive.write([{ key: 'empty', value: new Uint8Array(0) }])
    expectBytes(await archive.read('empty'), new Uint8Array(0), 'the empty row')
    expect((await keysOf(archive, '')) === 'empty', 'the empty row must be listed')
  }),
  archiveCase('every byte value and 256 KiB survive', async (archive) => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    const large = sampleBytes(2, 262_144)
    await archive.write([{ key: 'all', value: all }, { key: 'large', value: large }])
    expectBytes(await archive.read('all'), all, 'all byte values')
    expectBytes(await archive.read('large'), large, 'the large row')
  }),
  archiveCase('a later write replaces, undefined removes, removing nothing is no error', async (archive) => {
    await archive.write([{ key: 'a', value: sampleBytes(1, 4) }])
    await archive.write([{ key: 'a', value: sampleBytes(2, 5) }, { key: 'none', value: undefined }])
    expectBytes(await archive.read('a'), sampleBytes(2, 5), 'the replaced row')
    await archive.write([{ key: 'a', value: undefined }])
    expect((await archive.read('a')) === undefined, 'a removed row must read undefined')
    expect((await archive.list('')).length === 0, 'a removed row must not be listed')
  }),
  archiveCase('the last change of a key in one write holds', async (archive) => {
    await archive.write([{ key: 'a', value: sampleBytes(1, 4) }, { key: 'a', value: undefined }, { key: 'a', value: sampleBytes(3, 4) }])
    expectBytes(await archive.read('a'), sampleBytes(3, 4), 'the row')
    await archive.write([{ key: 'b', value: sampleBytes(1, 4) }, { key: 'b', value: undefined }])
    expect((await archive.read('b')) === undefined, 'a row removed in the same write must be gone')
  }),
  archiveCase('writing nothing is allowed', async (archive) => {
    await archive.write([])
    expect((await archive.list('')).length === 0, 'nothing must be listed')
  }),
  archiveCase('a list is in ascending order by code unit and carries the values', async (archive) => {
    const keys = ['b/2', 'b/10', 'b/1', 'B/1', 'b', 'b/', 'a~', 'b-']
    await archive.write(keys.map((key, i) => ({ key, value: Uint8Array.of(i) })))
    expect((await keysOf(archive, '')) === 'B/1 a~ b b- b/ b/1 b/10 b/2', `order must be by code unit, got ${await keysOf(archive, '')}`)
    for (const { key, value } of await archive.list('b/')) expectBytes(value, Uint8Array.of(keys.indexOf(key)), `the value of ${key}`)
  }),
  archiveCase('a prefix matches the start of keys only, and no wildcard', async (archive) => {
    const keys = ['claim/a', 'claim/ab', 'claim0', 'claim', 'xclaim/a', 'claim%/a', 'claim_/a', 'Claim/a', 'claim/~', 'claim/\x7e\x7e']
    await archive.write(keys.map((key) => ({ key, value: Uint8Array.of(1) })))
    expect((await keysOf(archive, 'claim/')) === 'claim/a claim/ab claim/~ claim/~~', `got ${await keysOf(archive, 'claim/')}`)
    expect((await keysOf(archive, 'claim/a')) === 'claim/a claim/ab', `got ${await keysOf(archive, 'claim/a')}`)
    expect((await keysOf(archive, 'claim%')) === 'claim%/a', 'a percent sign must mean itself')
    expect((await keysOf(archive, 'claim_')) === 'claim_/a', 'an underscore must mean itself')
    expect((await keysOf(archive, '*')) === '', 'a star must mean itself')
    expect((await archive.list('')).length === new Set(keys).size, 'the empty prefix must list all')
  }),
  archiveCase('the archive keeps its own copy of written bytes', async (archive) => {
    const value = sampleBytes(4, 8)
    const written = archive.write([{ key: 'a', value }])
    value.fill(0)
    await written
    expectBytes(await archive.read('a'), sampleBytes(4, 8), 'the row')
  }),
  archiveCase('it stores the view, not the memory behind it', async (archive) => {
    const memory = sampleBytes(5, 64)
    await archive.write([{ key: 'a', value: memory.subarray(16, 24) }])
    expectBytes(await archive.read('a'), sampleBytes(5, 64).slice(16, 24), 'the row')
  }),
  archiveCase('read bytes belong to the reader', async (archive) => {
    await archive.write([{ key: 'a', value: sampleBytes(6, 8) }])
    ;(await archive.read('a'))!.fill(0)
    ;(await archive.list(''))[0]!.value.fill(0)
    expectBytes(await archive.read('a'), sampleBytes(6, 8), 'the row')
  }),
  archiveCase('a failing write changes nothing', async (archive) => {
    await archive.write([{ key: 'a', value: sampleBytes(7, 4) }])
    // A getter that throws is the one failure that every adapter meets alike: in the middle of the list.
    const broken = {
      key: 'c',
      get value(): Uint8Array {
        throw new RangeError('planted')
      },
    }
    let failed = false
    try {
      await archive.write([{ key: 'a', value: undefined }, { key: 'b', value: sampleBytes(8, 4) }, broken])
    } catch {
      failed = true
    }
    expect(failed, 'the write must fail')
    expectBytes(await archive.read('a'), sampleBytes(7, 4), 'the row from before')
    expect((await keysOf(archive, '')) === 'a', 'no part of the failed write may be there')
  }),
  archiveCase('writes that overlap are applied in the order of their calls', async (archive) => {
    const changes = (i: number): readonly Change[] => [{ key: 'a', value: Uint8Array.of(i) }, { key: `b${i}`, value: Uint8Array.of(i) }]
    const writes = Array.from({ length: 20 }, (_, i) => archive.write(changes(i)))
    await Promise.all(writes)
    expectBytes(await archive.read('a'), Uint8Array.of(19), 'the row')
    expect((await archive.list('b')).length === 20, 'all 20 rows must be there')
  }),
  archiveCase('erase removes every row and the archive goes on', async (archive) => {
    await archive.write([{ key: 'a', value: sampleBytes(1, 4) }, { key: 'b/c', value: sampleBytes(2, 4) }])
    await archive.erase()
    expect((await archive.list('')).length === 0, 'nothing must be listed after erase')
    await archive.write([{ key: 'd', value: sampleBytes(3, 4) }])
    expect((await keysOf(archive, '')) === 'd', 'the archive must go on after erase')
  }),
  archiveCase('after close every call fails', async (archive) => {
    await archive.close()
    for (const call of [() => archive.read('a'), () => archive.list(''), () => archive.write([{ key: 'a', value: Uint8Array.of(1) }])]) {
      let failed = false
      try {
        await call()
      } catch {
        failed = true
      }
      expect(failed, 'a call after close must fail')
    }
  }),
  archiveCase('closing twice is no error', async (archive) => {
    await archive.close()
    await archive.close()
  }),
  {
    name: 'rows survive closing and opening again',
    durable: true,
    check: (open) =>
      withArchive(open, async (archive, name) => {
        await archive.write([{ key: 'a', value: sampleBytes(9, 100) }, { key: 'b', value: sampleBytes(9, 1) }])
        await archive.write([{ key: 'b', value: undefined }])
        await archive.close()
        const again = await open(name)
        try {
          expectBytes(await again.read('a'), sampleBytes(9, 100), 'the row')
          expect((await again.read('b')) === undefined, 'a removed row must stay removed')
        } finally {
          await again.erase()
          await again.close()
        }
      }),
  },
  {
    name: 'archives of different names share nothing',
    durable: true,
    check: (open) =>
      withArchive(open, async (archive) => {
        await archive.write([{ key: 'a', value: Uint8Array.of(1) }])
        await withArchive(open, async (other) => {
          expect((await other.read('a')) === undefined, 'another archive must not show the row')
          await other.erase()
        })
        expectBytes(await archive.read('a'), Uint8Array.of(1), 'the row')
      }),
  },
]
