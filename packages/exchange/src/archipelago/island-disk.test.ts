import { expect, test } from 'vitest'
import { createIslandDisk } from './island-disk.ts'

const row = (key: string, byte: number | undefined): { key: string; value: Uint8Array | undefined } =>
  ({ key, value: byte === undefined ? undefined : Uint8Array.of(byte) })

test('a crash takes back the writes of the last moment, newest first, and nothing older', () => {
  const disk = createIslandDisk(500)
  disk.write([row('a/1', 1), row('a/2', 2), row('b/1', 9)], 1_000)
  disk.write([row('a/1', 3), row('a/2', undefined)], 1_600)
  disk.write([row('a/1', 4), row('a/3', 5)], 1_700)
  expect(disk.list('a/')).toEqual([row('a/1', 4), row('a/3', 5)])
  disk.crash(2_150)
  expect(disk.list('a/')).toEqual([row('a/1', 3)])
  disk.crash(2_150)
  expect(disk.list('a/')).toEqual([row('a/1', 3)])
  disk.erase()
  expect(disk.list('')).toEqual([])
})
