// The bytes of a receipt: a protobuf payload, version first, in an envelope signed by the device. Small enough to pass
// sixteen of them in one answer; states and bodies are asked for apart.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { cidFromDigest, digestOfCid } from '../claim/cid-digest.ts'
import { deviceStatement } from '../claim/device.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage, SIGNATURE_BYTES, type Purpose } from '../claim/envelope.ts'
import type { SignatureCheck } from '../member/events.ts'
import { encodeFields, parseFields, putBytes, putElement, putNumber, putText, type Fields } from '../wire/fields.ts'
import { MAX_ADMITTED, MAX_RECEIPT_EVALUATIONS, MAX_RECEIPT_WORK, NO_RECEIPT, type Receipt } from './receipt.ts'

/** A receipt before it is signed: its id is the hash of the signed envelope. */
export type ReceiptStatement = Omit<Receipt, 'id'>

export const RECEIPT_VERSION = 1
/** payloadType: multicodec private use 0x300010 as unsigned varint. */
export const RECEIPT_PURPOSE: Purpose = { domain: 'megabrain-receipt', payloadType: Uint8Array.of(0x90, 0x80, 0xc0, 0x01) }
/** A signed receipt, bytes: one with every field at its largest has 1,063. */
export const MAX_RECEIPT_BYTES = 1_088

const DIGEST_BYTES = 32
const MAX_TASK_LENGTH = 32
const MAX_ORIGIN = 0xffff_ffff
const MAX_TIME = 0x7fff_ffff_ffff
const MAX_FIELDS = 18 + MAX_ADMITTED
const TASK_ID = /^[a-z0-9-]{1,32}$/

export type ReceiptResult =
  | { readonly ok: true; readonly value: { readonly receipt: Receipt; readonly checks: readonly SignatureCheck[] } }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'unknown-version' }

function withinBounds(statement: ReceiptStatement): boolean {
  const { task, origin, admitted, evaluations, work, number, totalEvaluations, totalWork, time } = statement
  return (
    TASK_ID.test(task) &&
    (origin === undefined || isCount(origin, MAX_ORIGIN)) &&
    admitted.length <= MAX_ADMITTED && (admitted.length > 0) === (statement.entered !== statement.before) &&
    isCount(evaluations, MAX_RECEIPT_EVALUATIONS) && evaluations > 0 && isCount(work, MAX_RECEIPT_WORK) &&
    isCount(number) && number > 0 && (number === 1) === (statement.previous === NO_RECEIPT) &&
    isCount(totalEvaluations) && totalEvaluations >= evaluations && isCount(totalWork) && totalWork >= work &&
    isCount(time, MAX_TIME)
  )
}

function isCount(value: number, max: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max
}

function encodePayload(statement: ReceiptStatement, delegation: Uint8Array): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, RECEIPT_VERSION)
    putBytes(to, 2, hexBytes(statement.realm))
    putText(to, 3, statement.task)
    putBytes(to, 4, hexBytes(statement.evaluator))
    putBytes(to, 5, hexBytes(statement.author))
    putBytes(to, 6, delegation)
    putNumber(to, 7, statement.number)
    if (statement.previous !== NO_RECEIPT) putBytes(to, 8, hexBytes(statement.previous))
    if (statement.origin !== undefined) putNumber(to, 9, statement.origin + 1)
    putBytes(to, 10, hexBytes(statement.before))
    for (const cid of statement.admitted) putElement(to, 11, digestOfCid(cid) ?? new Uint8Array(0))
    if (statement.entered !== statement.before) putBytes(to, 12, hexBytes(statement.entered))
    putNumber(to, 13, statement.evaluations)
    putNumber(to, 14, statement.work)
    putBytes(to, 15, hexBytes(statement.after))
    putNumber(to, 16, statement.totalEvaluations)
    putNumber(to, 17, statement.totalWork)
    putNumber(to, 18, statement.time)
  })
}

/** The bytes that the device key signs. @throws RangeError when the statement breaks the bounds of `Receipt` */
export function receiptMessage(statement: ReceiptStatement, delegation: Uint8Array): Uint8Array {
  if (!withinBounds(statement)) throw new RangeError(`A receipt must keep its bounds, got ${JSON.stringify(statement)}`)
  return envelopeMessage(RECEIPT_PURPOSE, encodePayload(statement, delegation))
}

export function encodeReceipt(statement: ReceiptStatement, delegation: Uint8Array, signature: Uint8Array): Uint8Array {
  const payload = encodePayload(statement, delegation)
  return encodeEnvelope(RECEIPT_PURPOSE, { key: hexBytes(statement.device), payload, signature })
}

/** Reads a signed receipt. `checks` must all verify before anything in it may be believed. */
export function decodeReceipt(bytes: Uint8Array): ReceiptResult {
  if (bytes.length > MAX_RECEIPT_BYTES) return { ok: false, reason: 'too-large' }
  const envelope = decodeEnvelope(RECEIPT_PURPOSE, bytes)
  if (!envelope.ok) return envelope
  const { key, payload, check } = envelope.value
  const fields = parseFields(payload, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return { ok: false, reason: 'malformed' }
  if (version !== RECEIPT_VERSION) return { ok: false, reason: 'unknown-version' }
  const decoded = decodeStatement(fields, hexText(key))
  if (decoded === undefined) return { ok: false, reason: 'malformed' }
  const { statement, delegation } = decoded
  if (!bytesEqual(encodePayload(statement, delegation), payload)) return { ok: false, reason: 'malformed' }
  const owner: SignatureCheck = { key: hexBytes(statement.author), message: deviceStatement(key), signature: delegation }
  return { ok: true, value: { receipt: { id: hexText(sha256(bytes)), ...statement }, checks: [check, owner] } }
}

function decodeStatement(fields: Fields, device: string): { statement: ReceiptStatement; delegation: Uint8Array } | undefined {
  const [realm, evaluator, author, before, after] = [2, 4, 5, 10, 15].map((field) => digestText(fields.bytes(field)))
  const [number, origin, evaluations, work, totalEvaluations, totalWork, time] =
    [7, 9, 13, 14, 16, 17, 18].map((field) => fields.number(field))
  const task = fields.text(3, MAX_TASK_LENGTH)
  const delegation = fields.bytes(6)
  const previous = fields.bytes(8)
  const admitted = fields.elements(11, MAX_ADMITTED)
  const entered = fields.bytes(12)
  if (realm === undefined || evaluator === undefined || author === undefined || before === undefined || after === undefined) return undefined
  if (number === undefined || origin === undefined || evaluations === undefined || work === undefined) return undefined
  if (totalEvaluations === undefined || totalWork === undefined || time === undefined) return undefined
  if (task === undefined || delegation?.length !== SIGNATURE_BYTES) return undefined
  if (previous === undefined || (previous.length !== 0 && previous.length !== DIGEST_BYTES)) return undefined
  if (entered === undefined || (entered.length !== 0 && entered.length !== DIGEST_BYTES)) return undefined
  if (admitted?.every((digest) => digest.length === DIGEST_BYTES) !== true) return undefined
  const statement: ReceiptStatement = {
    realm, task, evaluator, author, device, number, before, after, evaluations, work, totalEvaluations, totalWork, time,
    previous: previous.length === 0 ? NO_RECEIPT : hexText(previous),
    origin: origin === 0 ? undefined : origin - 1,
    admitted: admitted.map(cidFromDigest),
    entered: entered.length === 0 ? before : hexText(entered),
  }
  return withinBounds(statement) ? { statement, delegation: delegation.slice() } : undefined
}

function digestText(bytes: Uint8Array | undefined): string | undefined {
  return bytes?.length === DIGEST_BYTES ? hexText(bytes) : undefined
}
