// What a neighbour may make us do, and how a member looks one up. Links are often usable before the mesh has told who is at
// their other end, so peers outside the list have a record too: one for all of them.

import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import { MAX_HEADS_PER_TASK } from '../limits.ts'
import type { Neighbour, PeerId } from '../ports.ts'
import { WIRE_VERSION } from '../wire/messages.ts'

export interface NeighbourRecord {
  /** Announcements that we spend a signature check on. */
  readonly announcements: TokenBucket
  /** Claims handed over while synchronising. */
  readonly offers: TokenBucket
  readonly requests: TokenBucket
  /** Bytes that it sent us: announcements, requests, answers. */
  readonly received: TokenBucket
  /** Bytes that we sent it in answers. */
  readonly served: TokenBucket
  /** Bodies that it announced to us and left out, before a relay passes on nothing more of it. */
  readonly mayOwe: number
  /** Measurements spent on what it handed over. */
  readonly evaluations: TokenBucket
  /** Head ids that we offered, so that a member that does not take them is not offered them all the time: id → ms. */
  readonly offered: BoundedMap<string, number>
  /** Broken bytes and signatures it handed over. */
  faults: number
  /** The newest version of messages that it is believed to read. */
  reads: number
  /** The newest version of messages that it has sent. */
  wrote: number
}

/** A relay hands over what a whole realm says; an island what its own neighbourhood does. */
const ANNOUNCEMENTS = { island: { burst: 256, perSecond: 64 }, relay: { burst: 1_024, perSecond: 256 } } as const
/** Both sides of a pair compare once a heartbeat while they differ: 48 claims that we want and 16 offered, each second. */
const OFFERS = { burst: 256, perSecond: 64 }
const REQUESTS = { burst: 128, perSecond: 32 }
/** Bytes each way: bodies of a whole archive at once, then as much as a good line brings all the time. */
const BYTES = {
  island: { burst: 16_777_216, perSecond: 524_288 },
  relay: { burst: 67_108_864, perSecond: 2_097_152 },
} as const
/** Another relay passes on what strangers told it; each of its members is held to this by itself. */
const OWED = { island: 4, relay: 64 } as const
const EVALUATIONS = { island: { burst: 256, perSecond: 16 }, relay: { burst: 1_024, perSecond: 64 } } as const

export function createNeighbourRecord(kind: Neighbour['kind']): NeighbourRecord {
  const bucket = ({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }): TokenBucket => createTokenBucket(burst, perSecond)
  return {
    announcements: bucket(ANNOUNCEMENTS[kind]),
    offers: bucket(OFFERS),
    requests: bucket(REQUESTS),
    received: bucket(BYTES[kind]),
    served: bucket(BYTES[kind]),
    mayOwe: OWED[kind],
    evaluations: bucket(EVALUATIONS[kind]),
    offered: createBoundedMap(MAX_HEADS_PER_TASK),
    faults: 0,
    reads: WIRE_VERSION,
    wrote: 0,
  }
}

/** A message of this version came from it. */
export function heardVersion(record: NeighbourRecord, version: number): void {
  record.wrote = Math.max(record.wrote, version)
  record.reads = Math.max(record.reads, version)
}

/** It closed on a request of this version: if it never used that version, it may not know it. */
export function refusedVersion(record: NeighbourRecord, version: number): void {
  if (record.wrote < version) record.reads = Math.min(record.reads, version - 1)
}

interface Acquaintances {
  readonly neighbours: ReadonlyMap<PeerId, NeighbourRecord>
  readonly unlisted: NeighbourRecord
}

/** The record that answers for what `peer` hands over. */
export function recordOf({ neighbours, unlisted }: Acquaintances, peer: PeerId): NeighbourRecord {
  return neighbours.get(peer) ?? unlisted
}
