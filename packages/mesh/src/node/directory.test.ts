// The directory against those who misuse it: a real relay, a real member, and strangers who speak kad-dht by hand.

import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, expect, test, vi } from 'vitest'
import { writer } from 'protons-runtime'
import { until } from '../contract-fixture.ts'
import { frame } from '../frame.ts'
import { DIRECTORY_MESSAGES_PER_MINUTE, MAX_RECORDS_PER_PEER } from '../limits.ts'
import { DIRECTORY_PROTOCOL } from '../names.ts'
import { openMember, type Member } from '../open-mesh.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'

const REALM = 'f'.repeat(64)
const CID = 'bafkreib3dwhyvudzhdzy5oalxjwdhi5fdcisqsgvcclhrhbatkw3hmofoe'
const relays: RelayMesh[] = []
const members: Member[] = []
afterAll(holdNativeThreads())
vi.setConfig({ testTimeout: 120_000 })

afterAll(async () => {
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
})

async function openRelay(): Promise<RelayMesh> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM], onHttp: (_, response) => void response.end(),
  })
  relays.push(relay)
  return relay
}

async function join(relay: RelayMesh): Promise<Member> {
  const member = await openMember({ realm: REALM, relays: [relay.addresses()[0] ?? ''], targetNeighbours: 0 })
  members.push(member)
  await until(() => member.mesh.members.current().length === 1, 'the member is at the relay')
  return member
}

const PUT_VALUE = 0
const GET_VALUE = 1
const ADD_PROVIDER = 2
const GET_PROVIDERS = 3

/** A message of kad-dht by hand: type 1, key 2, record 3, providers 9 (id 1, addresses 2). */
function message(type: number, fields: { key?: Uint8Array; record?: Uint8Array; providers?: readonly { id: Uint8Array; addresses: readonly string[] }[] }): Uint8Array {
  const to = writer()
  to.uint32(1 << 3).uint32(type)
  if (fields.key !== undefined) to.uint32((2 << 3) | 2).bytes(fields.key)
  if (fields.record !== undefined) to.uint32((3 << 3) | 2).bytes(fields.record)
  for (const { id, addresses } of fields.providers ?? []) {
    const peer = writer()
    peer.uint32((1 << 3) | 2).bytes(id)
    for (const address of addresses) peer.uint32((2 << 3) | 2).bytes(multiaddr(address).bytes)
    to.uint32((9 << 3) | 2).bytes(peer.finish())
  }
  return to.finish().slice()
}

function keyOf(number: number): Uint8Array {
  const key = new Uint8Array(34)
  key.set([0x12, 32, number >> 8, number & 255])
  return key
}

/** Sends the bytes on a stream of their own. @returns what became of it */
async function send(member: Member, bytes: Uint8Array): Promise<'answered' | 'reset'> {
  const stream = await member.node.getConnections()[0]!.newStream(DIRECTORY_PROTOCOL, { signal: AbortSignal.timeout(5_000) })
  let answered = false
  stream.addEventListener('message', () => (answered = true))
  try {
    stream.send(bytes)
    await until(() => answered || stream.status !== 'open', 'the relay answers or resets', 9_000)
  } catch (error) {
    if (stream.status === 'open') throw error
  }
  stream.abort(new Error('The test has seen enough'))
  return answered ? 'answered' : 'reset'
}

const recordsOf = (relay: RelayMesh): number => relay.counters()['current_directory_records'] ?? -1

test.concurrent('a relay keeps no values, no records in another name, under odd keys or of messages that are too long, and goes on', async () => {
  const relay = await openRelay()
  const [mallory, alice] = [await join(relay), await join(relay)]
  const id = (member: Member): Uint8Array => member.node.peerId.toMultihash().bytes
  const offer = { id: id(mallory), addresses: ['/ip4/10.0.0.1/tcp/22/ws'] }
  expect(await send(mallory, frame(message(PUT_VALUE, { key: keyOf(1), record: message(0, { key: keyOf(1) }) })))).toBe('reset')
  expect(await send(mallory, frame(message(GET_VALUE, { key: new Uint8Array(0) })))).toBe('reset')
  expect(await send(mallory, frame(message(ADD_PROVIDER, { key: new Uint8Array(4_000).fill(1), providers: [offer] })))).toBe('reset')
  expect(await send(mallory, frame(message(ADD_PROVIDER, { key: Uint8Array.of(0, 3, 1, 2, 3), providers: [offer] })))).toBe('reset')
  expect(await send(mallory, frame(message(ADD_PROVIDER, { key: keyOf(1), providers: Array.from({ length: 500 }, () => offer) })))).toBe('reset')
  expect(await send(mallory, frame(Uint8Array.of(255, 255, 255)))).toBe('reset')
  // In another's name: not answered, since kad-dht never answers that message, and not kept. What is asked next is.
  const stream = await mallory.node.getConnections()[0]!.newStream(DIRECTORY_PROTOCOL)
  stream.send(frame(message(ADD_PROVIDER, { key: keyOf(1), providers: [{ ...offer, id: id(alice) }] })))
  await stream.close()
  expect(await send(mallory, frame(message(GET_PROVIDERS, { key: keyOf(1) })))).toBe('answered')
  expect(recordsOf(relay)).toBe(0)

  alice.mesh.directory.advertise('genotype', CID)
  await until(() => recordsOf(relay) === 1, 'an honest record is kept')
})

test.concurrent('one peer cannot fill it, nor keep it busy, and takes its records along', async () => {
  const relay = await openRelay()
  const mallory = await join(relay)
  const offer = { id: mallory.node.peerId.toMultihash().bytes, addresses: ['/ip4/10.0.0.1/tcp/22/ws'] }
  const [connection] = mallory.node.getConnections()
  let resets = 0
  for (let number = 0; number < DIRECTORY_MESSAGES_PER_MINUTE + 50; number++) {
    const stream = await connection!.newStream(DIRECTORY_PROTOCOL, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    if (stream === undefined) {
      resets++
      continue
    }
    stream.addEventListener('close', ({ error }) => {
      if (error !== undefined) resets++
    })
    try {
      stream.send(frame(message(ADD_PROVIDER, { key: keyOf(number), providers: [offer] })))
      await stream.close({ signal: AbortSignal.timeout(1_000) })
    } catch {
      stream.abort(new Error('It was reset'))
    }
  }
  expect(recordsOf(relay)).toBe(MAX_RECORDS_PER_PEER)
  expect(resets).toBeGreaterThanOrEqual(50)
  await mallory.mesh.close()
  await until(() => recordsOf(relay) === 0, 'its records are gone with it')
})

test.concurrent('what a directory says makes nobody dial: no address travels, and a false holder is only tried through the relay', async () => {
  const relay = await openRelay()
  const [mallory, alice] = [await join(relay), await join(relay)]
  mallory.mesh.directory.advertise('genotype', CID)
  const dialled: string[] = []
  const dial = alice.node.dial.bind(alice.node)
  alice.node.dial = (to, options) => {
    dialled.push(String(to))
    return dial(to, options)
  }
  await until(() => recordsOf(relay) === 1, 'mallory is listed')
  const { peers } = await alice.mesh.directory.find('genotype', CID, { timeoutMs: 10_000, most: 16 }).found
  expect(peers).toEqual([mallory.mesh.self])
  expect(alice.node.getConnections().map(({ remotePeer }) => remotePeer.toString())).toEqual([relay.self])
  const known = await alice.node.peerStore.has(peerIdFromString(mallory.mesh.self))
  expect(known, 'nothing that was heard reaches the peer store').toBe(false)
  await mallory.mesh.close()
  expect(await alice.mesh.directory.reach(mallory.mesh.self, 3_000)).toBe(false)
  expect(new Set(dialled)).toEqual(new Set([`/p2p/${relay.self}/p2p-circuit/webrtc/p2p/${mallory.mesh.self}`]))
})

test.concurrent('a relay that a member meets later is told what it advertises', async () => {
  const [first, second] = [await openRelay(), await openRelay()]
  const alice = await join(first)
  alice.mesh.directory.advertise('genotype', CID)
  await until(() => recordsOf(first) === 1, 'alice is listed')
  alice.mesh.addRelay(second.addresses()[0] ?? '')
  await until(() => recordsOf(second) === 1, 'alice is listed there too')
})
