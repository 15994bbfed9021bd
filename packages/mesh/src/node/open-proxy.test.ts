// A relay is nobody's proxy: raw libp2p and HTTP clients that try to get traffic through it, and what they get.

import { once } from 'node:events'
import { request } from 'node:http'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { identify } from '@libp2p/identify'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { yamux } from '@libp2p/yamux'
import { webSockets } from '@libp2p/websockets'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { reader, writer } from 'protons-runtime'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { until } from '../contract-fixture.ts'
import { frame, readFrames, send } from '../frame.ts'
import { encodeJoin } from '../introduction/messages.ts'
import { INTRODUCTION_PROTOCOL } from '../names.ts'
import { openMember, type Member } from '../open-mesh.ts'
import { holdNativeThreads } from './native-threads.ts'
import { createRelayKey, openRelayMesh, type RelayMesh } from './open-relay-mesh.ts'

const REALM = 'a'.repeat(64)
const OTHER_REALM = 'b'.repeat(64)
const HOP = '/libp2p/circuit/relay/0.2.0/hop'
const STOP = '/libp2p/circuit/relay/0.2.0/stop'
/** What the circuit protocol calls its answers. */
const [OK, PERMISSION_DENIED, NO_RESERVATION] = [100, 202, 204]
const LIMITS = { circuitBytes: 65_536, circuitMs: 1_500, circuitsPerMinute: 5 }

vi.setConfig({ testTimeout: 120_000 })
afterAll(holdNativeThreads())

let relay: RelayMesh
/** Stands for any host on the network that somebody wants to reach. */
let victim: Server
let reached = 0
const nodes: Libp2p[] = []
const members: Member[] = []

beforeEach(async () => {
  reached = 0
  victim = createServer(() => void reached++)
  victim.listen(0, '127.0.0.1')
  await once(victim, 'listening')
  relay = await openRelayMesh({
    privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM, OTHER_REALM],
    onHttp: (incoming, response) => void response.end(`our page for ${incoming.method}`), limits: LIMITS,
  })
})

afterEach(async () => {
  await Promise.all([...nodes.splice(0).map((node) => node.stop()), ...members.splice(0).map(({ mesh }) => mesh.close())])
  await relay.close()
  victim.close()
  expect(reached).toBe(0)
})

const victimPort = (): number => (victim.address() as AddressInfo).port

interface Client {
  readonly node: Libp2p
  readonly id: string
  /** The far ends of circuits that lead here. */
  readonly arrived: Stream[]
}

/** A stock libp2p node that accepts whatever comes by circuit, and claims to listen where the victim does. */
async function openClient({ joins, reserves }: { readonly joins?: string; readonly reserves: boolean }): Promise<Client> {
  const node = await createLibp2p({
    addresses: { announce: [`/ip4/127.0.0.1/tcp/${victimPort()}/ws`] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() },
  })
  nodes.push(node)
  const arrived: Stream[] = []
  await node.handle(STOP, (stream) => {
    const frames = readFrames(stream, 4_096)
    void frames.next(AbortSignal.timeout(10_000)).then(() => {
      stream.send(frame(Uint8Array.of(0x08, 1, 0x20, OK)))
      arrived.push(stream)
    })
  })
  const connection = await node.dial(multiaddr(relay.addresses()[0] ?? ''))
  if (reserves) expect(await hop(node, Uint8Array.of(0x08, 0))).toMatchObject({ status: OK })
  if (joins !== undefined) {
    const before = relay.members()[joins] ?? 0
    const stream = await connection.newStream(INTRODUCTION_PROTOCOL)
    stream.send(frame(encodeJoin({ realm: joins, want: 0 })))
    await until(() => relay.members()[joins] === before + 1, 'the client is a member')
  }
  return { node, id: node.peerId.toString(), arrived }
}

async function hop(node: Libp2p, message: Uint8Array): Promise<{ readonly status: number | undefined; readonly stream: Stream }> {
  const stream = await node.getConnections()[0]!.newStream(HOP)
  const frames = readFrames(stream, 65_536)
  await send(stream, frame(message), AbortSignal.timeout(10_000))
  const answer = await frames.next(AbortSignal.timeout(10_000))
  return { status: answer.ok ? statusIn(answer.value) : undefined, stream }
}

/** With one protocol to choose from libp2p opens the stream before it has heard whether it is spoken. */
async function expectRefused(connection: Connection, protocol: string): Promise<void> {
  const stream = await connection.newStream(protocol, { runOnLimitedConnection: true, signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  if (stream?.status === 'open') stream.send(Uint8Array.of(1, 2, 3))
  await until(() => stream === undefined || stream.status !== 'open', `${protocol} was refused`)
}

function statusIn(bytes: Uint8Array): number | undefined {
  const from = reader(bytes)
  while (from.pos < from.len) {
    const tag = from.uint32()
    if (tag >>> 3 === 5) return from.uint32()
    from.skipType(tag & 7)
  }
  return undefined
}

/** @param addresses that the relay is asked to use */
function connectMessage(peer: Libp2p['peerId'], addresses: readonly string[] = []): Uint8Array {
  const inner = writer()
  inner.uint32(0x0a).bytes(peer.toMultihash().bytes)
  for (const address of addresses) inner.uint32(0x12).bytes(multiaddr(address).bytes)
  const to = writer()
  to.uint32(0x08).uint32(1).uint32(0x12).bytes(inner.finish().slice())
  return to.finish().slice()
}

test('only reserved members of one realm get a circuit to each other, and only so many a minute', async () => {
  const target = await openClient({ joins: REALM, reserves: true })
  const ask = async (client: Client): Promise<number | undefined> => (await hop(client.node, connectMessage(target.node.peerId))).status
  expect(await ask(await openClient({ reserves: true }))).toBe(PERMISSION_DENIED)
  expect(await ask(await openClient({ joins: OTHER_REALM, reserves: true }))).toBe(PERMISSION_DENIED)
  expect(await ask(await openClient({ joins: REALM, reserves: false }))).toBe(PERMISSION_DENIED)
  const member = await openClient({ joins: REALM, reserves: true })
  const stranger = await openClient({ reserves: true })
  expect((await hop(member.node, connectMessage(stranger.node.peerId))).status).toBe(PERMISSION_DENIED)
  expect(target.arrived).toEqual([])
  const answers: (number | undefined)[] = []
  for (let at = 0; at <= LIMITS.circuitsPerMinute; at++) answers.push(await ask(member))
  expect(answers).toEqual([...Array.from({ length: LIMITS.circuitsPerMinute }, () => OK), PERMISSION_DENIED])
  expect(relay.sheds()['peer-circuits']).toBe(1)
})

test('a circuit that two members use for something else ends at its bytes and at its time', async () => {
  const [left, right] = [await openClient({ joins: REALM, reserves: true }), await openClient({ joins: REALM, reserves: true })]
  const open = async (): Promise<{ near: Stream; far: Stream }> => {
    const { status, stream: near } = await hop(left.node, connectMessage(right.node.peerId))
    expect(status).toBe(OK)
    return { near, far: right.arrived.at(-1)! }
  }
  const greedy = await open()
  let through = 0
  greedy.far.addEventListener('message', ({ data }) => void (through += data.byteLength))
  for (let at = 0; at < 16 && greedy.near.writeStatus === 'writable'; at++) {
    await send(greedy.near, new Uint8Array(16_384), AbortSignal.timeout(5_000)).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await until(() => greedy.near.status !== 'open' && greedy.far.status !== 'open', 'the relay ended the circuit at its bytes')
  expect(through).toBeLessThanOrEqual(LIMITS.circuitBytes)

  const patient = await open()
  await until(() => patient.near.status !== 'open' && patient.far.status !== 'open', 'the relay ended the circuit at its time')
})

test('an honest member speaks nothing foreign over a circuit', async () => {
  const member = await openMember({ realm: REALM, relays: [relay.addresses()[0] ?? ''], targetNeighbours: 0 })
  const other = await openMember({ realm: REALM, relays: [relay.addresses()[0] ?? ''], targetNeighbours: 0 })
  members.push(member, other)
  await until(() => relay.counters()['current_members'] === 2 && relay.counters()['current_reservations'] === 2, 'both are members')
  const circuit = await other.node.dial(multiaddr(`/p2p/${relay.self}/p2p-circuit/p2p/${member.mesh.self}`), { signal: AbortSignal.timeout(10_000) })
  expect(circuit.limits).toBeDefined()
  for (const protocol of ['/http/1.1', '/libp2p/autonat/1.0.0', HOP, `/megabrain/exchange/1/${REALM}`]) {
    await expectRefused(circuit, protocol)
  }
})

test('nothing that a client says makes the relay dial', async () => {
  const client = await openClient({ joins: REALM, reserves: true })
  const absent = await createLibp2p({ start: false })
  const addresses = [`/ip4/127.0.0.1/tcp/${victimPort()}/ws`, `/ip4/169.254.169.254/tcp/80/ws`]
  expect((await hop(client.node, connectMessage(absent.peerId, addresses))).status).toBe(NO_RESERVATION)
  for (const protocol of ['/libp2p/autonat/1.0.0', '/libp2p/autonat/2/dial-request', '/libp2p/dcutr', STOP, '/http/1.1', '/x/socks/1']) {
    await expectRefused(client.node.getConnections()[0]!, protocol)
  }
  // It knows the victim's address as the client's own from the identify message, and has no reason to use it when the client goes.
  relay.disconnect(client.id)
  await until(() => relay.counters()['current_connections'] === 0, 'the client is gone')
})

test('HTTP requests for other hosts get the relay\'s own page or nothing', async () => {
  const absolute = request({ port: relay.port, host: '127.0.0.1', agent: false, path: `http://127.0.0.1:${victimPort()}/secret`, headers: { host: `127.0.0.1:${victimPort()}` } })
  absolute.end()
  const [response] = await once(absolute, 'response') as [AsyncIterable<Buffer>]
  let body = ''
  for await (const chunk of response) body += chunk.toString()
  expect(body).toBe('our page for GET')

  for (const first of [`CONNECT 127.0.0.1:${victimPort()} HTTP/1.1\r\nhost: x\r\n\r\n`, `GET http://127.0.0.1:${victimPort()}/ HTTP/1.1\r\nhost: x\r\nupgrade: tcp\r\nconnection: upgrade\r\n\r\n`, '\u0005\u0001\u0000']) {
    const socket = connect(relay.port, '127.0.0.1')
    let heard = ''
    socket.on('data', (data) => void (heard += data.toString())).on('error', () => undefined)
    socket.write(first)
    await until(() => socket.readableEnded || socket.destroyed, 'the relay ended it')
    expect(heard).not.toMatch(/^HTTP\/1\.1 (2|101)/)
  }
})
