// The bytes of a statement: a protobuf payload, version first, inside a signed envelope with a purpose of its own, so that
// no claim can be taken for a statement. At most 512 bytes: a statement travels on the channel like a claim.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { deviceStatement } from '../claim/device.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage, KEY_BYTES, SIGNATURE_BYTES, type Purpose } from '../claim/envelope.ts'
import { MAX_ANNOUNCEMENT_BYTES, MAX_SUBJECT_BYTES } from '../limits.ts'
import type { SignatureCheck } from '../member/events.ts'
import { encodeFields, parseFields, putBytes, putNumber, putText } from '../wire/fields.ts'
import type { SignedStatement, StatementBody } from './statement.ts'

export const STATEMENT_VERSION = 1
/** payloadType: multicodec private use 0x300003 as unsigned varint. */
export const STATEMENT_PURPOSE: Purpose = { domain: 'megabrain-statement', payloadType: Uint8Array.of(0x83, 0x80, 0xc0, 0x01) }

const KIND = /^[a-z-]{1,16}$/
const MAX_KIND_LENGTH = 16
const REALM_BYTES = 32
const MAX_TIME = 0x7fff_ffff_ffff
const MAX_FIELDS = 9
/** Where an envelope says its payload type: after the public key and one tag with its length. */
const PURPOSE_AT = 40

export type StatementResult =
  | { readonly ok: true; readonly value: { readonly statement: SignedStatement; readonly checks: readonly SignatureCheck[] } }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'unknown-version' }

/** A look at the payload type alone: whether these bytes are to be read as a statement. */
export function looksLikeStatement(bytes: Uint8Array): boolean {
  const { payloadType } = STATEMENT_PURPOSE
  return bytes.length > PURPOSE_AT + payloadType.length && payloadType.every((byte, i) => bytes[PURPOSE_AT + i] === byte)
}

/** @param delegation absent when the owner key itself signs */
function encodePayload(body: StatementBody, delegation: Uint8Array | undefined): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, STATEMENT_VERSION)
    putBytes(to, 2, hexBytes(body.realm))
    putText(to, 3, body.kind)
    putBytes(to, 4, body.subject)
    putNumber(to, 5, body.revision)
    putNumber(to, 6, body.time)
    if (delegation !== undefined) {
      putBytes(to, 7, hexBytes(body.author))
      putBytes(to, 8, delegation)
    }
    putBytes(to, 9, body.content)
  })
}

function withinBounds({ kind, subject, revision, time }: StatementBody): boolean {
  return (
    KIND.test(kind) && subject.length <= MAX_SUBJECT_BYTES &&
    Number.isSafeInteger(revision) && revision >= 1 &&
    Number.isSafeInteger(time) && time >= 0 && time <= MAX_TIME
  )
}

/**
 * The bytes to sign.
 * @param delegation the owner's for the device that signs; absent when the owner key itself signs
 * @throws RangeError when the statement breaks its bounds or would not fit the channel: our own never do
 */
export function statementMessage(body: StatementBody, delegation?: Uint8Array): Uint8Array {
  if (!withinBounds(body)) throw new RangeError(`A statement must keep its bounds, got ${body.kind} of revision ${body.revision}`)
  const payload = encodePayload(body, delegation)
  const size = encodeEnvelope(STATEMENT_PURPOSE, { key: new Uint8Array(KEY_BYTES), payload, signature: new Uint8Array(SIGNATURE_BYTES) }).length
  if (size > MAX_ANNOUNCEMENT_BYTES) throw new RangeError(`A statement must have at most ${MAX_ANNOUNCEMENT_BYTES} bytes, got ${size}`)
  return envelopeMessage(STATEMENT_PURPOSE, payload)
}

/** @param signer the key that signed `statementMessage(body, delegation)`, hex */
export function encodeStatement(body: StatementBody, signer: string, signature: Uint8Array, delegation?: Uint8Array): Uint8Array {
  return encodeEnvelope(STATEMENT_PURPOSE, { key: hexBytes(signer), payload: encodePayload(body, delegation), signature })
}

/** Reads a signed statement. `checks` must all verify before it may be believed. */
export function decodeStatement(bytes: Uint8Array): StatementResult {
  const malformed = { ok: false, reason: 'malformed' } as const
  if (bytes.length > MAX_ANNOUNCEMENT_BYTES) return { ok: false, reason: 'too-large' }
  const opened = decodeEnvelope(STATEMENT_PURPOSE, bytes)
  if (!opened.ok) return opened
  const { key, payload, check } = opened.value
  const fields = parseFields(payload, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return malformed
  if (version !== STATEMENT_VERSION) return { ok: false, reason: 'unknown-version' }

  const realm = fields.bytes(2)
  const kind = fields.text(3, MAX_KIND_LENGTH)
  const subject = fields.bytes(4)
  const revision = fields.number(5)
  const time = fields.number(6)
  const owner = fields.bytes(7)
  const delegation = fields.bytes(8)
  const content = fields.bytes(9)
  if (realm?.length !== REALM_BYTES || kind === undefined || subject === undefined || content === undefined) return malformed
  if (revision === undefined || time === undefined || owner === undefined || delegation === undefined) return malformed
  const isDelegated = owner.length === KEY_BYTES && delegation.length === SIGNATURE_BYTES
  if (!isDelegated && owner.length + delegation.length > 0) return malformed

  const signer = hexText(key)
  const author = isDelegated ? hexText(owner) : signer
  const body: StatementBody = { realm: hexText(realm), kind, subject: subject.slice(), content: content.slice(), revision, time, author }
  if (!withinBounds(body) || !bytesEqual(encodePayload(body, isDelegated ? delegation : undefined), payload)) return malformed
  const statement: SignedStatement = { ...body, id: hexText(sha256(bytes)), signer, envelope: bytes.slice() }
  const checks = isDelegated ? [check, { key: owner.slice(), message: deviceStatement(key), signature: delegation.slice() }] : [check]
  return { ok: true, value: { statement, checks } }
}
