// How islands become and stay neighbours: introductions, duplicates, gossip on the connections that live.

import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, expect, test, vi } from 'vitest'
import { pause, until } from '../contract-fixture.ts'
import { openMember, type Member } from '../open-mesh.ts'
import { directOf } from '../transport-of.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'

const REALM = 'd'.repeat(64)
const relays: RelayMesh[] = []
const members: Member[] = []
afterAll(holdNativeThreads()) // `openMember` is beneath the mesh that holds them

async function openRelay(): Promise<RelayMesh> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM], onHttp: (_, response) => void response.end(),
  })
  relays.push(relay)
  return relay
}

async function join(at: readonly RelayMesh[], targetNeighbours = 8): Promise<Member> {
  const member = await openMember({ realm: REALM, relays: at.map((relay) => relay.addresses()[0] ?? ''), targetNeighbours })
  members.push(member)
  return member
}

const linksOf = ({ mesh }: Member): readonly string[] =>
  mesh.members.current().filter(({ transport }) => transport === 'webrtc').map(({ peer }) => peer)

vi.setConfig({ testTimeout: 180_000 })

afterAll(async () => {
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
})

test.concurrent('four islands at one relay are all linked to each other, and a fifth that comes later too', async () => {
  const relay = await openRelay()
  const four = await Promise.all([1, 2, 3, 4].map(() => join([relay])))
  await until(() => four.every((member) => linksOf(member).length === 3), 'four are linked')
  const fifth = await join([relay])
  await until(() => linksOf(fifth).length === 4, 'the fifth is linked')
})

test.concurrent('an island keeps reservations at two relays, and is reached when one of them dies', async () => {
  const [first, second] = [await openRelay(), await openRelay()]
  const alice = await join([first, second])
  await until(() => alice.mesh.view().relays.filter(({ reserved }) => reserved).length === 2, 'alice reserved twice')
  await first.close()
  const bob = await join([second])
  await until(() => linksOf(alice).includes(bob.mesh.self) && linksOf(bob).includes(alice.mesh.self), 'bob reached alice')
})

test.concurrent('islands stop seeking at their target', async () => {
  const relay = await openRelay()
  const five = await Promise.all([1, 2, 3, 4, 5].map(() => join([relay], 1)))
  await until(() => five.every((member) => linksOf(member).length >= 1), 'each has a neighbour')
  await pause(1_000)
  expect(five.reduce((sum, member) => sum + linksOf(member).length, 0)).toBeLessThan(5 * 4)
})

test.concurrent('of two links between the same islands one is closed, and gossip goes on in both directions', async () => {
  const relay = await openRelay()
  const [alice, bob] = [await join([relay]), await join([relay])]
  await until(() => linksOf(alice).length === 1 && linksOf(bob).length === 1, 'they are linked')
  const direct = (from: Member, to: Member): number =>
    directOf(from.node.getConnections(peerIdFromString(to.mesh.self))).length
  for (const [from, to] of [[alice, bob], [bob, alice]] as const) {
    const address = multiaddr(`/p2p/${relay.self}/p2p-circuit/webrtc/p2p/${to.mesh.self}`)
    await from.node.dial(address, { force: true, signal: AbortSignal.timeout(8_000) }).catch(() => undefined)
  }
  await until(() => direct(alice, bob) === 1 && direct(bob, alice) === 1, 'one link is left')
  for (const member of [alice, bob]) member.forgetRelays()
  await relay.close()
  let toAlice = 0
  let toBob = 0
  alice.mesh.channel.subscribe(({ id }) => {
    toAlice++
    alice.mesh.channel.verdict(id, 'ignore')
  })
  bob.mesh.channel.subscribe(({ id }) => {
    toBob++
    bob.mesh.channel.verdict(id, 'ignore')
  })
  let sent = 0
  await until(() => {
    sent++
    alice.mesh.channel.publish(Uint8Array.of(1, sent))
    bob.mesh.channel.publish(Uint8Array.of(2, sent))
    return toAlice > 0 && toBob > 0
  }, 'both hear each other')
})
