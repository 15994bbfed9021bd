import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive } from '@megabrain/archive/sqlite'
import { afterAll, expect, test } from 'vitest'
import { runRelay } from './run.ts'
import { killWhileStarting, runRelayProcess, spawnRelay } from './spawned-relay.ts'
import type { RelayDocument } from './relay-document.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-backup-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

function flags(data: string): string[] {
  return ['--port', '0', '--data', data, '--webtransport-port', 'off', '--webrtc-direct-port', 'off', '--stun-port', 'off']
}

async function peerOf(data: string): Promise<string> {
  const relay = await spawnRelay(flags(data))
  const { peer } = await (await fetch(`${relay.origin}/.well-known/megabrain.json`)).json() as RelayDocument
  await relay.stop('SIGKILL')
  return peer
}

test('a running relay is copied into one file, from which another folder is the same relay until it gets an identity of its own', { timeout: 120_000 }, async () => {
  const [data, again] = [join(base, 'data'), join(base, 'again')]
  const backup = join(data, 'relay.backup') // as in a container, where nothing else can be written; no backup holds another
  const peer = await peerOf(data)
  const archive = await openArchive(join(data, 'archive.sqlite'))
  await archive.write(Array.from({ length: 300 }, (_, n) => ({ key: `kept/${n}`, value: new Uint8Array(3_000).fill(n & 0xff) })))
  await archive.close()

  const relay = await spawnRelay(flags(data))
  writeFileSync(join(data, 'older.backup'), 'an older one')
  const made = await runRelayProcess(['--backup', backup, '--json', '--data', data])
  expect([made.stderr, made.code]).toEqual(['', 0])
  expect(JSON.parse(made.stdout)).toMatchObject({ file: backup, files: expect.arrayContaining(['keys/author-keys.json', 'keys/peer.key', 'keys/realm-owner.pem', 'realms/default.realm']) })
  expect(made.stdout).not.toContain('older')
  expect(statSync(backup).mode & 0o777).toBe(0o600)
  expect((await fetch(`${relay.origin}/readyz`)).status).toBe(200)
  await expect(runRelay(['--backup', backup, '--data', data])).rejects.toThrow(`--backup does not overwrite ${backup}`)
  expect((await relay.stop('SIGTERM')).code).toBe(0)
  expect(readdirSync(data).filter((name) => name.startsWith('snapshot'))).toEqual([])

  await expect(runRelay(['--restore', backup, '--data', data])).rejects.toThrow('is not empty')
  expect((await runRelay(['--restore', backup, '--data', again])).exit).toBe(0)
  const restored = await openArchive(join(again, 'archive.sqlite'))
  const rows = await restored.list('kept/')
  expect(rows.every(({ key, value }) => value.length === 3_000 && value[0] === (Number(key.slice(5)) & 0xff))).toBe(true)
  expect(rows.length).toBe(300)
  await restored.close()
  expect(readFileSync(join(again, 'archive.sqlite')).includes('PRIVATE KEY')).toBe(false)

  const { json } = await runRelay(['--rotate-identity', '--data', again])
  const { before, after, retired } = json as { before: string; after: string; retired: string }
  expect([before, existsSync(retired), after === peer]).toEqual([peer, true, false])
  expect(await peerOf(again)).toBe(after)
  expect(readFileSync(join(again, 'keys', 'realm-owner.pem'))).toEqual(readFileSync(join(data, 'keys', 'realm-owner.pem')))

  const bytes = readFileSync(backup)
  bytes[bytes.indexOf(Buffer.alloc(200, 7)) + 100] = 8
  writeFileSync(join(base, 'bad.backup'), bytes)
  const bad = runRelay(['--restore', join(base, 'bad.backup'), '--data', join(base, 'empty')])
  await expect(bad).rejects.toThrow(`${join(base, 'bad.backup')} is damaged; nothing was restored`)
  expect(readdirSync(join(base, 'empty'))).toEqual([])
})

test('a relay that is killed at any moment of its start starts again, as the same relay from the first start that listened', { timeout: 120_000 }, async () => {
  const data = join(base, 'killed')
  for (const share of [0.35, 0.85]) await killWhileStarting(flags(data), share * 1_500 + Math.random() * 300)
  const peer = await peerOf(data)
  await killWhileStarting(flags(data), 300 + Math.random() * 1_200)
  expect(await peerOf(data)).toBe(peer)
})
