import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicKey, verify } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeRealm } from '@megabrain/exchange'
import { openOwnRealm, openPeerKey } from './identity.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'relay-identity-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the peer key is made once, private, and read ever after', async () => {
  const first = await openPeerKey(folder)
  expect(statSync(join(folder, 'keys', 'peer.key')).mode & 0o777).toBe(0o600)
  expect([...await openPeerKey(folder)]).toEqual([...first])
})

test('a damaged key is refused and not replaced', async () => {
  await openPeerKey(folder)
  const file = join(folder, 'keys', 'peer.key')
  const flipped = readFileSync(file)
  flipped[40]! ^= 1
  writeFileSync(file, flipped)
  await expect(openPeerKey(folder)).rejects.toThrow(`${file} is not a libp2p private key`)
  writeFileSync(file, 'damaged')
  await expect(openPeerKey(folder)).rejects.toThrow(`${file} is not a libp2p private key`)
  expect(readFileSync(file, 'utf8')).toBe('damaged')
  openOwnRealm(folder, 'default', ['xor'])
  writeFileSync(join(folder, 'keys', 'realm-owner.pem'), '')
  expect(() => openOwnRealm(folder, 'default', ['xor'])).toThrow(/is not an Ed25519 key/)
})

test('the realm is the same document after a restart, signed by the owner key', () => {
  const first = openOwnRealm(folder, 'default', ['xor', 'double-pole'])
  const again = openOwnRealm(folder, 'default', ['double-pole', 'xor'])
  expect(again).toEqual({ ...first, document: again.document })
  expect(Buffer.compare(again.document, first.document)).toBe(0)
  const decoded = decodeRealm(first.document)
  if (!decoded.ok) throw new Error(decoded.reason)
  const { check, id } = decoded.value
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), check.key])
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  expect(verify(null, check.message, key, check.signature)).toBe(true)
  expect(id).toBe(first.id)
})

test('other tasks are a new revision of the same realm', () => {
  const first = openOwnRealm(folder, 'default', ['xor'])
  const second = openOwnRealm(folder, 'default', ['double-pole', 'xor'])
  expect([second.id, second.realm.revision]).toEqual([first.id, first.realm.revision + 1])
  expect(openOwnRealm(folder, 'default', ['xor', 'double-pole']).realm.revision).toBe(second.realm.revision)
})

test('a realm whose owner key is lost, exchanged or whose document is damaged is refused', () => {
  openOwnRealm(folder, 'default', ['xor'])
  const [key, document] = [join(folder, 'keys', 'realm-owner.pem'), join(folder, 'realms', 'default.realm')]
  const saved = readFileSync(document)
  rmSync(key)
  expect(() => openOwnRealm(folder, 'default', ['xor'])).toThrow(`${key} is missing`)
  rmSync(document)
  openOwnRealm(folder, 'default', ['xor'])
  writeFileSync(document, saved)
  expect(() => openOwnRealm(folder, 'default', ['xor'])).toThrow(/was not signed by this relay/)
  writeFileSync(document, saved.subarray(1))
  expect(() => openOwnRealm(folder, 'default', ['xor'])).toThrow(/is damaged/)
})
