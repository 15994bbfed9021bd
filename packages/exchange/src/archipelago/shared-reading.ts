// One memory of everything read, for all islands of a simulation: equal bytes are decoded, hashed, verified and measured
// once, and held once. What is remembered is found by content, so an island cannot be told anything about other bytes.

import { cidOf, decodeGenotype } from '@megabrain/evolve'
import { bytesEqual } from '../bytes/compare.ts'
import { decodeClaim, type ClaimResult } from '../claim/claim-codec.ts'
import type { SignatureCheck } from '../member/events.ts'
import type { Reading } from '../member/reading.ts'
import { memoryVerify } from '../memory/memory-keys.ts'
import type { Measure } from './search.ts'

/** What is known of one byte string. Fields are filled in when asked for. */
interface Known {
  readonly bytes: Uint8Array
  claim?: ClaimResult
  genotype?: ReturnType<typeof decodeGenotype>
  cid?: string
  /** By task: few, so a list. */
  measured?: { readonly task: string; readonly result: ReturnType<Measure> }[]
}

export interface SharedReading extends Reading {
  /** Whether all signatures hold; remembered for the checks of a claim read here. */
  verify(checks: readonly SignatureCheck[]): boolean
  readonly measure: Measure
}

/** Byte strings remembered; the oldest goes first, and is read again when it comes back. */
const MAX_KNOWN = 131_072

export function createSharedReading(measure: Measure): SharedReading {
  /** By content. Equal hashes with other bytes take each other's place: only time is lost. */
  const byHash = new Map<number, Known>()
  /** The very buffers that are in `byHash`, so that most need no hash at all; not weak, which would slow every collection down. */
  const byBuffer = new Map<Uint8Array, Known>()
  const verified = new Map<readonly SignatureCheck[], boolean>()

  function knownOf(bytes: Uint8Array): Known {
    const here = byBuffer.get(bytes)
    if (here !== undefined) return here
    const hash = hashOf(bytes)
    const known = byHash.get(hash)
    if (known !== undefined && bytesEqual(known.bytes, bytes)) return known
    const fresh: Known = { bytes: bytes.slice() }
    if (known !== undefined) byBuffer.delete(known.bytes)
    byHash.set(hash, fresh)
    byBuffer.set(fresh.bytes, fresh)
    if (byHash.size > MAX_KNOWN) {
      for (const [oldest, { bytes: forgotten }] of byHash) {
        byHash.delete(oldest)
        byBuffer.delete(forgotten)
        break
      }
    }
    return fresh
  }

  return {
    own: (bytes) => knownOf(bytes).bytes,
    decodeClaim(bytes) {
      const known = knownOf(bytes)
      known.claim ??= decodeClaim(known.bytes)
      return known.claim
    },
    decodeGenotype(bytes) {
      const known = knownOf(bytes)
      known.genotype ??= decodeGenotype(known.bytes)
      return known.genotype
    },
    cidOf(bytes) {
      const known = knownOf(bytes)
      known.cid ??= cidOf(known.bytes)
      return known.cid
    },
    verify(checks) {
      const before = verified.get(checks)
      if (before !== undefined) return before
      const valid = checks.every(({ key, message, signature }) => memoryVerify(key, message, signature))
      verified.set(checks, valid)
      if (verified.size > MAX_KNOWN) {
        for (const oldest of verified.keys()) {
          verified.delete(oldest)
          break
        }
      }
      return valid
    },
    measure(task, bytes) {
      const known = knownOf(bytes)
      known.measured ??= []
      for (const { task: measuredTask, result } of known.measured) if (measuredTask === task) return result
      const result = measure(task, known.bytes)
      known.measured.push({ task, result })
      return result
    },
  }
}

/** FNV-1a, folded to the 30 bits that an engine keeps unboxed; a map key, nothing more. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return (hash ^ (hash >>> 30)) & 0x3fff_ffff
}
