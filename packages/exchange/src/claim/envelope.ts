// The libp2p signed envelope (RFC 0002): who signed (Ed25519), what type of payload, the payload, the signature over
// all of it and a domain. Own code because floor 1 cannot import `@libp2p/peer-record`; a test checks one against the
// other. Signing and verifying are the caller's effects: here are only the bytes to sign.

import { asciiBytes } from '../bytes/text.ts'
import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { encodeFields, parseFields, putBytes } from '../wire/fields.ts'
import type { SignatureCheck } from '../member/events.ts'

export interface Envelope {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly key: Uint8Array
  readonly payload: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/** What a domain and payload type are used for: a signature for one purpose never serves another. */
export interface Purpose {
  readonly domain: string
  /** Unsigned varint from the multicodec private-use range 0x300000 to 0x3fffff. */
  readonly payloadType: Uint8Array
}

/** libp2p's protobuf of an Ed25519 public key: type 1, then 32 bytes of data. */
const KEY_PREFIX = Uint8Array.of(0x08, 0x01, 0x12, 0x20)
export const KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

function unsignedVarint(value: number): Uint8Array {
  const bytes = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Uint8Array.of(...bytes, rest)
}

/** The bytes that the key signs: each part with its length before it. */
export function envelopeMessage(purpose: Purpose, payload: Uint8Array): Uint8Array {
  const parts = [asciiBytes(purpose.domain), purpose.payloadType, payload]
  return joinBytes(parts.flatMap((part) => [unsignedVarint(part.length), part]))
}

export function encodeEnvelope(purpose: Purpose, envelope: Envelope): Uint8Array {
  return encodeFields((to) => {
    putBytes(to, 1, joinBytes([KEY_PREFIX, envelope.key]))
    putBytes(to, 2, purpose.payloadType)
    putBytes(to, 3, envelope.payload)
    putBytes(to, 5, envelope.signature)
  })
}

export type EnvelopeResult =
  | { readonly ok: true; readonly value: Envelope & { readonly check: SignatureCheck } }
  | { readonly ok: false; readonly reason: 'malformed' | 'unknown-version' }

/** Strict: another key type, payload type or field, or other bytes for the same content, is refused. */
export function decodeEnvelope(purpose: Purpose, bytes: Uint8Array): EnvelopeResult {
  const malformed = { ok: false, reason: 'malformed' } as const
  const fields = parseFields(bytes, 4)
  const publicKey = fields?.bytes(1)
  const payloadType = fields?.bytes(2)
  const payload = fields?.bytes(3)
  const signature = fields?.bytes(5)
  if (publicKey === undefined || payloadType === undefined || payload === undefined) return malformed
  if (signature?.length !== SIGNATURE_BYTES) return malformed
  if (publicKey.length !== KEY_PREFIX.length + KEY_BYTES) return malformed
  if (!bytesEqual(publicKey.subarray(0, KEY_PREFIX.length), KEY_PREFIX)) return malformed
  if (!bytesEqual(payloadType, purpose.payloadType)) return { ok: false, reason: 'unknown-version' }
  const envelope = { key: publicKey.slice(KEY_PREFIX.length), payload: payload.slice(), signature: signature.slice() }
  if (!bytesEqual(encodeEnvelope(purpose, envelope), bytes)) return malformed
  const message = envelopeMessage(purpose, envelope.payload)
  return { ok: true, value: { ...envelope, check: { key: envelope.key, message, signature: envelope.signature } } }
}
