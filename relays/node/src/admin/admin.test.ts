// The admin interface of a real relay process with real members: who gets in, what it says, and that each change acts at once.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeys } from '@megabrain/archive/sqlite'
import { createRealm, encodeRealm, realmId, realmMessage } from '@megabrain/exchange'
import type { Keys } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openNodeIsland } from '@megabrain/island/node'
import { openNodeMesh } from '@megabrain/mesh/node'
import type { Mesh } from '@megabrain/mesh/node'
import type { RelayDocument } from '../relay-document.ts'
import { spawnRelay } from '../spawned-relay.ts'
import type { SpawnedRelay } from '../spawned-relay.ts'
import { openAuditLog } from './audit-log.ts'
import { originOf } from './origin.ts'
import { createDoor } from './token.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-admin-'))
const data = join(base, 'data')
const flags = ['--port', '0', '--webrtc-direct-port', 'off', '--webtransport-port', 'off', '--stun-port', 'off', '--tasks', 'xor', '--data', data]
const patience = { timeout: 60_000, interval: 100 }
let relay: SpawnedRelay
let document: RelayDocument
let token: string
const meshes: Mesh[] = []

interface Overview {
  readonly realms: readonly { readonly id: string; readonly members: number; readonly archived: number; readonly admitted: number }[]
  readonly shed: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
  readonly audit: readonly { readonly from: string; readonly action: string; readonly detail: Readonly<Record<string, unknown>> }[]
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const auditLines = (): readonly unknown[] => readFileSync(join(data, 'audit.log'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)

async function ask(name: string, body?: object, headers: Readonly<Record<string, string>> = { Authorization: `Bearer ${token}` }): Promise<Response> {
  return fetch(`${relay.origin}/admin/api/${name}`, body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) })
}
const overview = async (): Promise<Overview> => await (await ask('overview')).json() as Overview
const peersThere = async (): Promise<readonly string[]> =>
  (await (await ask('connections')).json() as { connections: readonly { peer: string }[] }).connections.map(({ peer }) => peer)

async function joinRelay(realm = document.realms[0]!.id): Promise<Mesh> {
  const mesh = await openNodeMesh({ relays: [document.addresses[0]!], realm, targetNeighbours: 0 })
  meshes.push(mesh)
  return mesh
}

beforeAll(async () => {
  relay = await spawnRelay(flags)
  document = await (await fetch(`${relay.origin}/.well-known/megabrain.json`)).json() as RelayDocument
  token = readFileSync(join(data, 'keys', 'admin.token'), 'utf8').trim()
}, 180_000)

afterAll(async () => {
  await Promise.all(meshes.map((mesh) => mesh.close()))
  await relay.stop('SIGKILL')
  rmSync(base, { recursive: true, force: true })
})

test('a door opens for the token alone, is not deaf to it after a few wrong ones, and stops listening to an address after many', () => {
  let now = 0
  const door = createDoor('correct-horse-battery', () => now)
  const wrong = (ip: string) => door('Bearer wrong', ip)
  expect(door(undefined, '192.0.2.1')).toBe('refused')
  for (let at = 0; at < 8; at++) expect(wrong('192.0.2.1')).toBe('refused')
  expect(door('Bearer correct-horse-battery', '192.0.2.1')).toBe('granted')
  expect([wrong('192.0.2.2'), wrong('192.0.2.3')]).toEqual(['refused', 'too-many'])
  expect(door('Bearer correct-horse-battery', '192.0.2.1')).toBe('too-many')
  expect(door('Bearer correct-horse-battery', '198.51.100.1')).toBe('granted')
  now = 60_000
  expect(door('Bearer correct-horse-battery', '192.0.2.1')).toBe('granted')
})

test('a request is private over loopback, over TLS, and through a proxy on this machine that had TLS', () => {
  const from = (remoteAddress: string, headers: Record<string, string> = {}, encrypted = false) => originOf({ headers, socket: { remoteAddress, encrypted } as never })
  expect(from('127.0.0.1')).toEqual({ ip: '127.0.0.1', isPrivate: true })
  expect(from('::ffff:127.0.0.1').isPrivate).toBe(true)
  expect(from('192.0.2.1').isPrivate).toBe(false)
  expect(from('192.0.2.1', { 'x-forwarded-proto': 'https' }).isPrivate).toBe(false)
  expect(from('192.0.2.1', {}, true).isPrivate).toBe(true)
  expect(from('127.0.0.1', { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http' })).toEqual({ ip: '192.0.2.1', isPrivate: false })
  expect(from('127.0.0.1', { 'x-forwarded-for': 'forged, 192.0.2.1', 'x-forwarded-proto': 'https' })).toEqual({ ip: '192.0.2.1', isPrivate: true })
})

test('an audit log puts full files aside, keeps four of them, and reads past a torn line', () => {
  const folder = join(base, 'audit')
  mkdirSync(folder)
  const log = openAuditLog(folder, () => 0, 400)
  for (let at = 0; at < 40; at++) log.write({ from: '127.0.0.1', action: 'ban', detail: { at } })
  log.close()
  expect(statSync(join(folder, 'audit.log')).mode & 0o777).toBe(0o600)
  for (const file of ['audit.log', 'audit.log.1', 'audit.log.4']) expect(statSync(join(folder, file)).size).toBeLessThanOrEqual(400)
  expect(() => statSync(join(folder, 'audit.log.5'))).toThrow('ENOENT')
  writeFileSync(join(folder, 'audit.log'), '{"time":"19', { flag: 'a' })
  const again = openAuditLog(folder)
  expect(again.last(2)).toMatchObject([{ detail: { at: 39 } }])
  again.close()
})

describe('the admin interface', { timeout: 120_000 }, () => {
  test('is for the token alone, which only its owner can read, and gives other pages nothing', async () => {
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(statSync(join(data, 'keys', 'admin.token')).mode & 0o777).toBe(0o600)
    expect((await ask('overview', undefined, {})).status).toBe(401)
    expect((await ask('overview', undefined, { Authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await ask('overview', undefined, { Cookie: `token=${token}` })).status).toBe(401)
    expect((await ask('drain', {}, { Authorization: 'Bearer wrong' })).status).toBe(401)
    const answer = await ask('overview')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    expect((await ask('list', { list: 'banned', kind: 'peers', value: 'no peer' })).status).toBe(400)
    expect((await ask('list', { list: 'banned', kind: '__proto__', value: 'x' })).status).toBe(400)
    expect((await ask('drain')).status).toBe(405)
    expect((await ask('toString')).status).toBe(404)
    const open = await fetch(`${relay.origin}/admin/api/overview`, { headers: { Authorization: `Bearer ${token}`, 'X-Forwarded-For': '192.0.2.1' } })
    expect(open.status).toBe(403)
    const page = await fetch(`${relay.origin}/admin`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(await page.text()).not.toContain(token)
  })

  test('counts what dashboard and alerts speak of', async () => {
    const [dashboard, alerts] = ['grafana-dashboard.json', 'prometheus-alerts.yml'].map((file) => readFileSync(resolve(import.meta.dirname, '../../../deploy', file), 'utf8')) as [string, string]
    const { panels } = JSON.parse(dashboard) as { panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] }
    const namesIn = (text: string): readonly string[] => [...new Set(text.match(/megabrain_[a-z_]+/g) ?? [])]
    const wanted = namesIn([...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), alerts].join('\n'))
    const counted = namesIn(await (await fetch(`${relay.origin}/metrics`)).text())
    expect(wanted.length).toBeGreaterThan(15)
    expect(wanted.filter((name) => !counted.includes(name))).toEqual([])
  })

  test('ends the connections of a banned peer at once and lets it in again when the ban is lifted', async () => {
    const [alice, carol] = await Promise.all([joinRelay(), joinRelay()])
    await expect.poll(async () => (await overview()).realms[0]!.members, patience).toBe(2)
    const seen = (await (await ask('connections')).json() as { connections: readonly Record<string, unknown>[] }).connections
    expect(seen).toContainEqual(expect.objectContaining({ peer: alice.self, address: '127.0.0.1', transport: 'websocket', realm: document.realms[0]!.id, isReserved: true }))
    expect((seen[0]!['bytes'] as { read: number }).read).toBeGreaterThan(500)

    expect((await ask('list', { list: 'banned', kind: 'peers', value: alice.self })).status).toBe(200)
    expect(await peersThere()).toEqual([carol.self])
    await expect.poll(async () => (await overview()).shed['banned-peer'], patience).toBeGreaterThan(0)
    expect((await overview()).realms[0]!.members).toBe(1)
    expect(auditLines().at(-1)).toMatchObject({ from: '127.0.0.1', action: 'ban', detail: { kind: 'peers', value: alice.self } })
    await ask('unlist', { list: 'banned', kind: 'peers', value: alice.self })
    await expect.poll(peersThere, patience).toContain(alice.self)

    expect(await (await ask('disconnect', { peer: carol.self })).json()).toEqual({ ended: 1 })
    await expect.poll(peersThere, patience).toContain(carol.self)
  })

  test('closes a banned network to all but those in an allowed one', async () => {
    const alice = await joinRelay()
    await expect.poll(peersThere, patience).toContain(alice.self)
    // Whoever bans the network that he sits on locks himself out; a ban of loopback is the one that a test can feel.
    await ask('list', { list: 'allowed', kind: 'prefixes', value: '127.0.0.1' })
    await ask('list', { list: 'banned', kind: 'prefixes', value: '127.0.0.0/8' })
    await expect.poll(peersThere, patience).toContain(alice.self)
    await ask('unlist', { list: 'allowed', kind: 'prefixes', value: '127.0.0.1' }).catch(() => undefined)
    await expect(fetch(`${relay.origin}/healthz`)).rejects.toThrow()
    await relay.stop('SIGKILL')
    const access = JSON.parse(readFileSync(join(data, 'access.json'), 'utf8')) as { banned: { prefixes: string[] } }
    expect(access.banned.prefixes).toEqual(['127.0.0.0/8'])
    writeFileSync(join(data, 'access.json'), JSON.stringify({ ...access, banned: {}, allowed: {} }))
    relay = await spawnRelay(flags.map((flag, at) => (flags[at - 1] === '--port' ? new URL(relay.origin).port : flag)))
    await expect.poll(peersThere, patience).toContain(alice.self)
  })

  test('drops all that is held of a banned author, refuses the rest, and takes it back', async () => {
    const keys: Keys = await openKeys(join(base, 'author'))
    const author = hexOf(keys.owner)
    const mesh = await joinRelay()
    const island = await openNodeIsland({
      realm: Buffer.from(document.realms[0]!.policy, 'base64'), archive: createMemoryArchive(), keys, mesh, settings: { task: 'xor', dutyPercent: 100 },
    })
    island.command({ kind: 'start' })
    const archived = async (): Promise<number> => (await overview()).realms[0]!.archived
    await expect.poll(archived, patience).toBeGreaterThan(0)
    await ask('list', { list: 'banned', kind: 'authors', value: author })
    expect(await archived()).toBe(0)
    await expect.poll(async () => (await overview()).refused['shunned'], patience).toBeGreaterThan(0)
    expect(await archived()).toBe(0)
    await ask('unlist', { list: 'banned', kind: 'authors', value: author })
    await expect.poll(archived, patience).toBeGreaterThan(0)
    await island.close()
  })

  test('hosts a realm at once, for those too who asked for it in vain, and drops it when it is banned or removed', async () => {
    const owner = await openKeys(join(base, 'owner'))
    const realm = createRealm({ name: 'late', owner: hexOf(owner.owner), tasks: ['xor'] })
    const signed = encodeRealm(realm, await owner.signAsOwner(realmMessage(realm)))
    const id = realmId(realm)
    const early = await joinRelay(id)
    await expect.poll(() => early.view().relays[0]!.reason, patience).toBe('It does not serve this realm.')
    expect(await (await ask('add-realm', { document: Buffer.from('nonsense').toString('base64') })).json()).toMatchObject({ fault: expect.stringContaining('no realm document') })
    expect(await (await ask('add-realm', { document: Buffer.from(signed).toString('base64') })).json()).toEqual({ id })
    const membersOf = async (): Promise<number | undefined> => (await overview()).realms.find((candidate) => candidate.id === id)?.members
    await expect.poll(membersOf, patience).toBe(1)
    const answer = await early.requests.request(early.members.current()[0]?.peer ?? '', Uint8Array.of(1), { timeoutMs: 5_000, maxBytes: 1_000 })
    expect(answer).toEqual({ ok: false, reason: 'refused' })

    await ask('list', { list: 'banned', kind: 'realms', value: id })
    expect(await membersOf()).toBeUndefined()
    await expect.poll(() => early.view().relays[0]!.reason, patience).toBe('It does not serve this realm.')
    await ask('unlist', { list: 'banned', kind: 'realms', value: id })
    await expect.poll(membersOf, patience).toBe(1)
    await ask('realm-admission', { admission: 'own' })
    expect(await membersOf()).toBeUndefined()
    await ask('realm-admission', { admission: 'listed' })
    expect(await (await ask('remove-realm', { id })).json()).toEqual({ removed: true })
    expect(await membersOf()).toBeUndefined()

    const handIn = async (body: Uint8Array): Promise<number> => (await fetch(`${relay.origin}/realms`, { method: 'POST', body: Buffer.from(body) })).status
    expect(await handIn(signed)).toBe(403)
    await ask('list', { list: 'allowed', kind: 'realms', value: id })
    expect([await handIn(Uint8Array.of(1)), await handIn(signed), await membersOf()]).toEqual([400, 201, expect.any(Number)])
    await ask('unlist', { list: 'allowed', kind: 'realms', value: id })
    await ask('remove-realm', { id })
    await ask('realm-admission', { admission: 'any' })
    expect([await handIn(signed), await handIn(signed), await handIn(signed), await handIn(signed)]).toEqual([201, 201, 201, 429])
  })

  test('reads lists again that were edited by hand, and says what is wrong with them', async () => {
    writeFileSync(join(data, 'access.json'), JSON.stringify({ banned: { peers: ['nobody'] } }))
    const answer = await ask('reload', {})
    expect([answer.status, await answer.json()]).toMatchObject([409, { error: expect.stringContaining('banned.peers holds "nobody"') }])
    const [peer] = await peersThere()
    writeFileSync(join(data, 'access.json'), JSON.stringify({ banned: { peers: [peer] } }))
    expect((await ask('reload', {})).status).toBe(200)
    expect(await peersThere()).not.toContain(peer)
  })

  test('ends the relay as a signal would, after saying so', async () => {
    expect((await ask('drain', {})).status).toBe(200)
    expect((await relay.ended).code).toBe(0)
    expect(auditLines().at(-1)).toMatchObject({ action: 'drain' })
  })
})
