// What a relay knows of other relays, and for how long. Records of relays that its operator joined, and what those told, are kept until they
// expire; a relay that came by itself is known while it is connected, so a stranger's word costs a connection and outlives nothing.

import type { PeerId } from '@megabrain/exchange'
import { MAX_INTRODUCED_RELAYS, MAX_INTRODUCTION_BYTES, MAX_JOINERS, MAX_KNOWN_RELAYS } from '../limits.ts'
import type { RelayRecord } from '../relay-record.ts'

export interface KnownRelay {
  readonly record: RelayRecord
  /** As it was signed. */
  readonly bytes: Uint8Array
}

export interface RelayBook {
  /** @returns whether it is known now and was not, or says something else than before */
  learn(relay: KnownRelay): boolean
  /** @returns as `learn`; false too when there is no room */
  arrive(relay: KnownRelay): boolean
  /** It came by itself and has gone. */
  leave(peer: PeerId): void
  /** Learned ones, those heard of first first. */
  learned(now: number): readonly KnownRelay[]
  all(now: number): readonly KnownRelay[]
  /** Those of a realm that members are told of: we are connected to them, and they are few enough for one introduction. */
  ofRealm(realm: string, isConnected: (peer: PeerId) => boolean, now: number): readonly KnownRelay[]
}

/** Beside the records in an introduction: its other fields, and a tag and a length for each record. */
const INTRODUCTION_OVERHEAD = 64

export function createRelayBook(self: PeerId): RelayBook {
  const learned = new Map<PeerId, KnownRelay>()
  const arrived = new Map<PeerId, KnownRelay>()

  function put(into: Map<PeerId, KnownRelay>, relay: KnownRelay, most: number): boolean {
    const { peer } = relay.record
    const known = into.get(peer)
    if (peer === self || (known === undefined && into.size >= most) || (known !== undefined && known.record.time >= relay.record.time)) return false
    into.set(peer, relay)
    return known === undefined || saysOf(known) !== saysOf(relay)
  }

  function forgetOld(now: number): void {
    for (const book of [learned, arrived]) for (const [peer, { record }] of book) if (record.expires <= now) book.delete(peer)
  }

  function all(now: number): readonly KnownRelay[] {
    forgetOld(now)
    return [...learned.values(), ...[...arrived.values()].filter(({ record }) => !learned.has(record.peer))]
  }

  return {
    learn(relay) {
      forgetOld(Date.now())
      return put(learned, relay, MAX_KNOWN_RELAYS)
    },
    arrive(relay) {
      const { peer } = relay.record
      return learned.has(peer) ? put(learned, relay, MAX_KNOWN_RELAYS) : put(arrived, relay, MAX_JOINERS)
    },
    leave: (peer) => void arrived.delete(peer),
    learned(now) {
      forgetOld(now)
      return [...learned.values()]
    },
    all,
    ofRealm(realm, isConnected, now) {
      let room = MAX_INTRODUCTION_BYTES - INTRODUCTION_OVERHEAD
      return all(now)
        .filter(({ record }) => record.realms.includes(realm) && record.addresses.length > 0 && isConnected(record.peer))
        .slice(0, MAX_INTRODUCED_RELAYS)
        .filter(({ bytes }) => (room -= bytes.length + 4) >= 0)
    },
  }
}

/** What a record says, without when: a renewed record is no news. */
export function saysOf({ record: { peer, addresses, realms } }: KnownRelay): string {
  return [peer, ...addresses, ...realms].join(' ')
}
