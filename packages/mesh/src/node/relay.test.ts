// A real relay on loopback with real members: what it shares, survives, refuses and frees.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { until } from '../contract-fixture.ts'
import { frame } from '../frame.ts'
import { exchangeProtocolOf, INTRODUCTION_PROTOCOL, topicOf } from '../names.ts'
import { openMember, type Member } from '../open-mesh.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'
import type { RelayMeshOptions } from './relay-options.ts'

const REALM = 'a'.repeat(64)
const OTHER_REALM = 'b'.repeat(64)
const relays: RelayMesh[] = []
const members: Member[] = []
const sockets: Socket[] = []
afterAll(holdNativeThreads()) // `openMember` is beneath the mesh that holds them

async function openRelay(options: Partial<RelayMeshOptions> = {}): Promise<RelayMesh> {
  const relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM],
    onHttp: (incoming, response) => void response.end(`page for ${incoming.socket.remoteAddress}`),
    ...options,
  })
  relays.push(relay)
  return relay
}

async function join(relay: RelayMesh, realm = REALM, targetNeighbours = 0): Promise<Member> {
  const member = await openMember({ realm, relays: [relay.addresses()[0] ?? ''], targetNeighbours })
  members.push(member)
  return member
}

const isReserved = ({ mesh }: Member): boolean => mesh.view().relays.every(({ reserved }) => reserved)

vi.setConfig({ testTimeout: 180_000 })

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(members.splice(0).map(({ mesh }) => mesh.close()))
  await Promise.all(relays.splice(0).map((relay) => relay.close()))
})

test('pages and members share one port, and pages see the visitor\'s address', async () => {
  const relay = await openRelay()
  const member = await join(relay)
  await until(() => isReserved(member), 'the member reserved')
  expect(await (await fetch(`http://127.0.0.1:${relay.port}/any`)).text()).toBe('page for 127.0.0.1')
  expect(relay.addresses()).toEqual([`/ip4/127.0.0.1/tcp/${relay.port}/ws/p2p/${relay.self}`])
})

test('after a restart members come back and reserve again', async () => {
  const privateKey = await createRelayKey()
  const first = await openRelay({ privateKey })
  const { port } = first
  const [alice, bob] = await Promise.all([join(first), join(first)])
  await until(() => isReserved(alice) && isReserved(bob), 'both reserved')
  await first.close()
  await until(() => alice.mesh.view().relays[0]?.reason !== undefined, 'alice says why')
  expect(alice.mesh.view().relays[0]?.state).not.toBe('connected')
  const second = await openRelay({ privateKey, port })
  await until(() => isReserved(alice) && isReserved(bob), 'both reserved again')
  await until(() => second.counters()['current_members'] === 2, 'both are members again')
})

test('a mesh opens while its relay is down and joins when it comes up', async () => {
  const privateKey = await createRelayKey()
  const first = await openRelay({ privateKey })
  const { port } = first
  const address = first.addresses()[0] ?? ''
  await first.close()
  const alice = await openMember({ realm: REALM, relays: [address, 'not an address'] })
  members.push(alice)
  await until(() => alice.mesh.view().relays.every(({ reason }) => reason !== undefined), 'both relays have a reason')
  await openRelay({ privateKey, port })
  await until(() => alice.mesh.view().relays[0]?.reserved === true, 'alice reserved')
})

test('thirty members behind one address all hear a broadcast', async () => {
  const relay = await openRelay()
  const all: Member[] = []
  for (let at = 0; at < 30; at++) all.push(await join(relay))
  await until(() => all.every(isReserved), 'all reserved')
  const heard = new Map<number, number>()
  for (const [at, { mesh }] of all.entries()) {
    mesh.channel.subscribe(({ id, bytes }) => {
      mesh.channel.verdict(id, 'ignore') // so that only the relay spreads it
      heard.set(bytes[0] ?? 0, (heard.get(bytes[0] ?? 0) ?? 0) + 1)
      expect(bytes[1]).not.toBe(at)
    })
  }
  const knowsAListener = ({ node }: Member): boolean => node.services.gossip.getSubscribers(topicOf(REALM)).length > 0
  await until(() => all.every(knowsAListener), 'all know that the relay listens')
  for (let at = 0; at < 10; at++) all[at]?.mesh.channel.publish(Uint8Array.of(at, at, 7))
  await until(() => [...heard.values()].reduce((sum, count) => sum + count, 0) >= 290, 'each of ten broadcasts was heard by all 29 others')
})

test('circuits run only between members of one realm, and the relay says which it does not serve', async () => {
  const relay = await openRelay({ realms: [REALM, OTHER_REALM] })
  const [alice, bob, carol, dave] = await Promise.all([join(relay), join(relay), join(relay, OTHER_REALM), join(relay, 'c'.repeat(64))])
  await until(() => [alice, bob, carol, dave].every(isReserved), 'all reserved')
  await until(() => relay.counters()['current_members'] === 3, 'three are members')
  const to = (member: Member): Promise<unknown> =>
    alice.node.dial(multiaddr(`/p2p/${relay.self}/p2p-circuit/p2p/${member.mesh.self}`), { signal: AbortSignal.timeout(5_000) })
  await to(bob)
  await expect(to(carol)).rejects.toThrow()
  await expect(to(dave)).rejects.toThrow()
  expect(relay.counters()).toMatchObject({ circuits_opened: 1, circuits_refused: 2 })
  const answer = await alice.mesh.requests.request(bob.mesh.self, Uint8Array.of(1), { timeoutMs: 1_000, maxBytes: 10 })
  expect(answer).toEqual({ ok: false, reason: 'unreachable' })
  await until(() => dave.mesh.view().relays[0]?.reason === 'It does not serve this realm.', 'dave is told')
})

test('a reservation ends with its connection', async () => {
  const relay = await openRelay()
  const [alice, bob] = await Promise.all([join(relay), join(relay)])
  await until(() => isReserved(alice) && isReserved(bob), 'both reserved')
  await alice.mesh.close()
  await until(() => relay.counters()['current_reservations'] === 1 && relay.counters()['current_members'] === 1, 'the relay forgot alice')
})

test('oversized and malformed bytes on each protocol are refused, and the connection goes on', async () => {
  const relay = await openRelay()
  relay.portsFor(REALM).requests.serve(async (_, bytes) => bytes)
  const carol = await join(relay)
  await until(() => carol.mesh.members.current().length === 1 && isReserved(carol), 'carol is connected')
  const [connection] = carol.node.getConnections(peerIdFromString(relay.self))
  const endless = new Uint8Array(64).fill(0xff)
  for (const protocol of [exchangeProtocolOf(REALM), INTRODUCTION_PROTOCOL]) {
    for (const bytes of [endless, Uint8Array.of(0xff, 0xff, 0x7f), frame(Uint8Array.of(0xff, 0xff)), new Uint8Array(70_000).fill(0x7f)]) {
      const stream = await connection?.newStream(protocol)
      let isAnswered = false // two bytes in a frame are a request
      stream?.addEventListener('message', () => { isAnswered = true })
      stream?.send(bytes)
      await until(() => isAnswered || stream?.status !== 'open' || stream.remoteWriteStatus === 'closed', 'the relay answered or ended the stream')
      stream?.abort(new Error('done'))
    }
  }
  expect(connection?.status).toBe('open')
  const answer = await carol.mesh.requests.request(relay.self, Uint8Array.of(5), { timeoutMs: 5_000, maxBytes: 10 })
  expect(answer.ok && answer.value).toEqual(Uint8Array.of(5))
})

test('sockets that send nothing or half a header are ended, and others are served meanwhile', async () => {
  const relay = await openRelay({ limits: { headersMs: 500, socketsPerIp: 40 } })
  const halfOpen: Socket[] = []
  for (let at = 0; at < 20; at++) {
    const socket = connect(relay.port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.resume()
    if (at % 2 === 0) socket.write('GET / HTTP/1.1\r\nhost: x\r\nx-slow: ')
    halfOpen.push(socket)
  }
  const member = await join(relay)
  await until(() => isReserved(member), 'a member reserved beside them')
  const hasEnded = (socket: Socket): boolean => socket.destroyed || socket.readableEnded || socket.closed
  await until(() => halfOpen.every(hasEnded), 'the half-open sockets ended')
  expect(await status(relay.port)).toBe(200)
  expect(isReserved(member)).toBe(true)
})

test('slow headers end a socket after its first request too', async () => {
  const relay = await openRelay({ limits: { headersMs: 300 } })
  const socket = connect(relay.port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  socket.resume()
  const drip = setInterval(() => socket.write(socket.bytesWritten < 40 ? 'GET / HTTP/1.1\r\n' : 'x-slow: 1\r\n'), 100)
  try {
    await until(() => socket.closed || socket.readableEnded, 'the relay ended the socket')
  } finally {
    clearInterval(drip)
    socket.destroy()
  }
})

test('a port that cannot be had is told with the reason', async () => {
  const { port } = await openRelay()
  await expect(openRelay({ port })).rejects.toMatchObject({ name: 'ListenError', code: 'EADDRINUSE', cause: { code: 'EADDRINUSE' } })
  await expect(openRelay({ host: '192.0.2.1' })).rejects.toMatchObject({ name: 'ListenError', code: 'EADDRNOTAVAIL' })
})

test('a peer that sends nothing on a request does not stall another', async () => {
  const relay = await openRelay()
  relay.portsFor(REALM).requests.serve(async (_, bytes) => bytes)
  const [alice, carol] = await Promise.all([join(relay), join(relay)])
  await until(() => [alice, carol].every(({ mesh }) => mesh.members.current().length === 1), 'both see the relay')
  const [connection] = carol.node.getConnections(peerIdFromString(relay.self))
  for (let at = 0; at < 12; at++) (await connection?.newStream(exchangeProtocolOf(REALM)))?.send(Uint8Array.of(9, 1))
  const answer = await alice.mesh.requests.request(relay.self, Uint8Array.of(5), { timeoutMs: 2_000, maxBytes: 10 })
  expect(answer.ok).toBe(true)
})

test('a program that opened and closed a relay and two linked islands ends by itself', async () => {
  const program = `
    import { createRelayKey, openNodeMesh, openRelayMesh } from '${new URL('../node.ts', import.meta.url).href}'
    const realm = '${REALM}'
    const privateKey = await createRelayKey()
    const relay = await openRelayMesh({ privateKey, host: '127.0.0.1', port: 0, webrtcDirectPort: 0, realms: [realm], onHttp: () => {} })
    const options = { realm, relays: [relay.addresses()[0]] }
    const meshes = await Promise.all([openNodeMesh(options), openNodeMesh(options)])
    const isLinked = (mesh) => mesh.members.current().some(({ transport }) => transport === 'webrtc')
    while (!meshes.every(isLinked)) await new Promise((resolve) => setTimeout(resolve, 50))
    await Promise.all(meshes.map((mesh) => mesh.close()))
    await relay.close()
    console.log('closed')`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()))
  const killer = setTimeout(() => child.kill('SIGKILL'), 150_000)
  const [code] = await once(child, 'exit') as [number | null]
  clearTimeout(killer)
  expect({ code, printed }).toEqual({ code: 0, printed: 'closed\n' })
})

async function status(port: number): Promise<number | undefined> {
  const outgoing = request({ port, host: '127.0.0.1', agent: false })
  outgoing.end()
  const [response] = await once(outgoing, 'response') as [{ statusCode?: number; resume(): void }]
  response.resume()
  return response.statusCode
}

test('a relay that closes lets nobody in any more, and its members come back later, each at a time of its own', async () => {
  const privateKey = await createRelayKey()
  const closing = await openRelay({ privateKey })
  const { port } = closing
  const all = await Promise.all(Array.from({ length: 4 }, () => join(closing)))
  await until(() => closing.counters()['current_members'] === 4, 'all joined')
  await closing.drain(5_000)
  const drainedAt = Date.now()
  expect(closing.counters()['current_members']).toBe(0) // all have heard it
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  await closing.close()
  await openRelay({ privateKey, port })

  const back = new Map<Member, number>()
  await until(() => {
    for (const member of all) if (member.mesh.view().relays[0]!.state === 'connected' && !back.has(member)) back.set(member, Date.now() - drainedAt)
    return back.size === all.length
  }, 'all came back')
  const times = [...back.values()]
  expect(Math.min(...times)).toBeGreaterThan(1_900)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(50)
})

function upgradeAs(port: number, forwardedFor: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  socket.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\nX-Forwarded-For: ${forwardedFor}\r\n\r\n`)
  return new Promise((resolve) => {
    socket.on('error', () => undefined).once('close', () => resolve('closed')).once('data', (bytes) => resolve(String(bytes).slice(9, 12)))
  })
}

test('budgets per address hold behind a proxy: of what it and others wrote into X-Forwarded-For the last address that is no proxy counts', async () => {
  const relay = await openRelay({ trustedProxies: ['127.0.0.0/8', '10.0.0.1'], limits: { socketsPerIp: 2 } })
  const answers: string[] = []
  for (const from of ['198.51.100.1', '203.0.113.9, 198.51.100.1', '203.0.113.8, 198.51.100.1, 10.0.0.1', '198.51.100.2', '2001:db8::1', 'nonsense']) {
    answers.push(await upgradeAs(relay.port, from))
  }
  expect(answers).toEqual(['101', '101', '503', '101', '101', '101'])
  expect(relay.counters()['sockets_refused']).toBe(1)

  const plain = await openRelay({ limits: { socketsPerIp: 2 } })
  const unnamed = [await upgradeAs(plain.port, '198.51.100.1'), await upgradeAs(plain.port, '198.51.100.2'), await upgradeAs(plain.port, '198.51.100.3')]
  expect(unnamed).toEqual(['101', '101', '503'])
})
