// The owner's statement that a device key may sign for it. Pure bytes; the owner key signs them once per device.

import { asciiBytes } from '../bytes/text.ts'
import { joinBytes } from '../bytes/compare.ts'
import { KEY_BYTES } from './envelope.ts'

/** No envelope's message starts like this one, so neither signature serves for the other. */
const PREFIX = 'megabrain-device/1:'

/**
 * The bytes that an owner key signs to let a device key speak for it.
 * @param device raw Ed25519 public key, 32 bytes
 */
export function deviceStatement(device: Uint8Array): Uint8Array {
  if (device.length !== KEY_BYTES) throw new RangeError(`A device key must have ${KEY_BYTES} bytes, got ${device.length}`)
  return joinBytes([asciiBytes(PREFIX), device])
}
