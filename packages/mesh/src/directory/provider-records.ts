// Who offers what, as far as this node was told: the only thing that kad-dht may store here, in the shape of the datastore
// that it expects. In memory, bounded in every direction; a record ends with its time or with its author's connection.

import type { KadDHTComponents } from '@libp2p/kad-dht'
import type { PeerId } from '@megabrain/exchange'
import { MAX_FOUND } from '@megabrain/exchange'
import { MAX_PROVIDERS_PER_KEY, MAX_RECORDS, MAX_RECORDS_PER_PEER, RECORD_MS } from '../limits.ts'

export type Datastore = KadDHTComponents['datastore']
type Key = Parameters<Datastore['get']>[0]

export interface ProviderRecords {
  readonly datastore: Datastore
  /** Forgets what `peer` offers. */
  forget(peer: PeerId): void
  readonly counts: { readonly current_directory_records: number; readonly directory_records_refused: number }
}

interface Record {
  readonly key: Key
  /** When kad-dht wrote it, in its own encoding. */
  readonly value: Uint8Array
  readonly until: number
}

/** A sha2-256 multihash in base32, and the provider: all other rows that kad-dht would keep are refused. */
const PROVIDER_ROW = /^\/dht\/provider\/(ciq[a-z2-7]{52})\/([1-9A-HJ-NP-Za-km-z]{40,64})$/
const PROVIDER_PREFIX = /^\/dht\/provider\/(ciq[a-z2-7]{52})$/

/** @param random uniform integer in 0..bound-1 */
export function createProviderRecords(now: () => number, random: (bound: number) => number): ProviderRecords {
  const byKey = new Map<string, Map<PeerId, Record>>()
  const byPeer = new Map<PeerId, Set<string>>()
  let size = 0
  let refused = 0

  function remove(key: string, peer: PeerId): void {
    const providers = byKey.get(key)
    if (providers?.delete(peer) !== true) return
    size--
    if (providers.size === 0) byKey.delete(key)
    const keys = byPeer.get(peer)
    keys?.delete(key)
    if (keys?.size === 0) byPeer.delete(peer)
  }

  function expire(key: string): void {
    for (const [peer, { until }] of byKey.get(key) ?? []) if (until <= now()) remove(key, peer)
  }

  function put(row: Key, value: Uint8Array): void {
    const [, key, peer] = PROVIDER_ROW.exec(row.toString()) ?? []
    if (key === undefined || peer === undefined) {
      refused++
      throw new RangeError('Only provider records are kept here')
    }
    expire(key)
    const providers = byKey.get(key) ?? new Map<PeerId, Record>()
    const keys = byPeer.get(peer) ?? new Set<string>()
    const isNew = !providers.has(peer)
    // Who is here stays: a flood of newcomers pushes nobody out, and leaves with its connections.
    if (isNew && (size >= MAX_RECORDS || providers.size >= MAX_PROVIDERS_PER_KEY || keys.size >= MAX_RECORDS_PER_PEER)) {
      refused++
      throw new RangeError('There is no room for another record')
    }
    if (isNew) size++
    byKey.set(key, providers.set(peer, { key: row, value: value.slice(), until: now() + RECORD_MS }))
    byPeer.set(peer, keys.add(key))
  }

  async function* query({ prefix = '' }: { readonly prefix?: string }): AsyncGenerator<{ key: Key; value: Uint8Array }> {
    const key = PROVIDER_PREFIX.exec(prefix)?.[1]
    if (key === undefined) return
    expire(key)
    const records = [...byKey.get(key)?.values() ?? []]
    const first = records.length > MAX_FOUND ? random(records.length) : 0
    for (let at = 0; at < Math.min(MAX_FOUND, records.length); at++) {
      const { key: row, value } = records[(first + at) % records.length]!
      yield { key: row, value }
    }
  }

  const datastore = {
    put: async (row: Key, value: Uint8Array) => put(row, value),
    async delete(row: Key) {
      const [, key = '', peer = ''] = PROVIDER_ROW.exec(row.toString()) ?? []
      remove(key, peer)
    },
    async get() {
      const error = new Error('Only provider records are kept here')
      error.name = 'NotFoundError' // how kad-dht asks
      throw error
    },
    query,
  }

  return {
    datastore: datastore as unknown as Datastore,
    forget(peer) {
      for (const key of [...byPeer.get(peer) ?? []]) remove(key, peer)
    },
    get counts() {
      return { current_directory_records: size, directory_records_refused: refused }
    },
  }
}
