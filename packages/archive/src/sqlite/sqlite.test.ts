import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveCases, keysCases } from '@megabrain/exchange/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openArchive, openKeys } from './index.ts'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'megabrain-archive-')) })
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the archive contract on SQLite', () => {
  for (const { name, check } of archiveCases) test(name, () => check((archive) => openArchive(join(folder, `${archive}.sqlite`))))
})

describe('the keys contract in Node', () => {
  for (const { name, check } of keysCases) test(name, () => check((keys) => openKeys(join(folder, keys))))
})

describe('keys', () => {
  test('lie in a file that only its owner may read, and nothing else is left in the folder', async () => {
    const keys = join(folder, 'alone')
    await openKeys(keys)
    expect((await stat(join(keys, 'author-keys.json'))).mode & 0o777).toBe(0o600)
  })

  test('two processes that start at once become one author', async () => {
    const keys = join(folder, 'race')
    const [alice, again] = await Promise.all([openKeys(keys), openKeys(keys)])
    expect(again.owner).toEqual(alice.owner)
  })

  test('a damaged key file is an error by name and is left as it is', async () => {
    const keys = join(folder, 'damaged')
    await openKeys(keys)
    const path = join(keys, 'author-keys.json')
    await writeFile(path, '{"version":1,"owner":"AAAA"')
    await expect(openKeys(keys)).rejects.toMatchObject({ name: 'ArchiveUnavailableError' })
    expect(await readFile(path, 'utf8')).toBe('{"version":1,"owner":"AAAA"')
  })
})

describe('the file', () => {
  test('a second opener is turned away by name', async () => {
    const file = join(folder, 'held.sqlite')
    const archive = await openArchive(file)
    await expect(openArchive(file)).rejects.toMatchObject({ name: 'ArchiveUnavailableError' })
    await archive.close()
    await (await openArchive(file)).close()
  })

  test('what is no database is an error by name', async () => {
    const file = join(folder, 'text.sqlite')
    await writeFile(file, 'this is no database, but long enough to be taken for one. '.repeat(40))
    await expect(openArchive(file)).rejects.toMatchObject({ name: 'ArchiveUnavailableError' })
  })

  test('what was acknowledged survives kill -9 in the middle of writing, whole', async () => {
    const file = join(folder, 'killed.sqlite')
    const program = new URL('./kill-writer.ts', import.meta.url).pathname
    const writer = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    let printed = ''
    await new Promise<void>((resolve, reject) => {
      writer.on('exit', () => resolve())
      writer.on('error', reject)
      writer.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
        if (printed.split('\n').length > 300) writer.kill('SIGKILL')
      })
    })
    const acknowledged = printed.split('\n').slice(0, -1).map(Number)
    expect(acknowledged.length).toBeGreaterThanOrEqual(300)
    const archive = await openArchive(file)
    const rows = new Set((await archive.list('row/')).map(({ key }) => key))
    for (const n of acknowledged) expect(rows.has(`row/${n}/a`) && rows.has(`row/${n}/b`)).toBe(true)
    const halves = [...rows].filter((key) => !rows.has(key.endsWith('a') ? `${key.slice(0, -1)}b` : `${key.slice(0, -1)}a`))
    expect(halves).toEqual([])
    await archive.close()
  })

  test('a copy made while it is written to holds every write that was acknowledged before, whole, and is a database of its own', async () => {
    const archive = await openArchive(join(folder, 'busy.sqlite'))
    const value = (n: number) => new Uint8Array(4_000).fill(n & 0xff)
    const written: number[] = []
    const write = async (n: number) => {
      await archive.write([{ key: `row/${n}/a`, value: value(n) }, { key: `row/${n}/b`, value: value(n) }])
      written.push(n)
    }
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => write(n)))
    let copied = false
    const writing = (async () => {
      for (let n = 1_000; !copied; n++) await write(n)
    })()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const before = [...written]
    await archive.snapshot(join(folder, 'copy.sqlite'))
    const during = written.length - before.length
    copied = true
    await writing
    await archive.close()

    expect(during).toBeGreaterThan(0)
    const copy = await openArchive(join(folder, 'copy.sqlite'))
    const rows = new Map((await copy.list('row/')).map((row) => [row.key, row.value]))
    for (const n of before) expect([rows.get(`row/${n}/a`)?.[0], rows.get(`row/${n}/b`)?.length]).toEqual([n & 0xff, 4_000])
    expect([...rows.keys()].filter((key) => !rows.has(key.endsWith('a') ? `${key.slice(0, -1)}b` : `${key.slice(0, -1)}a`))).toEqual([])
    await copy.close()
    await expect(archive.snapshot(join(folder, 'late.sqlite'))).rejects.toMatchObject({ name: 'ArchiveClosedError' })
  })
})
