// kad-dht in a room of its own: it sees no address, dials nobody, stores only bounded provider records, reads only short
// messages and tags nobody. libp2p does not know it as a router, so it takes no part in dialling either.

import type { Connection, Libp2p, PeerId as LibP2PPeerId, Startable, Stream, StreamHandler } from '@libp2p/interface'
import { kadDHT, passthroughMapper, type KadDHT, type KadDHTComponents } from '@libp2p/kad-dht'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@megabrain/exchange'
import { MAX_DIRECTORY_MESSAGE_BYTES } from '../limits.ts'
import { DIRECTORY_PROTOCOL } from '../names.ts'
import { directOf } from '../transport-of.ts'
import { createProviderRecords, type ProviderRecords } from './provider-records.ts'

export interface ConfinedDhtOptions {
  /** Servers keep records and answer; clients ask. */
  readonly mode: 'server' | 'client'
  /** Whether a server reads one more message of this peer now. */
  readonly admits?: (peer: PeerId) => boolean
  /** Which of those who speak the protocol are asked and told as servers. @default all */
  readonly trusts?: (peer: PeerId) => boolean
  /** How a walk gets to a server that it has no connection with; absent: not at all. Never asked about an address. */
  readonly dial?: (peer: LibP2PPeerId) => Promise<Connection>
}

/** As a libp2p service: the node starts and stops it. */
export interface ConfinedDht extends Startable {
  readonly dht: KadDHT
  readonly records: ProviderRecords
}

/**
 * Stands for every address. kad-dht drops peers without one; what it says is true: who is named here is reached through the
 * relay that named it.
 */
const THROUGH_A_RELAY = multiaddr('/p2p-circuit')
const SELF_QUERY_MS = 3_600_000
const MAX_STREAMS = 4

export function confinedDht(options: ConfinedDhtOptions): (components: KadDHTComponents) => ConfinedDht {
  return (components) => {
    const records = createProviderRecords(Date.now, (bound) => Math.floor(Math.random() * bound))
    const dht = kadDHT({
      protocol: DIRECTORY_PROTOCOL,
      clientMode: options.mode === 'client',
      peerInfoMapper: passthroughMapper, // there are no addresses to filter
      allowQueryWithZeroPeers: true, // a search without servers ends at once
      querySelfInterval: SELF_QUERY_MS,
      maxInboundStreams: MAX_STREAMS,
      validators: { pk: refuseValue }, // kad-dht's own exception; any other value has no validator and is refused
    })(confine(components, options, records)) as KadDHT & Startable
    components.events.addEventListener('peer:disconnect', ({ detail }) => records.forget(detail.toString()))
    return { dht, records, start: () => dht.start(), stop: () => dht.stop() }
  }
}

function confine(components: KadDHTComponents, options: ConfinedDhtOptions, records: ProviderRecords): KadDHTComponents {
  const { connectionManager, registrar, peerStore, peerId: self } = components

  const openTo = (peer: LibP2PPeerId): Connection | undefined => directOf(connectionManager.getConnections(peer))[0]
  async function infoOf(peer: LibP2PPeerId): Promise<{ id: LibP2PPeerId; multiaddrs: (typeof THROUGH_A_RELAY)[] }> {
    if (!self.equals(peer) && openTo(peer) === undefined) throw notFound(peer)
    return { id: peer, multiaddrs: [THROUGH_A_RELAY] }
  }

  const confined = {
    connectionManager: {
      async openStream(peer: LibP2PPeerId, protocol: string, { signal }: { readonly signal?: AbortSignal } = {}) {
        const connection = openTo(peer) ?? await options.dial?.(peer)
        if (connection === undefined) throw notFound(peer)
        return shortened(await connection.newStream(protocol, { ...(signal === undefined ? {} : { signal }), runOnLimitedConnection: false }))
      },
      isDialable: async () => true, // `openStream` says
    },
    registrar: {
      handle: (protocol: string, handler: StreamHandler, handling: object) => registrar.handle(protocol, async (stream, connection) => {
        if (options.admits?.(connection.remotePeer.toString()) === false) return stream.abort(new Error('Too many questions'))
        try {
          await handler(shortened(stream), connection)
        } catch (error) {
          stream.abort(error instanceof Error ? error : new Error(String(error)))
        }
      }, { ...handling, runOnLimitedConnection: false }),
      unhandle: registrar.unhandle.bind(registrar),
      register: registrar.register.bind(registrar),
      unregister: registrar.unregister.bind(registrar),
    },
    peerStore: {
      async get(peer: LibP2PPeerId) {
        const { id } = await infoOf(peer)
        return { id, addresses: [{ multiaddr: THROUGH_A_RELAY, isCertified: false }], protocols: [], metadata: new Map(), tags: new Map() }
      },
      getInfo: infoOf,
      all: async () => [],
      merge: async () => {}, // addresses that strangers gave, and tags that would make libp2p re-dial
    },
    /** A table of servers holds those that are connected now, by what they said themselves. */
    ping: {
      async ping(peer: LibP2PPeerId) {
        if (options.trusts?.(peer.toString()) === false) throw notFound(peer)
        if (openTo(peer) === undefined) await options.dial?.(peer)
        const { protocols } = await peerStore.get(peer)
        if (openTo(peer) === undefined || !protocols.includes(DIRECTORY_PROTOCOL)) throw notFound(peer)
        return 0
      },
    },
    addressManager: { getAddresses: () => [THROUGH_A_RELAY] },
    datastore: records.datastore,
  }
  return { ...pick(components), ...(confined as unknown as Partial<KadDHTComponents>) } as KadDHTComponents
}

/** libp2p's components are a proxy: spreading it would copy nothing. */
function pick({ peerId, privateKey, events, logger }: KadDHTComponents): Partial<KadDHTComponents> {
  return { peerId, privateKey, events, logger }
}

/** The same stream, which ends when more than one short message arrives on it: kad-dht would buffer 4 MiB. */
function shortened(stream: Stream): Stream {
  let bytes = 0
  stream.addEventListener('message', ({ data }) => {
    bytes += data.byteLength
    if (bytes > MAX_DIRECTORY_MESSAGE_BYTES) stream.abort(new Error('The message is too long'))
  })
  return stream
}

function refuseValue(): never {
  throw new RangeError('Values are not kept here')
}

function notFound(peer: LibP2PPeerId): Error {
  const error = new Error(`There is no connection with ${peer.toString()}`)
  error.name = 'NotFoundError'
  return error
}

/** Calls `told` when a server of the directory is connected. @returns ends it */
export function onServer(node: Libp2p, told: () => void): () => void {
  const registered = node.register(DIRECTORY_PROTOCOL, { onConnect: told }).catch(() => undefined)
  return () => void registered.then((id) => { if (id !== undefined) node.unregister(id) })
}
