// Gossip's streams at a relay, with peers on it that leave the relay's streams without an answer.

import { noise } from '@libp2p/noise'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, expect, test } from 'vitest'
import { until } from '../contract-fixture.ts'
import { openMember } from '../open-mesh.ts'
import { createRelayKey, openRelayMesh } from './open-relay-mesh.ts'

const REALM = 'a'.repeat(64)
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A peer that opens a gossip stream, so that the relay opens one back, and never answers it. */
async function openSilentPeer(address: string): Promise<Libp2p> {
  const muxer = yamux()
  const node = await createLibp2p({
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [() => {
      const factory = muxer()
      const createStreamMuxer: typeof factory.createStreamMuxer = (connection) => {
        const made = factory.createStreamMuxer(connection)
        const dispatch = made.dispatchEvent.bind(made)
        made.dispatchEvent = (event: Event) => event.type === 'stream' || dispatch(event)
        return made
      }
      return { protocol: factory.protocol, createStreamMuxer }
    }],
    connectionMonitor: { enabled: false },
  })
  const connection = await node.dial(multiaddr(address))
  await connection.newStream('/meshsub/1.2.0')
  return node
}

test('peers that leave a relay\'s streams unanswered keep nobody else waiting for broadcasts', { timeout: 60_000 }, async () => {
  const relay = await openRelayMesh({ privateKey: await createRelayKey(), host: '127.0.0.1', port: 0, realms: [REALM], onHttp: () => undefined })
  closing.push(() => relay.close())
  const address = relay.addresses()[0]!
  // The relay gives up after ten seconds.
  const givenUp = Date.now() + 9_000
  for (let at = 0; at < 4; at++) {
    const silent = await openSilentPeer(address)
    closing.push(async () => silent.stop())
  }
  const member = await openMember({ realm: REALM, relays: [address], targetNeighbours: 0 })
  closing.push(() => member.mesh.close())
  const heard: Uint8Array[] = []
  member.mesh.channel.subscribe(({ bytes }) => void heard.push(bytes))
  await until(() => {
    relay.portsFor(REALM).channel.publish(Uint8Array.of(1, 2, heard.length))
    return heard.length > 0 || Date.now() > givenUp
  }, 'the member heard the relay, or a silent peer was given up')
  expect(heard.length).toBeGreaterThan(0)
})
