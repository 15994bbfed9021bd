// An owner key and a device key for one run, in memory only.

import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { deviceStatement } from '@megabrain/exchange'

export interface Identity {
  /** The owner's public key, hex: what others see as the author. */
  readonly author: string
  readonly owner: Uint8Array
  readonly device: Uint8Array
  readonly delegation: Uint8Array
  sign(message: Uint8Array): Uint8Array
}

export function createIdentity(): Identity {
  const owner = generateKeyPairSync('ed25519')
  const device = generateKeyPairSync('ed25519')
  const devicePublic = raw(device.publicKey)
  const ownerPublic = raw(owner.publicKey)
  return {
    author: Buffer.from(ownerPublic).toString('hex'),
    owner: ownerPublic,
    device: devicePublic,
    delegation: new Uint8Array(sign(null, deviceStatement(devicePublic), owner.privateKey)),
    sign: (message) => new Uint8Array(sign(null, message, device.privateKey)),
  }
}

/** The 32 bytes at the end of the key's DER form. */
function raw(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(-32))
}
