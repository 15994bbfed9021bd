// Relays that join each other, with real sockets: who hears of whom, who is dialled, and what is left when one of them ends.

import { generateKeyPair, privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { afterAll, expect, test, vi } from 'vitest'
import { pause, until } from '../contract-fixture.ts'
import { openMember, type Member } from '../open-mesh.ts'
import { signRelayRecord } from '../relay-record.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'
import { exchangeRecords } from './record-exchange.ts'
import type { JoinedRelay, RelayMeshOptions } from './relay-options.ts'

const REALM = 'a'.repeat(64)
const OTHER_REALM = 'b'.repeat(64)
/** A relay answers once a second on a connection. */
const A_SECOND_MS = 1_100
const relays: RelayMesh[] = []
const members: Member[] = []
afterAll(holdNativeThreads()) // `openMember` is beneath the mesh that holds them

async function openRelay(joins: readonly RelayMesh[], options: Partial<RelayMeshOptions> = {}): Promise<RelayMesh> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM], onHttp: (_, response) => void response.end(),
    federation: { joined: joins.map(at) },
    ...options,
  })
  relays.push(relay)
  return relay
}

async function join(relay: RelayMesh, options: { readonly realm?: string; readonly spareRelays?: readonly string[] } = {}): Promise<Member> {
  const member = await openMember({ realm: REALM, relays: [relay.addresses()[0] ?? ''], targetNeighbours: 0, ...options })
  members.push(member)
  return member
}

const at = (relay: RelayMesh): JoinedRelay => ({ host: '127.0.0.1', find: async () => relay.addresses() })
const reservedAt = ({ mesh }: Member): readonly string[] =>
  mesh.view().relays.filter(({ reserved }) => reserved).map(({ peer = '' }) => peer).sort()
const peersOf = (...all: readonly RelayMesh[]): readonly string[] => all.map(({ self }) => self).sort()
const linksOf = (relay: RelayMesh): number => relay.counters()['current_relays'] ?? 0
const relaysSeen = (relay: RelayMesh): number => relay.portsFor(REALM).members.current().filter(({ kind }) => kind === 'relay').length

vi.setConfig({ testTimeout: 120_000 })

afterAll(async () => {
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
})

test.concurrent('members that know one relay learn the others that joined it, and talk on through any that is left', async () => {
  const a = await openRelay([])
  const [alice, bob] = [await join(a), await join(a)]
  await until(() => reservedAt(alice).length === 1 && reservedAt(bob).length === 1, 'both are at the first relay')
  const [b, c] = [await openRelay([a]), await openRelay([a])]
  await until(() => [alice, bob].every((member) => String(reservedAt(member)) === String(peersOf(a, b, c))), 'both are at all three')
  await until(() => relaysSeen(a) === 2 && relaysSeen(b) === 2 && relaysSeen(c) === 2, 'each relay has both others as members')

  await a.close()
  await b.close()
  await until(() => String(reservedAt(alice)) === c.self && String(reservedAt(bob)) === c.self, 'the third is left')
  const heard: number[] = []
  bob.mesh.channel.subscribe(({ id, bytes }) => {
    bob.mesh.channel.verdict(id, 'ignore')
    heard.push(bytes[0] ?? 0)
  })
  let sent = 0
  await until(() => {
    alice.mesh.channel.publish(Uint8Array.of(++sent))
    return heard.length > 0
  }, 'bob hears alice')
})

test.concurrent('a member hears of relays of its own realm only, and takes one from its reserve when the named one is gone', async () => {
  const a = await openRelay([])
  const other = await openRelay([a], { realms: [OTHER_REALM] })
  await until(() => linksOf(other) === 1, 'the relay of another realm has joined')
  const spare = await openRelay([])
  const alice = await join(a, { spareRelays: spare.addresses() })
  await until(() => String(reservedAt(alice)) === String(peersOf(a, spare)), 'the spare is used too')
  expect(alice.mesh.view().relays).toHaveLength(2)
  await a.close()
  await until(() => alice.mesh.view().relays.some(({ reason }) => reason !== undefined), 'the named one is missed')
  expect(reservedAt(alice)).toEqual([spare.self])
})

test.concurrent('a relay that accepts only those that it joined tells its members of nobody else', async () => {
  const friend = await openRelay([])
  const a = await openRelay([], { federation: { joined: [at(friend)], accepts: 'joined' } })
  const alice = await join(a)
  const uninvited = await openRelay([a])
  await until(() => linksOf(uninvited) === 1, 'another one has joined it by itself')
  await until(() => String(reservedAt(alice)) === String(peersOf(a, friend)), 'alice hears of the one that it joined')
  await until(() => (a.counters()['federation_refused'] ?? 0) > 0, 'the other one was refused')
  expect(alice.mesh.view().relays.map(({ peer }) => peer)).not.toContain(uninvited.self)
  expect(linksOf(a)).toBe(1)
})

test.concurrent('a relay that came by itself speaks for itself, where members may dial it, while it is connected', async () => {
  const a = await openRelay([])
  const stranger = await join(a)
  await until(() => reservedAt(stranger).length === 1, 'a stranger is connected')
  const bystander = await join(a)
  const [connection] = stranger.node.getConnections()
  if (connection === undefined) throw new Error('not connected')
  const made = await generateKeyPair('Ed25519')
  const foreign = await signRelayRecord(made, { addresses: ['/ip4/127.0.0.1/tcp/9/ws'], realms: [REALM], now: Date.now() })
  const [answered, ...others] = await exchangeRecords(connection, [foreign, foreign])
  expect(answered).toBeInstanceOf(Uint8Array)
  expect(others).toEqual([])

  const lan = await openRelay([a], { announce: ['/ip4/192.168.1.1/tcp/80/ws'] })
  await until(() => linksOf(lan) === 1, 'one has joined that names an address of another network')
  const privateKey = await createRelayKey()
  const joiner = await openRelay([a], { privateKey })
  await until(() => reservedAt(bystander).includes(joiner.self), 'members hear of one that speaks for itself')
  await pause(A_SECOND_MS)
  const known = await exchangeRecords(connection, [])
  expect(known).toHaveLength(3)
  expect(bystander.mesh.view().relays.map(({ peer }) => peer)).not.toContain(lan.self)
  await joiner.close()
  await until(() => relaysSeen(a) === 1, 'it is gone')
  await pause(A_SECOND_MS)
  expect(await exchangeRecords(connection, [])).toHaveLength(2)
  expect(privateKeyFromProtobuf(privateKey).publicKey.toString()).toBe(joiner.self)
})

test.concurrent('what was learned from joined relays is kept over a restart that finds none of them', async () => {
  const a = await openRelay([])
  const b = await openRelay([a])
  let kept: Uint8Array | undefined
  const privateKey = await createRelayKey()
  const first = await openRelay([], { privateKey, federation: { joined: [at(a)], onKept: (records) => (kept = records) } })
  await until(() => linksOf(first) === 2 && kept !== undefined, 'the third knows both')
  await first.close()
  await a.close()
  const again = await openRelay([], { privateKey, federation: { joined: [at(a)], kept } })
  await until(() => linksOf(again) === 1 && relaysSeen(b) === 1, 'it finds the second without the first')
})
