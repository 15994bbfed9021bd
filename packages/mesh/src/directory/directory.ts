// The exchange's Directory for one realm, on a DHT that all realms share: a key is hashed together with its realm, so servers
// neither mix realms nor learn what the keys are.

import type { AbortOptions, PeerId as LibP2PPeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { sha256 } from '@noble/hashes/sha2.js'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { assertDirectoryKey, createAdvertisements, MAX_FOUND, type Directory, type Found, type PeerId, type Service } from '@megabrain/exchange'
import { ADVERTISE_EVERY_MS, ADVERTISE_TIMEOUT_MS, MAX_NAMED } from '../limits.ts'
import { DIRECTORY_PROTOCOL } from '../names.ts'
import { walk } from './walk.ts'

export interface DirectoryOptions {
  readonly self: PeerId
  readonly dht: KadDHT
  readonly realm: string
  /** Whether others could reach us: without it nothing is advertised. */
  readonly isReachable: () => boolean
  /** Makes a neighbour of `peer` through one of the relays that named it. */
  readonly reach: (peer: PeerId, relays: readonly PeerId[], timeoutMs: number) => Promise<boolean>
}

export interface OpenDirectory {
  readonly directory: Directory
  /** About once a second: advertises what is due. */
  tick(): void
  /** A server was connected: it is told within seconds. */
  serverCame(): void
}

interface Advertisement {
  readonly cid: CID
  nextAt: number
}

const RAW = 0x55
const SHA2_256 = 0x12
/** When no server could be told, and the time in which those of a new server are spread, ms. */
const RETRY_MS = 2_000
const SPREAD_MS = 3_000
const MAX_ADVERTISING = 2
/** Ed25519 peer ids have 52 characters. */
const MAX_PEER_ID_CHARACTERS = 64

export function openDirectory(options: DirectoryOptions): OpenDirectory {
  const { dht, self, realm } = options
  const listed = new Set<Advertisement>()
  /** Peer → the relays that named it, the latest last. */
  const named = new Map<PeerId, readonly PeerId[]>()
  let advertising = 0

  const advertisements = createAdvertisements((service, key) => {
    const advertisement = { cid: recordKeyOf(realm, service, key), nextAt: 0 }
    listed.add(advertisement)
    tick()
    return () => {
      listed.delete(advertisement)
      dht.cancelReprovide(advertisement.cid).catch(() => {})
    }
  })

  async function tell(advertisement: Advertisement): Promise<void> {
    advertisement.nextAt = Number.POSITIVE_INFINITY
    advertising++
    let told = 0
    try {
      for await (const event of dht.provide(advertisement.cid, limit(ADVERTISE_TIMEOUT_MS))) {
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told++
      }
    } catch {
      // The time is over, or the node stops.
    }
    advertising--
    advertisement.nextAt = Math.min(advertisement.nextAt, Date.now() + (told > 0 ? ADVERTISE_EVERY_MS : RETRY_MS))
    tick()
  }

  function tick(): void {
    if (!options.isReachable()) return
    for (const advertisement of listed) {
      if (advertising >= MAX_ADVERTISING) return
      if (advertisement.nextAt <= Date.now()) void tell(advertisement)
    }
  }

  function remember(peer: PeerId, relay: LibP2PPeerId): void {
    const through = relay.toString()
    const relays = [...(named.get(peer) ?? []).filter((other) => other !== through), through].slice(-4)
    named.delete(peer)
    named.set(peer, relays)
    if (named.size > MAX_NAMED) named.delete(named.keys().next().value ?? '')
  }

  async function search(cid: CID, most: number, signal: AbortSignal): Promise<Found> {
    const peers = new Set<PeerId>()
    const measured = await walk(dht.findProviders(cid, { signal }), signal, (provider, from) => {
      const peer = provider.toString()
      if (peer === self || peer.length > MAX_PEER_ID_CHARACTERS) return true
      peers.add(peer)
      remember(peer, from)
      return peers.size < most
    })
    return { peers: [...peers], ...measured }
  }

  return {
    directory: {
      advertise: advertisements.add,
      find(service, key, { timeoutMs, most }) {
        assertDirectoryKey(key)
        if (!(most >= 1 && most <= MAX_FOUND)) throw new RangeError(`A search must name 1 to ${MAX_FOUND} peers, got ${most}`)
        const cancelling = new AbortController()
        const signal = AbortSignal.any([cancelling.signal, AbortSignal.timeout(timeoutMs)])
        return { found: search(recordKeyOf(realm, service, key), most, signal), cancel: () => cancelling.abort() }
      },
      async reach(peer, timeoutMs) {
        const relays = named.get(peer)
        return relays === undefined ? false : options.reach(peer, relays, timeoutMs)
      },
    },
    tick,
    serverCame() {
      const soon = Date.now() + Math.random() * SPREAD_MS
      for (const advertisement of listed) advertisement.nextAt = Math.min(advertisement.nextAt, soon)
    },
  }
}

function limit(ms: number): AbortOptions {
  return { signal: AbortSignal.timeout(ms) }
}

/** sha2-256 of protocol, realm, service and key, with a line break after each: none of them holds one. */
function recordKeyOf(realm: string, service: Service, key: string): CID {
  const text = [DIRECTORY_PROTOCOL, realm, service, key].map((part) => `${part}\n`).join('')
  return CID.createV1(RAW, Digest.create(SHA2_256, sha256(new TextEncoder().encode(text))))
}
