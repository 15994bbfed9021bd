// Who coordinates a shard, and which shard a device is in: both follow from hashes alone, so that nobody has to be asked.
// Highest random weight (Thaler, Ravishankar 1998, https://doi.org/10.1109/90.663936) over (realm, shard, term, device).

import { sha256 } from '@noble/hashes/sha2.js'
import { joinBytes } from '../../bytes/compare.ts'
import { asciiBytes, hexBytes } from '../../bytes/text.ts'

/** The shard that is the whole realm; the halves of shard n are 2n and 2n + 1. */
export const WHOLE = 1
/** Shards have numbers below this: splits at most 15 deep. */
export const MAX_SHARD = 65_536

/** In [0, 1): among those who stand in one term the highest coordinates. */
export function weightOf(realmId: string, shard: number, term: number, device: string): number {
  const text = asciiBytes(`megabrain-coordinator/1:${shard}:${term}:`)
  return fractionOf(sha256(joinBytes([text, hexBytes(realmId), hexBytes(device)])))
}

function fractionOf(digest: Uint8Array): number {
  const view = new DataView(digest.buffer, digest.byteOffset)
  return (view.getUint32(0) * 65_536 + view.getUint16(4)) / 281_474_976_710_656
}

/** How often the whole was halved to get this shard. */
export function depthOf(shard: number): number {
  return 31 - Math.clz32(shard)
}

/** The shard of this depth that a device falls into. */
export function shardAt(device: string, depth: number): number {
  const digest = sha256(hexBytes(device))
  return (1 << depth) | (((digest[0]! << 8) | digest[1]!) >>> (16 - depth))
}

/** Whether a device belongs to a shard or would after it was split or joined: the one contains its place. */
export function covers(shard: number, device: string): boolean {
  return shardAt(device, depthOf(shard)) === shard
}
