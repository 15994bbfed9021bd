// Quotas, bans and load: what the guard answers, and what a real relay does with its answers.

import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { gossipsub, StrictNoSign } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { until } from '../contract-fixture.ts'
import { topicOf } from '../names.ts'
import { openMember, type Member } from '../open-mesh.ts'
import { createPrefixSet, isIpPrefix, prefixOf } from './ip-prefix.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'
import { createRelayGuard } from './relay-guard.ts'
import { relayLimits, type RelayLimits } from './relay-options.ts'

const REALM = 'a'.repeat(64)
const OTHER_REALM = 'b'.repeat(64)
const NOBODY = { bannedPeers: [], bannedPrefixes: [], allowedPeers: [], allowedPrefixes: [] }
const closers: (() => unknown)[] = []

vi.setConfig({ testTimeout: 120_000 })
afterAll(holdNativeThreads())
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

describe('an address', () => {
  test('is counted by its /24 or /48, however it is written', () => {
    expect(['192.0.2.77', '::ffff:192.0.2.1'].map(prefixOf)).toEqual(['192.0.2.0/24', '192.0.2.0/24'])
    expect(['2001:db8:5:1::7', '2001:DB8:5::', '2001:db8:5:9:1:2:3:4%eth0'].map(prefixOf)).toEqual(Array.from({ length: 3 }, () => '2001:db8:5::/48'))
    expect([prefixOf('::1'), prefixOf('2001::5'), prefixOf('')]).toEqual(['0:0:0::/48', '2001:0:0::/48', ''])
  })

  test('is in a set of prefixes exactly when its first bits are', () => {
    const has = createPrefixSet(['192.0.2.0/25', '2001:db8::/32', '198.51.100.9', 'nonsense'])
    expect(['192.0.2.127', '::ffff:192.0.2.1', '2001:db8:ffff::1', '198.51.100.9'].map(has)).toEqual([true, true, true, true])
    expect(['192.0.2.128', '2001:db9::1', '198.51.100.8', '', 'x'].map(has)).toEqual([false, false, false, false, false])
    expect(['10.0.0.0/8', '::/0', '192.0.2.1'].map(isIpPrefix)).toEqual([true, true, true])
    expect(['10.0.0.0/33', '10.0.0/8', 'localhost', '', '::/129', '1.2.3.4/'].map(isIpPrefix)).toEqual([false, false, false, false, false, false])
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
      expect(createPrefixSet([prefixOf(text)])(text)).toBe(isIpPrefix(text) && !text.includes('/'))
    }))
  })
})

describe('a guard', () => {
  const limits = (some: Partial<RelayLimits>): RelayLimits => relayLimits(some)

  test('counts sockets by address and prefix, gives places back, and lets a prefix bring only so many new ones a second', () => {
    let now = 0
    const guard = createRelayGuard(limits({ socketsPerIp: 2, connectionsPerPrefix: 3, newConnectionsPerPrefixPerSecond: 5 }), () => now)
    const come = (...ips: string[]) => ips.map((ip) => guard.arrived(ip))
    expect(come('192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.3')).toEqual([undefined, undefined, 'address-sockets', undefined, 'prefix-sockets'])
    guard.left('192.0.2.1')
    expect(come('192.0.2.3')).toEqual([undefined])
    for (const ip of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) guard.left(ip)
    expect(come('192.0.2.1', '192.0.2.1', '198.51.100.1')).toEqual([undefined, 'prefix-rate', undefined])
    now = 1_000
    expect(come('192.0.2.1')).toEqual([undefined])
    expect(guard.sheds()).toMatchObject({ 'address-sockets': 1, 'prefix-sockets': 1, 'prefix-rate': 1, 'banned-peer': 0 })
  })

  test('gives one address, and one IPv6 /64, its share of the reservations until their holders leave', () => {
    const guard = createRelayGuard(limits({ reservationsPerAddress: 2 }))
    const gone = new Set<string>()
    const held = new Set<string>()
    const ask = (peer: string, ip: string): string | undefined => {
      const reason = guard.faultOfReservation(peer, ip, (other) => held.has(other) && !gone.has(other))
      if (reason === undefined) held.add(peer)
      return reason
    }
    expect(['a', 'b', 'c'].map((peer) => ask(peer, '192.0.2.1'))).toEqual([undefined, undefined, 'address-reservations'])
    expect([ask('a', '192.0.2.1'), ask('d', '192.0.2.2')]).toEqual([undefined, undefined])
    expect(['e', 'f', 'g'].map((peer, at) => ask(peer, `2001:db8:0:1::${at}`))).toEqual([undefined, undefined, 'address-reservations'])
    expect(ask('h', '2001:db8:0:2::1')).toBeUndefined()
    guard.releaseReservation('a')
    expect([ask('c', '192.0.2.1'), ask('i', '192.0.2.1')]).toEqual([undefined, 'address-reservations'])
    gone.add('b')
    expect(ask('i', '192.0.2.1')).toBeUndefined()
    guard.restrict({ ...NOBODY, allowedPrefixes: ['192.0.2.0/24'], allowedPeers: ['g'] })
    expect([ask('j', '192.0.2.1'), ask('g', '2001:db8:0:1::9')]).toEqual([undefined, undefined])
    guard.setLoad(1)
    expect([ask('k', '198.51.100.1'), ask('j', '192.0.2.1')]).toEqual(['overload-member', undefined])
  })

  test('gives each peer and each realm its rate, whatever others do, and the allowed as much as they want', () => {
    let now = 0
    const guard = createRelayGuard(limits({
      gossipMessagesPerPeerPerSecond: 1, gossipBytesPerPeerPerSecond: 100, requestsPerPeerPerSecond: 1, requestsPerRealmPerSecond: 2,
      circuitsPerMinute: 2, circuitsPerRealmPerMinute: 3, gossipMessagesPerRealmPerSecond: 1, bytesPerRealmPerSecond: 100,
    }), () => now)
    const admitted = (ask: () => string | undefined): number => {
      let count = 0
      while (count < 1_000 && ask() === undefined) count++
      return count
    }
    expect(admitted(() => guard.faultOfMessage('alice', 1))).toBe(10)
    expect(admitted(() => guard.faultOfMessage('bob', 300))).toBe(3)
    expect(admitted(() => guard.faultOfBroadcast(REALM, 10))).toBe(10)
    expect(admitted(() => guard.faultOfAnswer(REALM, 300))).toBe(3)
    expect(admitted(() => guard.faultOfAnswer(OTHER_REALM, 300))).toBe(3)
    expect(admitted(() => guard.faultOfRequest('alice', REALM))).toBe(10)
    expect(admitted(() => guard.faultOfRequest('bob', REALM))).toBe(10)
    expect(guard.faultOfRequest('carol', REALM)).toBe('realm-requests')
    expect(admitted(() => guard.faultOfCircuit('alice', REALM))).toBe(2)
    expect(admitted(() => guard.faultOfCircuit('bob', REALM))).toBe(1)
    now = 1_000
    expect(admitted(() => guard.faultOfMessage('alice', 1))).toBe(1)
    guard.restrict({ ...NOBODY, allowedPeers: ['alice'], bannedPeers: ['alice', 'bob'] })
    expect(admitted(() => guard.faultOfMessage('alice', 1))).toBe(1_000)
    expect([guard.isBannedPeer('alice'), guard.isBannedPeer('bob')]).toEqual([false, true])
    expect([guard.faultOfPeer('alice', '', 99), guard.faultOfPeer('bob', '', 0), guard.faultOfPeer('carol', '', 8)]).toEqual([undefined, 'banned-peer', 'peer-connections'])
  })
})

async function openRelay(limits: Partial<RelayLimits> = {}): Promise<RelayMesh> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM], limits, onHttp: (_, response) => void response.end('page'),
  })
  closers.push(() => relay.close())
  return relay
}

async function join(relay: RelayMesh): Promise<Member> {
  const member = await openMember({ realm: REALM, relays: [relay.addresses()[0] ?? ''], targetNeighbours: 0 })
  closers.push(() => member.mesh.close())
  return member
}

const relayOf = ({ mesh }: Member) => mesh.view().relays[0]!

async function socketTo(relay: RelayMesh): Promise<Socket> {
  const socket = connect(relay.port, '127.0.0.1').on('error', () => undefined)
  closers.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

describe('a relay', () => {
  test('tells one socket too many, and one that comes too soon, when to come back', async () => {
    const relay = await openRelay({ socketsPerIp: 3, connectionsPerPrefix: 2 })
    await socketTo(relay)
    await socketTo(relay)
    const [answer] = await once(await socketTo(relay), 'data') as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 15\r\n/)
    await until(() => relay.sheds()['prefix-sockets'] === 1, 'it was counted')
  })

  test('gives one address its share of the circuit reservations, and the place of who leaves to the next', async () => {
    const relay = await openRelay({ reservations: 8, reservationsPerAddress: 2 })
    const [first, second] = [await join(relay), await join(relay)]
    await until(() => relayOf(first).reserved && relayOf(second).reserved, 'two have a reservation')
    const third = await join(relay)
    await until(() => (relay.sheds()['address-reservations'] ?? 0) >= 1, 'the third was refused')
    expect(relayOf(third)).toMatchObject({ state: 'connected', reserved: false })
    await third.mesh.close()
    await first.mesh.close()
    const fourth = await join(relay)
    await until(() => relayOf(fourth).reserved, 'the fourth has the place of the first')
  })

  test('drops broadcasts beyond a peer\'s budget before it looks at their signatures', async () => {
    const relay = await openRelay({ gossipMessagesPerPeerPerSecond: 2 })
    const attacker = await createLibp2p({
      transports: [webSockets()], connectionEncrypters: [noise()], streamMuxers: [yamux()],
      services: { identify: identify(), gossip: gossipsub({ globalSignaturePolicy: StrictNoSign, allowPublishToZeroTopicPeers: true }) },
    })
    closers.push(() => attacker.stop())
    await attacker.dial(multiaddr(relay.addresses()[0] ?? ''))
    const { gossip } = attacker.services
    gossip.subscribe(topicOf(REALM))
    await until(() => gossip.getSubscribers(topicOf(REALM)).length === 1, 'the attacker knows that the relay listens')
    for (let at = 0; at < 100; at++) await gossip.publish(topicOf(REALM), Uint8Array.of(at, 1, 2))
    await until(() => (relay.sheds()['peer-gossip'] ?? 0) >= 70, 'most of them were dropped')
    expect(relay.counters()['gossip_delivered']).toBe(0)
  })

  test('sends the members of a realm no more than its bytes', async () => {
    const relay = await openRelay({ bytesPerRealmPerSecond: 100 })
    relay.portsFor(REALM).requests.serve(async () => new Uint8Array(400))
    const member = await join(relay)
    await until(() => member.mesh.members.current().length === 1, 'it sees the relay')
    const ask = () => member.mesh.requests.request(relay.self, Uint8Array.of(1), { timeoutMs: 5_000, maxBytes: 1_000 })
    const answers = [await ask(), await ask(), await ask()]
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false])
    expect(relay.sheds()).toMatchObject({ 'realm-bytes': 1 })
  })

  test('under load first refuses members, then connections, then ends the newest without a reservation, and recovers', async () => {
    const relay = await openRelay()
    const first = await join(relay)
    await until(() => relayOf(first).reserved && relay.members()[REALM] === 1, 'the first is a member')
    relay.shed(1)
    const second = await join(relay)
    await until(() => relayOf(second).reason === 'It has no room for another member.', 'the second is told that it is full')
    expect(relay.connections()).toMatchObject([{ peer: first.mesh.self, isReserved: true }, { peer: second.mesh.self, isReserved: false }])

    relay.shed(2)
    const outgoing = request({ port: relay.port, host: '127.0.0.1', agent: false, headers: {
      connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    } })
    outgoing.end()
    const [response] = await once(outgoing, 'response') as [{ statusCode?: number; headers: Record<string, string>; resume(): void }]
    response.resume()
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '15'])

    relay.shed(3)
    await until(() => relay.connections().length === 1, 'the second is ended')
    expect(relay.connections()[0]!.peer).toBe(first.mesh.self)
    expect(relay.members()[REALM]).toBe(1)
    expect(relay.sheds()).toMatchObject({ 'overload-ended': 1 })
    relay.shed(0)
    await until(() => relay.members()[REALM] === 2 && relayOf(second).reserved, 'the second is a member after all')
  })
})
