// What members say to each other about a distribution model: a small payload, version first, in an envelope that a device
// signs. No delegation rides along, since nothing is credited to an owner here: two of them fit one announcement, as a proof.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage, type Purpose } from '../claim/envelope.ts'
import { MAX_ANNOUNCEMENT_BYTES } from '../limits.ts'
import type { SignatureCheck } from '../member/events.ts'
import { modelKinds, type ModelKind } from '../realm/model-policy.ts'
import { encodeFields, parseFields, putBytes, putNumber } from '../wire/fields.ts'

/** payloadType: multicodec private use 0x300004 as unsigned varint. */
export const MODEL_PURPOSE: Purpose = { domain: 'megabrain-model', payloadType: Uint8Array.of(0x84, 0x80, 0xc0, 0x01) }
const MODEL_VERSION = 1
const REALM_BYTES = 32
const MAX_TIME = 0x7fff_ffff_ffff
const MAX_FIELDS = 5
/** Where an envelope says its payload type: after the public key and one tag with its length. */
const PURPOSE_AT = 40

/** Everything that is signed, but the key. */
export interface ModelStatement {
  /** Realm id, hex. */
  readonly realm: string
  readonly model: ModelKind
  /** Milliseconds since 1970 by the signer's clock. */
  readonly time: number
  /** In the model's own encoding. */
  readonly content: Uint8Array
}

export interface ModelMessage extends ModelStatement {
  /** sha256 of the envelope, hex. */
  readonly id: string
  /** The key that signed, hex. */
  readonly device: string
  readonly signature: Uint8Array
  readonly envelope: Uint8Array
}

export type ModelMessageResult =
  | { readonly ok: true; readonly value: { readonly message: ModelMessage; readonly check: SignatureCheck } }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'unknown-version' }

/** A look at the payload type alone. */
export function looksLikeModelMessage(bytes: Uint8Array): boolean {
  const { payloadType } = MODEL_PURPOSE
  return bytes.length > PURPOSE_AT + payloadType.length && payloadType.every((byte, i) => bytes[PURPOSE_AT + i] === byte)
}

function encodePayload({ realm, model, time, content }: ModelStatement): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, MODEL_VERSION)
    putBytes(to, 2, hexBytes(realm))
    putNumber(to, 3, modelKinds.indexOf(model))
    putNumber(to, 4, time)
    putBytes(to, 5, content)
  })
}

/** The bytes that the device signs. */
export function modelStatementMessage(statement: ModelStatement): Uint8Array {
  return envelopeMessage(MODEL_PURPOSE, encodePayload(statement))
}

/** @param device whose `signature` of `modelStatementMessage(statement)` this is, hex */
export function encodeModelMessage(statement: ModelStatement, device: string, signature: Uint8Array): ModelMessage {
  const envelope = encodeEnvelope(MODEL_PURPOSE, { key: hexBytes(device), payload: encodePayload(statement), signature })
  return { ...statement, id: hexText(sha256(envelope)), device, signature, envelope }
}

/** Reads a signed message; `check` must verify before it may be believed. */
export function decodeModelMessage(bytes: Uint8Array): ModelMessageResult {
  const malformed = { ok: false, reason: 'malformed' } as const
  if (bytes.length > MAX_ANNOUNCEMENT_BYTES) return { ok: false, reason: 'too-large' }
  const opened = decodeEnvelope(MODEL_PURPOSE, bytes)
  if (!opened.ok) return opened
  const { key, payload, signature, check } = opened.value
  const fields = parseFields(payload, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return malformed
  if (version !== MODEL_VERSION) return { ok: false, reason: 'unknown-version' }
  const realm = fields.bytes(2)
  const model = modelKinds[fields.number(3) ?? modelKinds.length]
  const [time, content] = [fields.number(4), fields.bytes(5)]
  if (realm?.length !== REALM_BYTES || model === undefined || time === undefined || time > MAX_TIME || content === undefined) return malformed
  const statement: ModelStatement = { realm: hexText(realm), model, time, content: content.slice() }
  if (!bytesEqual(encodePayload(statement), payload)) return malformed
  const message = { ...statement, id: hexText(sha256(bytes)), device: hexText(key), signature, envelope: bytes.slice() }
  return { ok: true, value: { message, check } }
}
