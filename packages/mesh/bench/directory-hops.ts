// How far a search of the directory walks: servers in one process that know one another by configuration, each connected to
// a few, and lookups by one of them and by a client at two of them. Run: node packages/mesh/bench/directory-hops.ts [lookups [servers]]

import { identify } from '@libp2p/identify'
import type { Libp2p, PeerId } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { confinedDht, type ConfinedDht } from '../src/directory/confined-dht.ts'
import { walk } from '../src/directory/walk.ts'

type Node = Libp2p<{ readonly directory: ConfinedDht }>

const SIZES = process.argv[3] === undefined ? [1, 4, 16, 64] : [Number(process.argv[3])]
/** Servers that each connects to at first, besides the next in a ring. */
const CHORDS = 3
const LOOKUPS = Number(process.argv[2] ?? 40)
const SETTLE_MS = 3_000

/** @param addressOf what a walk may dial: what the operator wrote down, never what a peer said */
async function open(mode: 'server' | 'client', addressOf: (peer: PeerId) => Node | undefined): Promise<Node> {
  let node: Node
  node = await createLibp2p({
    addresses: { listen: mode === 'server' ? ['/ip4/127.0.0.1/tcp/0/ws'] : [] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: {
      inboundConnectionThreshold: 1_000, maxIncomingPendingConnections: 1_000, // all come from one host
      dialTimeout: 60_000, addressDialTimeout: 60_000, inboundUpgradeTimeout: 60_000, outboundUpgradeTimeout: 60_000, // one core for all
    },
    connectionMonitor: { enabled: false }, // a process this busy answers pings late
    services: {
      identify: identify(),
      ping: ping(),
      directory: confinedDht({
        mode,
        dial: async (peer) => {
          const known = addressOf(peer)
          if (known === undefined) throw new Error('It is not in the configuration')
          return node.dial(known.getMultiaddrs())
        },
      }) as never,
    },
  }) as unknown as Node
  return node
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function randomKey(): CID {
  return CID.createV1(0x55, Digest.create(0x12, crypto.getRandomValues(new Uint8Array(32))))
}

async function provide(node: Node, key: CID): Promise<number> {
  let told = 0
  for await (const event of node.services.directory.dht.provide(key, { signal: AbortSignal.timeout(60_000) })) {
    if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told++
  }
  return told
}

interface Lookup {
  readonly found: boolean
  readonly hops: number
  readonly messages: number
}

async function lookUp(node: Node, key: CID, provider: PeerId): Promise<Lookup> {
  const signal = AbortSignal.timeout(60_000)
  let found = false
  const measured = await walk(node.services.directory.dht.findProviders(key, { signal }), signal, (id) => !(found ||= id.equals(provider)))
  return { found, ...measured }
}

function row(servers: number, who: string, lookups: readonly Lookup[]): string {
  const of = (pick: (lookup: Lookup) => number): string =>
    `${(lookups.reduce((sum, lookup) => sum + pick(lookup), 0) / lookups.length).toFixed(2)} / ${Math.max(...lookups.map(pick))}`
  return `| ${servers} | ${who} | ${lookups.length} | ${lookups.filter(({ found }) => found).length} | ${of(({ hops }) => hops)} | ${of(({ messages }) => messages)} |`
}

console.log('| servers | who looks | lookups | found | hops mean / max | questions mean / max |\n|---|---|---|---|---|---|')
for (const size of SIZES) {
  const servers: Node[] = []
  const nobody = (): undefined => undefined
  const configured = (peer: PeerId): Node | undefined => servers.find((server) => server.peerId.equals(peer))
  for (let i = 0; i < size; i++) servers.push(await open('server', configured))
  const clients = [await open('client', nobody), await open('client', nobody)]
  const any = (): Node => servers[Math.floor(Math.random() * size)]!
  for (const [i, server] of servers.entries()) {
    const others = new Set([servers[(i + 1) % size]!, ...Array.from({ length: CHORDS }, any)])
    for (const other of others) if (other !== server) await server.dial(other.getMultiaddrs())
  }
  const [first, shared, last] = [servers[0]!, servers[Math.floor(size / 3)]!, servers[Math.floor(size / 2)]!]
  for (const [client, own] of [[clients[0]!, first], [clients[1]!, last]] as const) for (const server of new Set([own, shared])) await client.dial(server.getMultiaddrs())
  await pause(SETTLE_MS)

  const byServers: Lookup[] = []
  const byClients: Lookup[] = []
  for (let i = 0; i < LOOKUPS; i++) {
    const [byServer, byClient] = [randomKey(), randomKey()]
    const provider = any()
    await provide(provider, byServer)
    await provide(clients[0]!, byClient)
    const finder = size === 1 ? clients[1]! : servers.filter((server) => server !== provider)[Math.floor(Math.random() * (size - 1))]!
    byServers.push(await lookUp(finder, byServer, provider.peerId))
    byClients.push(await lookUp(clients[1]!, byClient, clients[0]!.peerId))
  }
  console.log(row(size, size === 1 ? 'a client, for its server' : 'a server, for another server', byServers))
  console.log(row(size, 'a client at two servers, one of them the provider\'s too', byClients))
  await Promise.all([...servers, ...clients].map((node) => node.stop()))
}
process.exit(0)
