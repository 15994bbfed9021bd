import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deviceStatement } from '@megabrain/exchange'
import { archiveCases, keysCases } from '@megabrain/exchange/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { linkKeys, openArchive, openKeys, ownerEntropy } from './index.ts'
import { killRounds } from './kill-rounds.ts'

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

  test('of a linked machine are another device of the same owner, hold the owner key only where asked to, and replace no others', async () => {
    const desk = await openKeys(join(folder, 'desk'))
    const words = (await ownerEntropy(join(folder, 'desk')))!
    await linkKeys(join(folder, 'rack'), words, { keepOwner: true })
    await linkKeys(join(folder, 'phone'), words, { keepOwner: false })
    const [rack, phone, worker] = [await openKeys(join(folder, 'rack')), await openKeys(join(folder, 'phone')), await openKeys(join(folder, 'rack-2'), join(folder, 'rack'))]
    for (const keys of [rack, phone, worker]) {
      expect(keys.owner).toEqual(desk.owner)
      expect(keys.machines!.secret).toEqual(desk.machines!.secret)
      expect(await keys.verify(desk.owner, deviceStatement(keys.device), keys.delegation)).toBe(true)
    }
    expect([desk, rack, phone].map(({ machines }) => [machines!.isLinked, machines!.holdsOwner])).toEqual([[false, true], [true, true], [true, false]])
    expect(await ownerEntropy(join(folder, 'phone'))).toBeUndefined()
    expect(await readFile(join(folder, 'phone', 'author-keys.json'), 'utf8')).not.toContain('"owner"')
    await expect(phone.signAsOwner(new Uint8Array(1))).rejects.toMatchObject({ name: 'OwnerElsewhereError' })
    await expect(openKeys(join(folder, 'phone-2'), join(folder, 'phone'))).rejects.toMatchObject({ name: 'OwnerElsewhereError' })
    await expect(linkKeys(join(folder, 'desk'), words, { keepOwner: true })).rejects.toMatchObject({ name: 'ArchiveUnavailableError' })
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

  // Thousands by hand: `bench/kill.ts`.
  test('what was acknowledged survives kill -9 while writing, while the log is copied and while opening, whole', async () => {
    const report = await killRounds({ folder, kills: 30, random: Math.random })
    expect(report).toMatchObject({ kills: 30, lost: 0, corrupt: 0 })
    expect(report.acked).toBeGreaterThan(30)
    expect(report.recoveries).toBeGreaterThan(10)
  }, 240_000)

  test('a full disk refuses by name, loses nothing that was acknowledged, can be read, and takes writes again once there is room', async () => {
    const disk = await mkdtemp(join(folder, 'disk-'))
    const program = new URL('./full-disk.ts', import.meta.url).pathname
    // A mount of its own that ends with the process; without root in a user namespace of its own.
    const flags = process.getuid?.() === 0 ? ['-m'] : ['-rm']
    const script = 'mount -t tmpfs -o size=14m none "$1" && exec "$0" --no-warnings "$2" "$1"'
    const { stdout } = await promisify(execFile)('unshare', [...flags, 'sh', '-c', script, process.execPath, disk, program])
    const report = JSON.parse(stdout) as Record<string, unknown>
    expect(report).toMatchObject({ refusals: ['ArchiveFullError'], readable: true, writesAgain: true, lost: 0, unasked: 0 })
    expect(report['ackedWhenFull']).toBeGreaterThan(0)
  }, 60_000)

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
