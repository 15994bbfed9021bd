// Requests one after the other on one stream, and what happens where the other side keeps no streams.

import { noise } from '@libp2p/noise'
import type { Stream } from '@libp2p/interface'
import { identify } from '@libp2p/identify'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, expect, test } from 'vitest'
import { until } from '../contract-fixture.ts'
import { frame, readFrames } from '../frame.ts'
import { exchangeProtocolOf } from '../names.ts'
import { openRequests } from '../requests.ts'

const PROTOCOL = exchangeProtocolOf('a'.repeat(64))
const LIMITS = { timeoutMs: 10_000, maxBytes: 100 }
const ANSWERED = 0
const nodes: Libp2p[] = []

afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
})

async function openNode(): Promise<Libp2p> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()], connectionEncrypters: [noise()], streamMuxers: [yamux()], services: { identify: identify() },
  })
  nodes.push(node)
  return node
}

/** @returns what to ask with, whom, and how many streams have been opened for it */
async function asking(other: Libp2p) {
  const node = await openNode()
  const { requests } = await openRequests(node, PROTOCOL)
  const connection = await node.dial(other.getMultiaddrs())
  const opened = new Set<Stream>()
  const look = (): number => {
    for (const stream of connection.streams) if (stream.protocol === PROTOCOL) opened.add(stream)
    return opened.size
  }
  const ask = async (byte: number): Promise<number | string> => {
    const result = await requests.request(other.peerId.toString(), Uint8Array.of(byte), LIMITS)
    look()
    return result.ok ? result.value[0]! : result.reason
  }
  return { ask, look, connection }
}

test('requests to one peer take one stream as long as they follow each other', async () => {
  const other = await openNode()
  const { requests } = await openRequests(other, PROTOCOL)
  requests.serve(async (_, bytes) => (bytes[0] === 17 ? undefined : bytes))
  const { ask, look } = await asking(other)
  for (let at = 0; at < 17; at++) expect(await ask(at)).toBe(at)
  expect(look()).toBe(1)
  expect([await ask(17), await ask(18)]).toEqual(['refused', 18]) // a refusal ends the stream
  expect(await Promise.all(Array.from({ length: 8 }, (_, at) => ask(at + 20)))).toEqual(Array.from({ length: 8 }, (_, at) => at + 20))
})

test('a peer that ends each stream with its answer is asked on new ones', async () => {
  const other = await openNode()
  let served = 0
  await other.handle(PROTOCOL, async (stream) => {
    const request = await readFrames(stream, 100).next()
    if (!request.ok) return
    served++
    stream.send(frame(Uint8Array.of(ANSWERED, ...request.value)))
    await stream.close()
  })
  const { ask } = await asking(other)
  for (let at = 0; at < 20; at++) expect(await ask(at)).toBe(at)
  expect(served).toBe(20)
})

test('a stream that is reset under a request is replaced, and the request is answered', async () => {
  const other = await openNode()
  let streams = 0
  await other.handle(PROTOCOL, async (stream) => {
    streams++
    const frames = readFrames(stream, 100)
    const first = await frames.next()
    if (first.ok) stream.send(frame(Uint8Array.of(ANSWERED, ...first.value)))
    await frames.next()
    stream.abort(new Error('planted'))
  })
  const { ask, connection } = await asking(other)
  expect(await ask(1)).toBe(1)
  expect(await ask(2)).toBe(2)
  expect(streams).toBe(2)
  await until(() => connection.streams.filter(({ protocol }) => protocol === PROTOCOL).length === 1, 'the first stream is gone')
})
