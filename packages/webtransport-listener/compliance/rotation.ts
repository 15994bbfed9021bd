// A listener whose clock moves through the life of its certificates, with a peer that stays connected. Prints one JSON line with what
// was seen; `listener.test.ts` judges it. A program of its own, for the same reason as `run.ts`.

import { identify } from '@libp2p/identify'
import type { Connection, Libp2p } from '@libp2p/interface'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { webTransport } from '../src/index.ts'
import { SERVES_MS } from '../src/rolling.ts'

const PROTOCOL = '/echo'
let now = Date.UTC(2026, 0, 1)
let kept: Uint8Array | undefined
const store = {
  load: async () => kept,
  save: async (bytes: Uint8Array) => {
    kept = bytes
  },
}

function open(listen: readonly string[]): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: [...listen] },
    transports: [webTransport({ store, now: () => now, lookMs: 20 })],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionMonitor: { enabled: false },
    services: { identify: identify() },
  })
}

async function echo(connection: Connection, text: string): Promise<string> {
  const stream = await connection.newStream(PROTOCOL)
  stream.send(new TextEncoder().encode(text))
  await stream.close()
  let heard = ''
  for await (const bytes of stream) heard += new TextDecoder().decode(bytes.subarray())
  return heard
}

const hashesOf = (address: Multiaddr): string[] => address.getComponents().filter(({ name }) => name === 'certhash').map(({ value }) => value!)
const wordsOf = (error: unknown): string => (error as Error).message
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
/** Certificates are valid from the real time on, as far as the dialler's stack looks at that; only hashes decide. */
const addressOf = (node: Libp2p): Multiaddr => node.getMultiaddrs()[0]!

async function turn(node: Libp2p): Promise<Multiaddr> {
  const before = addressOf(node).toString()
  now += SERVES_MS
  for (let looks = 0; looks < 500 && addressOf(node).toString() === before; looks++) await pause(20)
  return addressOf(node)
}

async function dial(address: Multiaddr): Promise<string> {
  const visitor = await open([])
  try {
    return await echo(await visitor.dial(address, { signal: AbortSignal.timeout(5_000) }), 'new')
  } catch (error) {
    return wordsOf(error)
  } finally {
    await visitor.stop()
  }
}

const listener = await open(['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'])
await listener.handle(PROTOCOL, async (stream) => {
  for await (const bytes of stream) stream.send(bytes.subarray())
  await stream.close()
})
const first = addressOf(listener)
const stayer = await open([])
const connection = await stayer.dial(first)
const seen: Record<string, unknown> = { before: await echo(connection, 'before') }

const second = await turn(listener)
seen['port'] = [first, second].map((address) => address.getComponents().find(({ name }) => name === 'udp')?.value)
seen['hashes'] = [hashesOf(first), hashesOf(second)]
seen['stayed'] = [await echo(connection, 'stayed'), connection.status]
seen['oldAddress'] = await dial(first)
seen['newAddress'] = await dial(second)

const peer = `/p2p/${listener.peerId.toString()}`
const [own] = hashesOf(second)
const base = second.toString().split('/certhash')[0]!
// What somebody between would do: add a certificate of their own to the address.
seen['foreignHash'] = await dial(multiaddr(`${base}/certhash/${own}/certhash/uEiAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA${peer}`))

const third = await turn(listener)
seen['stayedTwice'] = await echo(connection, 'stayed twice')
seen['staleAddress'] = await dial(first)
await listener.stop()
const again = await open(['/ip4/127.0.0.1/udp/0/quic-v1/webtransport'])
seen['afterRestart'] = [hashesOf(third), hashesOf(addressOf(again))]
await again.stop()
await stayer.stop()
process.stdout.write(`${JSON.stringify(seen)}\n`)
process.exit(0)
