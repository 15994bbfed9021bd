import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDataFolder, readIfThere, writeDurably } from './data-folder.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-data-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

test('a data folder is made private and belongs to one relay at a time', () => {
  const path = join(base, 'new', 'data')
  const first = openDataFolder(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(() => openDataFolder(path)).toThrow(/in use by another running relay/)
  first.close()
  openDataFolder(path).close()
})

test('a folder that was open to others is closed to them', () => {
  const path = mkdtempSync(join(base, 'open-'))
  chmodSync(path, 0o755)
  openDataFolder(path).close()
  expect(statSync(path).mode & 0o777).toBe(0o700)
})

test('a path that cannot be a folder is refused in one line that names it', () => {
  const file = join(base, 'file')
  writeFileSync(file, '')
  for (const path of [file, join(file, 'inside'), '/proc/nothing/data']) {
    let message = ''
    try {
      openDataFolder(path)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toContain(`data folder ${path}`)
    expect(message).not.toContain('\n')
  }
})

test('a durable write is private, replaces the whole file and leaves nothing beside it', () => {
  const file = join(base, 'durable', 'key')
  writeDurably(file, new Uint8Array([1, 2, 3]))
  writeDurably(file, new Uint8Array([4]))
  expect([...readFileSync(file)]).toEqual([4])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(base, 'durable'))).toEqual(['key'])
  expect(readIfThere(join(base, 'nothing'))).toBeUndefined()
  expect(existsSync(join(base, 'nothing'))).toBe(false)
})
