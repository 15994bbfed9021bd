import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash, createPrivateKey, sign } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeys } from '@megabrain/archive/sqlite'
import {
  banDeclaration, createRealm, decodeRealm, encodeRealm, encodeStatement, policyDeclaration, realmId, realmMessage, statementMessage,
} from '@megabrain/exchange'
import type { Keys, Realm } from '@megabrain/exchange'
import { createMemoryArchive } from '@megabrain/exchange/memory'
import { openNodeIsland, openVerifier } from '@megabrain/island/node'
import { openNodeMesh } from '@megabrain/mesh/node'
import { readRealmFolder } from './hosted-realms.ts'
import type { RelayDocument } from './relay-document.ts'
import { spawnRelay } from './spawned-relay.ts'
import type { SpawnedRelay } from './spawned-relay.ts'

const base = mkdtempSync(join(tmpdir(), 'relay-realms-'))
const data = join(base, 'data')
const flags = ['--port', '0', '--webrtc-direct-port', 'off', '--tasks', 'xor', '--data', data]
const patience = { timeout: 60_000, interval: 100 }
let garden: Keys
let gardenRealm: Realm
let relay: SpawnedRelay

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const signed = async (realm: Realm, keys: Keys): Promise<Uint8Array> => encodeRealm(realm, await keys.signAsOwner(realmMessage(realm)))

beforeAll(async () => {
  garden = await openKeys(join(base, 'garden'))
  gardenRealm = createRealm({ name: 'garden', owner: hexOf(garden.owner), tasks: ['xor'] })
  mkdirSync(join(data, 'realms'), { recursive: true, mode: 0o700 })
  writeFileSync(join(data, 'realms', 'garden.realm'), await signed(gardenRealm, garden))
  writeFileSync(join(data, 'realms', 'broken.realm'), 'nonsense')
  writeFileSync(join(data, 'realms', 'forged.realm'), await signed({ ...gardenRealm, name: 'forged' }, await openKeys(join(base, 'forger'))))
  relay = await spawnRelay(flags)
}, 180_000)

afterAll(async () => {
  await relay.stop('SIGKILL')
  rmSync(base, { recursive: true, force: true })
})

const documentOf = async (): Promise<RelayDocument> => await (await fetch(`${relay.origin}/.well-known/megabrain.json`)).json() as RelayDocument

async function metric(sample: string): Promise<number> {
  const text = await (await fetch(`${relay.origin}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`megabrain_${sample} `))
  return line === undefined ? NaN : Number(line.slice(line.lastIndexOf(' ') + 1))
}

/** What the relay's member of a realm has heard, taken and refused: samples that are not 0. */
async function heardIn(realm: string): Promise<readonly string[]> {
  const text = await (await fetch(`${relay.origin}/metrics`)).text()
  const isHeard = /^megabrain_(announcements_total|refused_total|admitted_total|pulled_total|archived)\{/
  return text.split('\n').filter((line) => isHeard.test(line) && line.includes(`realm="${realm}"`) && !line.endsWith(' 0'))
}

test('a folder gives the newest signed document of each realm and its statements, and says what is wrong with the rest', async () => {
  const folder = join(base, 'folder')
  mkdirSync(join(folder, 'realms'), { recursive: true })
  const put = (name: string, bytes: Uint8Array): void => writeFileSync(join(folder, 'realms', name), bytes)
  put('a.realm', await signed(gardenRealm, garden))
  put('b.realm', await signed({ ...gardenRealm, revision: 2 }, garden))
  // A relay carries what it cannot judge.
  const unheardOf = { ...gardenRealm, name: 'other', tasks: ['unheard-of'] }
  put('c.realm', await signed(unheardOf, garden))
  put('d.realm', new Uint8Array(20_000))
  put('e.statement', Uint8Array.of(1))
  const { realms, statements, faults } = readRealmFolder(folder, '00'.repeat(32))
  expect(new Map(realms.map(({ id, realm }) => [id, realm.revision]))).toEqual(new Map([[realmId(gardenRealm), 2], [realmId(unheardOf), unheardOf.revision]]))
  expect(statements).toEqual([])
  expect(faults.map(({ file }) => file)).toEqual(['d.realm', 'e.statement'])
  expect(readRealmFolder(folder, realmId(gardenRealm)).realms.map(({ id }) => id)).toEqual([realmId(unheardOf)])
})

describe('a relay with a realm in its folder', () => {
  test('names both realms, who owns them and who holds the keys, and leaves broken and forged ones aside', async () => {
    const { realms } = await documentOf()
    expect(realms).toMatchObject([
      { name: 'default', tasks: ['xor'], ownerKeyHeldBy: 'this-relay' },
      { name: 'garden', id: realmId(gardenRealm), owner: hexOf(garden.owner), ownerKeyHeldBy: 'its-owner' },
    ])
    const decoded = decodeRealm(Buffer.from(realms[0]!.policy, 'base64'))
    expect(decoded).toMatchObject({ ok: true, value: { realm: { moderators: [realms[0]!.owner] } } })
  })

  test('carries two realms at once, and nothing of one is seen in the other', async () => {
    const { realms, addresses } = await documentOf()
    const meshes = await Promise.all(realms.map(({ id }) => openNodeMesh({ relays: [addresses[0]!], realm: id })))
    const watchMesh = await openNodeMesh({ relays: [addresses[0]!], realm: realms[0]!.id })
    const watcher = await openVerifier({
      realms: [{ document: Buffer.from(realms[0]!.policy, 'base64'), mesh: watchMesh }], archive: createMemoryArchive(), keys: await openKeys(join(base, 'watcher')),
    })
    const island = await openNodeIsland({
      realm: Buffer.from(realms[1]!.policy, 'base64'), archive: createMemoryArchive(), keys: garden, mesh: meshes[1]!, settings: { task: 'xor', dutyPercent: 100 },
    })
    island.command({ kind: 'start' })
    await expect.poll(() => metric('admitted_total{realm="garden"}'), patience).toBeGreaterThan(0)
    expect(await heardIn('default')).toEqual([])
    expect(watcher.view()[0]).toMatchObject({ archived: 0, counters: { received: 0, admitted: 0 } })

    // A moderator's ban, put into the folder while the relay runs, reaches the island of that realm.
    const ban = { ...banDeclaration({ target: { of: 'author', author: hexOf(garden.owner) }, lifted: false, reason: 'test' }), revision: 1 }
    const body = { ...ban, realm: realmId(gardenRealm), author: hexOf(garden.owner), time: Date.now() }
    const statement = encodeStatement(body, hexOf(garden.owner), await garden.signAsOwner(statementMessage(body)))
    writeFileSync(join(data, 'realms', 'ban.statement'), statement)
    await expect.poll(() => metric('archived{realm="garden"}'), patience).toBe(0)
    await expect.poll(() => island.snapshot().archived, patience).toBe(0)

    await island.close()
    await watcher.close()
    await Promise.all([...meshes, watchMesh].map((mesh) => mesh.close()))
  })

  test('takes a newer policy from its folder without a restart, and a moderator from its flags with one', async () => {
    await relay.stop('SIGTERM')
    const moderator = hexOf(garden.owner)
    relay = await spawnRelay([...flags, '--moderators', moderator])
    const [own] = (await documentOf()).realms
    const decoded = decodeRealm(Buffer.from(own!.policy, 'base64'))
    if (!decoded.ok) throw new Error(decoded.reason)
    expect(decoded.value.realm).toMatchObject({ revision: 2, moderators: [own!.owner, moderator].sort() })
    const pem = readFileSync(join(data, 'keys', 'realm-owner.pem'))
    expect(sign(null, Buffer.from('x'), createPrivateKey(pem))).toHaveLength(64)

    const { addresses } = await documentOf()
    const mesh = await openNodeMesh({ relays: [addresses[0]!], realm: realmId(gardenRealm) })
    const member = await openVerifier({
      realms: [{ document: await signed(gardenRealm, garden), mesh }], archive: createMemoryArchive(), keys: await openKeys(join(base, 'member')),
    })
    const policy = { ...gardenRealm, revision: 2, terms: 'Be kind.' }
    writeFileSync(join(data, 'realms', 'garden.realm'), await signed(policy, garden))
    const pointerBody = pointerOf(policy, await signed(policy, garden))
    const pointer = encodeStatement(pointerBody, moderator, await garden.signAsOwner(statementMessage(pointerBody)))
    writeFileSync(join(data, 'realms', 'pointer.statement'), pointer)
    await expect.poll(() => member.policy(realmId(gardenRealm))?.realm.terms, patience).toBe('Be kind.')
    const shown = decodeRealm(Buffer.from((await documentOf()).realms[1]!.policy, 'base64'))
    expect(shown).toMatchObject({ ok: true, value: { realm: { revision: 2, terms: 'Be kind.' } } })
    expect(readdirSync(join(data, 'realms'))).toContain('default.realm')
    await member.close()
    await mesh.close()
  })
})

function pointerOf(realm: Realm, document: Uint8Array) {
  const declaration = policyDeclaration({ revision: realm.revision, document: createHash('sha256').update(document).digest('hex') })
  return { ...declaration, realm: realmId(realm), author: realm.owner, time: 0 }
}
