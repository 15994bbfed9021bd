// What members ask one another: a body by its digest, a comparison of archives, an exchange of claims. Protobuf, version
// first; a version or kind that we do not know is ignored, never an error.

import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { HEAD_ID_LENGTH, type Head, type TaskHeads } from '../archive/heads.ts'
import {
  MAX_ANNOUNCEMENT_BYTES,
  MAX_ANSWER_BYTES,
  MAX_BODY_BYTES,
  MAX_CLAIMS_PER_MESSAGE,
  MAX_FITNESS,
  MAX_HEADS_PER_TASK,
  MAX_REQUEST_BYTES,
  MAX_TASKS_PER_REALM,
} from '../limits.ts'
import { encodeFields, parseFields, putBytes, putElement, putNumber, type Fields } from './fields.ts'

export const WIRE_VERSION = 1

export type Request =
  /** Asks for the genotype with this sha256. */
  | { readonly kind: 'pull'; readonly digest: Uint8Array }
  /** Asks for the other archive's root, and its heads when the roots differ. */
  | { readonly kind: 'compare'; readonly root: string }
  /** Hands over signed claims and asks for others by the ids of their heads. */
  | { readonly kind: 'offer'; readonly claims: readonly Uint8Array[]; readonly wants: readonly string[] }

export type Answer =
  | { readonly kind: 'pull'; readonly body: Uint8Array }
  | { readonly kind: 'compare'; readonly root: string; readonly tasks: readonly TaskHeads[] }
  | { readonly kind: 'offer'; readonly claims: readonly Uint8Array[] }

export type WireResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'unknown-version' }

const PULL = 1
const COMPARE = 2
const OFFER = 3
const DIGEST_BYTES = 32
const HEAD_ID_BYTES = HEAD_ID_LENGTH / 2
/** Niche number, fitness big-endian in three bytes, id. */
const HEAD_BYTES = 1 + 3 + HEAD_ID_BYTES
const MAX_TASK_LENGTH = 32
const MAX_FIELDS = 4 + MAX_CLAIMS_PER_MESSAGE + MAX_TASKS_PER_REALM

const malformed = { ok: false, reason: 'malformed' } as const

export function encodeRequest(request: Request): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, WIRE_VERSION)
    if (request.kind === 'pull') {
      putNumber(to, 2, PULL)
      putBytes(to, 3, request.digest)
    } else if (request.kind === 'compare') {
      putNumber(to, 2, COMPARE)
      putBytes(to, 3, hexBytes(request.root))
    } else {
      putNumber(to, 2, OFFER)
      for (const claim of request.claims) putElement(to, 3, claim)
      putBytes(to, 4, joinBytes(request.wants.map(hexBytes)))
    }
  })
}

export function encodeAnswer(answer: Answer): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, WIRE_VERSION)
    if (answer.kind === 'pull') {
      putNumber(to, 2, PULL)
      putBytes(to, 3, answer.body)
    } else if (answer.kind === 'compare') {
      putNumber(to, 2, COMPARE)
      putBytes(to, 3, hexBytes(answer.root))
      for (const task of answer.tasks) putElement(to, 4, encodeTaskHeads(task))
    } else {
      putNumber(to, 2, OFFER)
      for (const claim of answer.claims) putElement(to, 3, claim)
    }
  })
}

export function decodeRequest(bytes: Uint8Array): WireResult<Request> {
  return decodeMessage(bytes, MAX_REQUEST_BYTES, encodeRequest, (fields, kind) => {
    if (kind === PULL) {
      const digest = fields.bytes(3)
      return digest?.length === DIGEST_BYTES ? { kind: 'pull', digest: digest.slice() } : undefined
    }
    if (kind === COMPARE) {
      const root = fields.bytes(3)
      return root?.length === DIGEST_BYTES ? { kind: 'compare', root: hexText(root) } : undefined
    }
    const claims = decodeClaims(fields)
    const wants = fields.bytes(4)
    if (claims === undefined || wants === undefined) return undefined
    if (wants.length % HEAD_ID_BYTES !== 0 || wants.length > MAX_CLAIMS_PER_MESSAGE * HEAD_ID_BYTES) return undefined
    return { kind: 'offer', claims, wants: chunks(wants, HEAD_ID_BYTES).map(hexText) }
  })
}

export function decodeAnswer(bytes: Uint8Array): WireResult<Answer> {
  return decodeMessage(bytes, MAX_ANSWER_BYTES, encodeAnswer, (fields, kind) => {
    if (kind === PULL) {
      const body = fields.bytes(3)
      return body !== undefined && body.length > 0 && body.length <= MAX_BODY_BYTES ? { kind: 'pull', body: body.slice() } : undefined
    }
    if (kind === COMPARE) {
      const root = fields.bytes(3)
      const tasks = fields.elements(4, MAX_TASKS_PER_REALM)?.map(decodeTaskHeads)
      if (root?.length !== DIGEST_BYTES || tasks === undefined || !tasks.every((task) => task !== undefined)) return undefined
      return { kind: 'compare', root: hexText(root), tasks }
    }
    const claims = decodeClaims(fields)
    return claims === undefined ? undefined : { kind: 'offer', claims }
  })
}

function decodeMessage<T>(
  bytes: Uint8Array,
  maxBytes: number,
  encode: (value: T) => Uint8Array,
  decode: (fields: Fields, kind: number) => T | undefined,
): WireResult<T> {
  if (bytes.length > maxBytes) return { ok: false, reason: 'too-large' }
  const fields = parseFields(bytes, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return malformed
  if (version !== WIRE_VERSION) return { ok: false, reason: 'unknown-version' }
  const kind = fields.number(2)
  if (kind === undefined || kind === 0) return malformed
  if (kind > OFFER) return { ok: false, reason: 'unknown-version' }
  const value = decode(fields, kind)
  return value !== undefined && bytesEqual(encode(value), bytes) ? { ok: true, value } : malformed
}

/** Sizes only: each claim is read by admission, which counts what is wrong with it. */
function decodeClaims(fields: Fields): readonly Uint8Array[] | undefined {
  const claims = fields.elements(3, MAX_CLAIMS_PER_MESSAGE)
  if (claims?.every((claim) => claim.length > 0 && claim.length <= MAX_ANNOUNCEMENT_BYTES) !== true) return undefined
  return claims.map((claim) => claim.slice())
}

function encodeTaskHeads({ task, evaluator, heads }: TaskHeads): Uint8Array {
  return encodeFields((to) => {
    putBytes(to, 1, asciiBytes(task))
    putBytes(to, 2, hexBytes(evaluator))
    putBytes(to, 3, joinBytes(heads.map(encodeHead)))
  })
}

function decodeTaskHeads(bytes: Uint8Array): TaskHeads | undefined {
  const fields = parseFields(bytes, 3)
  const task = fields?.text(1, MAX_TASK_LENGTH)
  const evaluator = fields?.bytes(2)
  const packed = fields?.bytes(3)
  if (task === undefined || task === '' || evaluator?.length !== DIGEST_BYTES || packed === undefined) return undefined
  if (packed.length % HEAD_BYTES !== 0 || packed.length > MAX_HEADS_PER_TASK * HEAD_BYTES) return undefined
  const heads = chunks(packed, HEAD_BYTES).map(decodeHead)
  if (!heads.every(({ niche, fitness }, i) => fitness <= MAX_FITNESS && (i === 0 || heads[i - 1]!.niche < niche))) return undefined
  return { task, evaluator: hexText(evaluator), heads }
}

function encodeHead({ niche, fitness, id }: Head): Uint8Array {
  return joinBytes([Uint8Array.of(niche, fitness >>> 16, (fitness >>> 8) & 255, fitness & 255), hexBytes(id)])
}

function decodeHead(bytes: Uint8Array): Head {
  return { niche: bytes[0]!, fitness: bytes[1]! * 65_536 + bytes[2]! * 256 + bytes[3]!, id: hexText(bytes.subarray(4)) }
}

function chunks(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}
