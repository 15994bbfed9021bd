// Keys without cryptography, for simulations and tests of logic: a signature is a hash that anyone could compute, so it
// proves nothing to a real adversary. It does tell keys, messages and signatures apart, which is all a simulation asks.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { asciiBytes } from '../bytes/text.ts'
import { deviceStatement } from '../claim/device.ts'
import type { Keys, PublicKey } from '../ports.ts'

/** @returns 64 bytes that `memoryVerify` accepts for this key and message only */
export function memorySignature(key: PublicKey, message: Uint8Array): Uint8Array {
  const half = sha256(joinBytes([asciiBytes('memory-signature:'), key, message]))
  return joinBytes([half, sha256(half)])
}

export function memoryVerify(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  return bytesEqual(memorySignature(key, message), signature)
}

/** @param name different names give different owners and devices */
export function createMemoryKeys(name: string): Keys {
  const owner = sha256(asciiBytes(`owner:${name}`))
  const device = sha256(asciiBytes(`device:${name}`))
  return {
    owner,
    device,
    delegation: memorySignature(owner, deviceStatement(device)),
    sign: async (message) => memorySignature(device, message),
    signAsOwner: async (message) => memorySignature(owner, message),
    verify: async (key, message, signature) => memoryVerify(key, message, signature),
  }
}
