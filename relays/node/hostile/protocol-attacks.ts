// Attacks on what a relay offers: gossip, circuits, introductions and requests.

import { randomBytes } from 'node:crypto'
import { fateOf, openStranger, pour, type Stranger } from './stranger.ts'
import type { Target } from './target.ts'
import { field, framed, join, lyingField, numberField, repeat, varint } from './wire.ts'

const GOSSIP = '/meshsub/1.1.0'
const HOP = '/libp2p/circuit/relay/0.2.0/hop'
const INTRODUCTION = '/megabrain/introduction/1'
const topicOf = ({ realm }: Target): string => `/megabrain/1/${realm}`
const requestsOf = ({ realm }: Target): string => `/megabrain/exchange/1/${realm}`

const FLOOD_MS = 800
const FATE_MS = 300
const RPC_BYTES = 1_048_000
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Subscribes, and reports what became of the stream after these messages. */
async function gossip(target: Target, messages: Iterable<Uint8Array>): Promise<string> {
  const stranger = await openStranger(target)
  try {
    const stream = await stranger.open(GOSSIP)
    stream.send(framed(subscription(topicOf(target))))
    const sent = await pour(stream, function* () { for (const message of messages) yield framed(message) }(), FLOOD_MS)
    return `${sent} sent, stream ${await fateOf(stream, FATE_MS)}`
  } finally {
    await stranger.close()
  }
}

const subscription = (topic: string): Uint8Array => field(1, join(numberField(1, 1), field(2, topic)))
const control = (...parts: readonly Uint8Array[]): Uint8Array => field(3, join(...parts))
const id = (): Uint8Array => randomBytes(20)

function* times(count: number, message: (at: number) => Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < count; at++) yield message(at)
}

/** Bytes that no protocol here can mean, each on a stream of its own. */
async function garble(target: Target, protocol: string): Promise<string> {
  const stranger = await openStranger(target)
  const fates: string[] = []
  try {
    const cases = [varint(2 ** 31), varint(2 ** 32 - 1), new Uint8Array(11).fill(0xff), framed(lyingField(1, 2 ** 31)), framed(repeat(Uint8Array.of(10, 0), 30_000))]
    for (const bytes of cases) {
      const stream = await stranger.open(protocol)
      await pour(stream, [bytes, new Uint8Array(1_000)], FATE_MS)
      fates.push(await fateOf(stream, 300))
      stream.abort(new Error('done'))
    }
    return `streams ${fates.join(', ')}; connection ${stranger.connection.status}`
  } finally {
    await stranger.close()
  }
}

async function reserve(stranger: Stranger): Promise<void> {
  const stream = await stranger.open(HOP)
  stream.send(framed(numberField(1, 0)))
  await fateOf(stream, FATE_MS)
}

export const protocolAttacks: Readonly<Record<string, (target: Target) => Promise<string>>> = {
  'topics-without-end': (target) => gossip(target, times(3_000, (at) => join(...times(60, (more) => subscription(`t${at}-${more}-${'x'.repeat(100)}`))))),
  'empty-entries-by-the-million': (target) => gossip(target, times(20, (at) => repeat(Uint8Array.of([0x0a, 0x12, 0x1a][at % 3]!, 0), RPC_BYTES / 2))),
  'empty-control-entries': (target) => gossip(target, times(10, (at) => control(repeat(Uint8Array.of(10 + 8 * (at % 5), 0), RPC_BYTES / 2 - 10)))),
  'gossip-frame-of-16-mib': (target) => gossip(target, [new Uint8Array(16_777_216)]),
  'gossip-claims-gigabytes': (target) => garble(target, GOSSIP),
  'ids-offered-and-wanted': (target) => gossip(target, times(12, () => control(
    field(1, join(field(1, topicOf(target)), ...times(4_900, () => field(2, id())))), field(2, join(...times(4_900, () => field(1, id()))))))),
  'grafts-of-unknown-topics': (target) => gossip(target, times(2_000, (at) => control(...times(30, (more) => join(field(3, field(1, `g${at}-${more}`)), field(4, field(1, `p${at}-${more}`))))))),
  'unsigned-messages': (target) => gossip(target, times(200, () => join(...times(40, () => field(2, join(field(2, randomBytes(200)), field(4, topicOf(target)))))))),
  'reservations-of-many-peers': async (target) => {
    const peers = await Promise.all(Array.from({ length: 60 }, () => openStranger(target)))
    await Promise.all(peers.map((peer) => reserve(peer).catch(() => undefined)))
    await pause(500)
    await Promise.all(peers.map((peer) => peer.close()))
    return `${peers.length} peers asked`
  },
  'circuits-to-strangers': async (target) => {
    const [near, far] = [await openStranger(target), await openStranger(target)]
    await Promise.all([reserve(near), reserve(far)])
    let refused = 0
    for (let asked = 0; asked < 40; asked++) {
      const stream = await near.open(HOP)
      const answered = new Promise<boolean>((resolve) => {
        stream.addEventListener('message', () => resolve(true))
        setTimeout(() => resolve(false), FATE_MS)
      })
      stream.send(framed(join(numberField(1, 1), field(2, field(1, far.node.peerId.toMultihash().bytes)))))
      if (await answered) refused++
      stream.abort(new Error('done'))
    }
    await Promise.all([near.close(), far.close()])
    return `${refused} of 40 answered`
  },
  'circuits-that-claim-gigabytes': (target) => garble(target, HOP),
  'introductions-without-end': async (target) => {
    const stranger = await openStranger(target)
    const stream = await stranger.open(INTRODUCTION)
    const join32 = framed(join(field(1, Buffer.from(target.realm, 'hex')), numberField(2, 16)))
    await pour(stream, times(400, () => repeat(join32, 100)), FLOOD_MS)
    const fate = await fateOf(stream, 200)
    await stranger.close()
    return `stream ${fate}`
  },
  'introduction-streams-replaced': async (target) => {
    const stranger = await openStranger(target)
    const one = framed(join(field(1, Buffer.from(target.realm, 'hex')), numberField(2, 16)))
    let opened = 0
    for (const end = Date.now() + FLOOD_MS; Date.now() < end && opened < 500; opened++) {
      const stream = await stranger.open(INTRODUCTION).catch(() => undefined)
      if (stream !== undefined) await pour(stream, [one], FATE_MS)
    }
    await stranger.close()
    return 'opened again and again'
  },
  'introductions-that-claim-gigabytes': (target) => garble(target, INTRODUCTION),
  'requests-that-say-nothing': async (target) => {
    const stranger = await openStranger(target)
    let opened = 0
    for (const end = Date.now() + FLOOD_MS; Date.now() < end && opened < 500; opened++) {
      const stream = await stranger.open(requestsOf(target)).catch(() => undefined)
      if (stream === undefined) break
      await pour(stream, [at(opened)], FATE_MS)
    }
    await stranger.close()
    return 'opened and left'
  },
  'requests-that-claim-gigabytes': (target) => garble(target, requestsOf(target)),
}

/** Half a request, and a whole one of nonsense, in turns. */
function at(number: number): Uint8Array {
  return number % 2 === 0 ? Uint8Array.of(200, 1, 7) : framed(randomBytes(100))
}
