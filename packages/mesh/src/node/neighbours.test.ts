// How islands become and stay neighbours: introductions, duplicates, gossip on the connections that live.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { peerIdFromString } from '@libp2p/peer-id'
import { MEMBERSHIP, type MembershipSettings } from '@megabrain/exchange'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, expect, test, vi } from 'vitest'
import { pause, until } from '../contract-fixture.ts'
import { openMember, type Member, type Pace } from '../open-mesh.ts'
import { directOf, transportOf } from '../transport-of.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'
import type { RelayMeshOptions } from './relay-options.ts'

const REALM = 'd'.repeat(64)
const relays: RelayMesh[] = []
const members: Member[] = []
afterAll(holdNativeThreads()) // `openMember` is beneath the mesh that holds them

async function openRelay(options: Partial<RelayMeshOptions> = {}): Promise<RelayMesh> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM], onHttp: (_, response) => void response.end(), ...options,
  })
  relays.push(relay)
  return relay
}

async function join(at: readonly RelayMesh[], targetNeighbours = 8, pace: Pace = {}): Promise<Member> {
  const member = await openMember({ realm: REALM, relays: at.map((relay) => relay.addresses()[0] ?? ''), targetNeighbours }, pace)
  members.push(member)
  return member
}

const linksOf = ({ mesh }: Member): readonly string[] =>
  mesh.members.current().filter(({ transport }) => transport === 'webrtc').map(({ peer }) => peer)

const dialledBy = ({ node, mesh }: Member): readonly string[] => directOf(node.getConnections())
  .filter((connection) => transportOf(connection) === 'webrtc' && connection.direction === 'outbound')
  .map(({ remotePeer }) => remotePeer.toString())
  .filter((peer) => mesh.members.current().some((member) => member.peer === peer))

/** The membership five times as fast. */
const HASTY: MembershipSettings = { ...MEMBERSHIP, periodMs: 600, answerMs: 200, leastSuspicionMs: 2_400, mostSuspicionMs: 4_800 }

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
  const islands = fifth.mesh.view().neighbours.filter(({ kind }) => kind === 'island')
  expect(islands.map(({ health }) => health)).toEqual(['alive', 'alive', 'alive', 'alive'])
})

test.concurrent('a neighbour that hangs loses its link, and the others keep theirs', async () => {
  const relay = await openRelay()
  const address = relay.addresses()[0] ?? ''
  const hanging = fork(new URL('./member-process.ts', import.meta.url), [REALM, address])
  try {
    const [peer] = await once(hanging, 'message') as [string]
    const [alice, bob] = [await join([relay], 8, { membership: HASTY }), await join([relay], 8, { membership: HASTY })]
    const lives = (member: Member, other: string): boolean =>
      member.mesh.view().neighbours.some((neighbour) => neighbour.peer === other && neighbour.roundTripMs !== undefined)
    await until(() => lives(alice, peer) && lives(bob, peer) && lives(alice, bob.mesh.self), 'all have answered')
    hanging.kill('SIGSTOP')
    const suspects = new Set<string>()
    alice.mesh.onView(({ neighbours }) => {
      for (const neighbour of neighbours) if (neighbour.health === 'suspect') suspects.add(neighbour.peer)
    })
    await until(() => !linksOf(alice).includes(peer) && !linksOf(bob).includes(peer), 'both gave it up')
    expect(suspects.has(peer)).toBe(true)
    expect(linksOf(alice)).toContain(bob.mesh.self)
  } finally {
    hanging.kill('SIGKILL')
  }
})

test.concurrent('an island keeps reservations at two relays, and is reached when one of them dies', async () => {
  const [first, second] = [await openRelay(), await openRelay()]
  const alice = await join([first, second])
  await until(() => alice.mesh.view().relays.filter(({ reserved }) => reserved).length === 2, 'alice reserved twice')
  await first.close()
  const bob = await join([second])
  await until(() => linksOf(alice).includes(bob.mesh.self) && linksOf(bob).includes(alice.mesh.self), 'bob reached alice')
})

test.concurrent('islands stop seeking at their target, each has dialled half of it itself, and these change', async () => {
  const relay = await openRelay()
  const restless = await join([relay], 2, { changeMs: 2_000 })
  const others = await Promise.all([1, 2, 3, 4, 5, 6].map(() => join([relay], 2)))
  const seven = [restless, ...others]
  await until(() => seven.every((member) => dialledBy(member).length >= 1), 'each has dialled one')
  await pause(1_000)
  expect(seven.reduce((sum, member) => sum + linksOf(member).length, 0)).toBeLessThan(7 * 6)
  const dialled = new Set(dialledBy(restless))
  await until(() => dialledBy(restless).some((peer) => !dialled.has(peer)), 'it has dialled another')
  await until(() => [...dialled].some((peer) => !dialledBy(restless).includes(peer)), 'and left one')
})

test.concurrent('a member that wakes dials its relay at once and reserves again', async () => {
  const privateKey = await createRelayKey()
  const first = await openRelay({ privateKey })
  const alice = await join([first], 8, { random: () => 0.999 }) // waits 1.5 s, then 4.5 s
  const relayOf = ({ mesh }: Member) => mesh.view().relays[0]
  await until(() => relayOf(alice)?.reserved === true, 'alice reserved')
  await first.close()
  await until(() => relayOf(alice)?.reason === 'It cannot be reached.', 'alice has dialled in vain')
  await openRelay({ privateKey, port: first.port })
  alice.mesh.wake()
  await pause(0)
  expect(relayOf(alice)?.state).not.toBe('waiting')
  await until(() => relayOf(alice)?.reserved === true, 'alice reserved again')
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
