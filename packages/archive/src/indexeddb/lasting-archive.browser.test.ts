import { archiveCases } from '@megabrain/exchange/contract'
import { describe, expect, test } from 'vitest'
import { openArchive, openLastingArchive, openLeadingArchive } from './index.ts'

const unique = (name: string): string => `${name}-${crypto.randomUUID()}`
const row = (key: string, ...bytes: readonly number[]) => ({ key, value: Uint8Array.from(bytes) })
const quiet = { onTrouble: () => undefined, onFull: () => undefined, onTaken: () => undefined }

describe('the archive contract for a tab that runs for weeks', () => {
  const run = crypto.randomUUID()
  for (const { name, check } of archiveCases) test(name, () => check((archive) => openLastingArchive(`${archive}-lasting-${run}`, quiet)))
})

test('a leader that another has replaced can write nothing and sign nothing any more', async () => {
  const name = unique('taken')
  let taken = 0
  const thawed = await openLastingArchive(name, { ...quiet, onTaken: () => { taken += 1 } })
  await thawed.write([row('a', 1)])
  await thawed.confirm()
  const leader = await openLeadingArchive(name)
  expect(await leader.read('a')).toEqual(Uint8Array.of(1))
  await expect(thawed.confirm()).rejects.toMatchObject({ name: 'ArchiveTakenError' })
  await thawed.write([row('a', 2), row('b', 2)])
  await thawed.close()
  expect(taken).toBe(1)
  await leader.write([row('c', 3)])
  expect((await leader.list('')).map(({ key, value }) => `${key}${value[0]}`)).toEqual(['a1', 'c3'])
  await leader.close()
})

test('what was in a database that is deleted underneath is in the next one', async () => {
  const name = unique('wiped')
  const archive = await openLastingArchive(name, quiet)
  await archive.write([row('pin/a', 1), row('body/b', 2)])
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })
  await archive.write([row('island/c', 3)])
  const other = await openArchive(name)
  expect((await other.list('')).map(({ key }) => key)).toEqual(['body/b', 'island/c', 'pin/a'])
  await other.close()
  await archive.close()
})

test('a full quota is told, costs nothing, and is made good as soon as there is room', async () => {
  const name = unique('full')
  const told: (string | undefined)[] = []
  let full = 0
  const archive = await openLastingArchive(name, { ...quiet, onTrouble: (detail) => told.push(detail), onFull: () => { full += 1 } })
  const put = IDBObjectStore.prototype.put
  // Room for what nobody else has, and for nothing more: as when the last kilobytes of a quota are left.
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    if (String(key).startsWith('body/')) throw new DOMException('full', 'QuotaExceededError')
    return put.call(this, value, key)
  }
  try {
    await archive.write([row('pin/a', 1), row('body/b', 2)])
    expect(told).toEqual([expect.stringContaining('full')])
    expect(full).toBe(1)
    expect(await archive.read('body/b')).toEqual(Uint8Array.of(2))
    const disk = await openArchive(name)
    expect((await disk.list('')).map(({ key }) => key)).toEqual(['pin/a'])
    await disk.close()
  } finally {
    IDBObjectStore.prototype.put = put
  }
  await archive.write([row('island/c', 3)])
  expect(told.at(-1)).toBeUndefined()
  const disk = await openArchive(name)
  expect((await disk.list('')).map(({ key }) => key)).toEqual(['body/b', 'island/c', 'pin/a'])
  await disk.close()
  await archive.close()
})
