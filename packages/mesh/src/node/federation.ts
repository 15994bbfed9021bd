// A relay among relays: keeps a connection to each that its operator joined and to those that these told of, exchanges signed records with
// them, and says what its members should hear. It dials nobody on any other word.

import { lookup } from 'node:dns/promises'
import type { Connection, Libp2p, PrivateKey } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@megabrain/exchange'
import { classOfAddress, classOfHost, mayDial, type AddressClass } from '../address-classes.ts'
import { createBackoff, wait } from '../backoff.ts'
import { dialRelay } from '../dial-relay.ts'
import type { ToldRelays } from '../introduction/introducer.ts'
import { MAX_LEARNED_LINKS } from '../limits.ts'
import { readRelayRecord, signRelayRecord } from '../relay-record.ts'
import { decodeRecords, encodeRecords, exchangeRecords, serveRecords } from './record-exchange.ts'
import { createRelayBook, saysOf, type KnownRelay } from './relay-book.ts'
import type { FederationOptions, JoinedRelay } from './relay-options.ts'

export interface FederationCounts {
  exchanges: number
  failed: number
  refused: number
}

export interface Federation {
  /** What members of a realm are told of other relays. */
  relaysOf(realm: string): ToldRelays
  /** Whether the operator named this relay. */
  isJoined(peer: PeerId): boolean
  /** Relays that are connected now, whoever dialled. */
  connected(): number
  readonly counts: Readonly<FederationCounts>
  /** Begins to dial; the node must be running. */
  start(): void
  stop(): void
}

interface Inside {
  readonly privateKey: PrivateKey
  /** Served now. */
  readonly realms: () => readonly string[]
  /** Where we are reached, as text. */
  readonly addresses: () => readonly string[]
  /** Addresses that the gater lets through. */
  readonly dialling: Set<string>
  /** What `relaysOf` says has changed; at most once a second. */
  readonly onChange: () => void
}

const SHORTEST_WAIT_MS = 500
const LONGEST_WAIT_MS = 30_000
const STABLE_MS = 10_000
/** Between two exchanges with one relay, ms: half of it to all of it, by lot. */
const EXCHANGE_MS = 20_000
/** This many exchanges that fail in a row mean that the connection is dead although nothing closed it. */
const MAX_FAILED = 2
/** The own record is signed anew when it is this old, ms, or when an address changed. */
const RENEW_MS = 3_600_000
const TICK_MS = 1_000

export async function openFederation(node: Libp2p, options: FederationOptions, inside: Inside): Promise<Federation> {
  const self = node.peerId.toString()
  const book = createRelayBook(self)
  const counts: FederationCounts = { exchanges: 0, failed: 0, refused: 0 }
  const stopping = new AbortController()
  /** Who answers where the operator said, once reached. */
  const joined = new Map<JoinedRelay, PeerId>()
  const tellers = options.joined.map(({ host }) => classOfHost(host))
  /** Dialled because a joined relay told of them. */
  const links = new Map<PeerId, AbortController>()
  /** Relays that we dialled, and those that came by themselves, while connected. */
  const open = new Map<PeerId, Connection>()
  let own: { readonly bytes: Uint8Array; readonly at: number; readonly addresses: string } | undefined
  let isChanged = false
  /** Which records `onKept` was given last. */
  let keptTimes = ''

  async function ourRecord(): Promise<Uint8Array> {
    const addresses = announced(inside.addresses())
    const now = Date.now()
    if (own === undefined || own.addresses !== addresses.join() || now - own.at > RENEW_MS) {
      own = { bytes: await signRelayRecord(inside.privateKey, { addresses, realms: inside.realms(), now }), at: now, addresses: addresses.join() }
    }
    return own.bytes
  }

  async function ours(): Promise<readonly Uint8Array[]> {
    return [await ourRecord(), ...book.all(Date.now()).map(({ bytes }) => bytes)]
  }

  async function read(bytes: Uint8Array): Promise<KnownRelay | undefined> {
    const record = await readRelayRecord(bytes, Date.now())
    if (record === undefined) counts.refused++
    return record === undefined ? undefined : { record, bytes }
  }

  /** Of a relay that came by itself only what it says of itself counts. */
  async function arrived(from: Connection, records: readonly Uint8Array[]): Promise<void> {
    const relay = records[0] === undefined ? undefined : await read(records[0])
    const peer = from.remotePeer.toString()
    if (relay?.record.peer !== peer || from.status !== 'open') return
    if (options.accepts === 'joined' && !isJoined(peer)) return void counts.refused++
    if (book.arrive(relay)) isChanged = true
    opened(peer, from)
  }

  /** The latest connection of a relay is the one that counts. */
  function opened(peer: PeerId, connection: Connection): void {
    if (open.get(peer) === connection) return
    open.set(peer, connection)
    isChanged = true
    connection.addEventListener('close', () => {
      if (open.get(peer) !== connection) return
      open.delete(peer)
      book.leave(peer)
      isChanged = true
    }, { once: true })
  }

  async function exchange(connection: Connection, isNamed: boolean): Promise<boolean> {
    const peer = connection.remotePeer.toString()
    try {
      const records = await exchangeRecords(connection, await ours())
      counts.exchanges++
      // Told by one that we were told of: its own word about itself, and nothing more.
      for (const bytes of isNamed ? records : records.slice(0, 1)) {
        const relay = await read(bytes)
        if (relay !== undefined && (isNamed || relay.record.peer === peer) && book.learn(relay)) isChanged = true
      }
      return true
    } catch {
      counts.failed++
      return false
    }
  }

  async function stay(connection: Connection, isNamed: boolean, stop: AbortSignal): Promise<void> {
    const ended = new AbortController()
    connection.addEventListener('close', () => ended.abort(), { once: true })
    const until = AbortSignal.any([stop, ended.signal])
    opened(connection.remotePeer.toString(), connection)
    for (let failed = 0; connection.status === 'open' && !until.aborted;) {
      failed = await exchange(connection, isNamed) ? 0 : failed + 1
      if (failed >= MAX_FAILED) connection.abort(new Error('The relay does not answer'))
      else await wait(EXCHANGE_MS * (0.5 + Math.random() / 2), until)
    }
  }

  const isJoined = (peer: PeerId): boolean => [...joined.values()].includes(peer)

  /** @param named the relay of the operator's that it is; undefined: a joined relay told of it */
  async function keep(find: () => Promise<readonly string[]>, named: JoinedRelay | undefined, stop: AbortSignal): Promise<void> {
    const backoff = createBackoff(SHORTEST_WAIT_MS, LONGEST_WAIT_MS, Math.random)
    while (!stop.aborted) {
      const addresses = await find().catch(() => [])
      const dialled = await dialRelay(node, addresses, inside.dialling, stop)
      if ('connection' in dialled) {
        const { connection } = dialled
        const since = Date.now()
        if (named !== undefined) joined.set(named, connection.remotePeer.toString())
        await stay(connection, named !== undefined, stop)
        if (Date.now() - since > STABLE_MS) backoff.reset()
      }
      await wait(backoff.next(), stop)
    }
  }

  /** Addresses of a learned relay that may be dialled, looked at anew each time: names may resolve to other places than before. */
  async function addressesOf(peer: PeerId): Promise<readonly string[]> {
    const addresses = book.learned(Date.now()).find(({ record }) => record.peer === peer)?.record.addresses ?? []
    const allowed = await Promise.all(addresses.map((address) => leadsWhereWeMay(address, tellers)))
    return addresses.filter((_, at) => allowed[at])
  }

  function keepRecords(): void {
    const records = book.learned(Date.now())
    const times = records.map(({ record }) => `${record.peer} ${record.time}`).join()
    if (times === keptTimes) return
    keptTimes = times
    options.onKept?.(encodeRecords(records.map(({ bytes }) => bytes)))
  }

  function tick(): void {
    const learned = book.learned(Date.now()).map(({ record }) => record.peer)
    for (const [peer, stop] of links) {
      if (learned.includes(peer) && !isJoined(peer)) continue
      stop.abort()
      links.delete(peer)
    }
    for (const peer of learned) {
      if (isJoined(peer) || links.has(peer) || links.size >= MAX_LEARNED_LINKS) continue
      const stop = new AbortController()
      links.set(peer, stop)
      void keep(() => addressesOf(peer), undefined, AbortSignal.any([stop.signal, stopping.signal]))
    }
    if (isChanged) inside.onChange()
    isChanged = false
    keepRecords()
  }

  for (const bytes of decodeRecords(options.kept ?? new Uint8Array(0)) ?? []) {
    const relay = await read(bytes)
    if (relay !== undefined) book.learn(relay)
  }
  await serveRecords(node, ours, (from, records) => void arrived(from, records))
  let clock: ReturnType<typeof setInterval> | undefined

  return {
    relaysOf(realm) {
      const relays = book.ofRealm(realm, (peer) => open.has(peer), Date.now())
      return { records: relays.map(({ bytes }) => bytes), key: relays.map(saysOf).sort().join('\n') }
    },
    isJoined,
    connected: () => open.size,
    counts,
    start() {
      clock = setInterval(tick, TICK_MS)
      for (const relay of options.joined) void keep(() => relay.find(), relay, stopping.signal)
    },
    stop() {
      clearInterval(clock)
      stopping.abort()
    },
  }
}

/** What a relay on all interfaces says of itself: its public addresses where it has any. */
function announced(addresses: readonly string[]): readonly string[] {
  const open = addresses.filter((address) => classOfAddress(address) === 'public')
  return open.length > 0 ? open : addresses
}

/** Public, or of the network of a relay that the operator joined; a name must lead there with everything that it resolves to. */
async function leadsWhereWeMay(address: string, tellers: readonly AddressClass[]): Promise<boolean> {
  const may = (told: AddressClass): boolean => tellers.some((teller) => mayDial(told, teller))
  if (!may(classOfAddress(address))) return false
  const [host] = multiaddr(address).getComponents()
  if (host?.value === undefined || !host.name.startsWith('dns')) return true
  const found = await lookup(host.value, { all: true }).catch(() => [])
  return found.length > 0 && found.every(({ address: ip }) => may(classOfHost(ip)))
}
