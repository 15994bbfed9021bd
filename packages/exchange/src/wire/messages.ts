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
  MAX_HELD,
  MAX_REQUEST_BYTES,
  MAX_STATEMENT_HEADS,
  MAX_STATEMENTS_PER_MESSAGE,
  MAX_TASKS_PER_REALM,
} from '../limits.ts'
import { BUCKET_BYTES, BUCKETS } from '../registry/registry.ts'
import { decodeReceipts, decodeReplay, putCreditAnswer, type CreditAnswer } from './credit-answers.ts'
import { encodeFields, parseFields, putBytes, putElement, putNumber, putText, type Fields } from './fields.ts'

/** Each message is of the lowest version that can say it, so that members who know only that one understand. */
export const WIRE_VERSION = 2
const FIRST_VERSION = 1

export type Request =
  /**
   * Asks for the genotype with this sha256. Since version 2 it names at most four digests of bodies that the asker holds,
   * and the answer is a parcel.
   */
  | { readonly kind: 'pull'; readonly digest: Uint8Array; readonly held?: readonly Uint8Array[] }
  /**
   * Asks for the other archive's root, and its heads when the roots differ; since version 2 the same of the registry of
   * statements, whose root is empty while it holds none.
   */
  | { readonly kind: 'compare'; readonly root: string; readonly registry?: string }
  /** Hands over signed claims and asks for others by the ids of their heads. */
  | { readonly kind: 'offer'; readonly claims: readonly Uint8Array[]; readonly wants: readonly string[] }
  /**
   * Hands over signed statements, and the heads of all that the asker holds from head `from` to head `to`: the answer brings
   * what it lacks there. An empty range (`from` above `to`) only hands over.
   */
  | {
      readonly kind: 'statements'
      readonly statements: readonly Uint8Array[]
      readonly from: string
      readonly to: string
      readonly heads: readonly string[]
    }
  /** Asks for the receipts of the answerer's chain of a task after a number; when it has none, for those of its latest chain. */
  | { readonly kind: 'receipts'; readonly task: string; readonly after: number }
  /** Asks for what it takes to run one of them again. */
  | { readonly kind: 'replay'; readonly task: string; readonly number: number }
  /** Of the realm's distribution model, in that model's own encoding; so is the answer. */
  | { readonly kind: 'model'; readonly content: Uint8Array }

export type Answer =
  | { readonly kind: 'pull'; readonly body: Uint8Array }
  | Parcel
  | {
      readonly kind: 'compare'
      readonly root: string
      readonly tasks: readonly TaskHeads[]
      readonly registry?: string
      /** Digests of the parts of the registry; only when its roots differ. */
      readonly buckets?: Uint8Array
    }
  | { readonly kind: 'offer'; readonly claims: readonly Uint8Array[] }
  /** Statements that the asker lacks, and heads of those that the answerer lacks. */
  | { readonly kind: 'statements'; readonly statements: readonly Uint8Array[]; readonly wants: readonly string[] }
  | CreditAnswer
  | { readonly kind: 'model'; readonly content: Uint8Array }

/** A body on its way, as `parcel.ts` packs it. */
export interface Parcel {
  readonly kind: 'parcel'
  /** Empty: this member does not have the body. */
  readonly content: Uint8Array
  /** 0: the content is the canonical genotype; k: edits of the k-th body that the asker said it holds. */
  readonly base: number
  /** 0: the content as it is; else it is deflated and inflates to this many bytes. */
  readonly inflated: number
}

export type WireResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'unknown-version' }

const PULL = 1
const COMPARE = 2
const OFFER = 3
/** Since version 2. */
const STATEMENTS = 4
const RECEIPTS = 5
const REPLAY = 6
/** Who does not know it refuses it, like any kind it does not know. */
const MODEL = 7
const DIGEST_BYTES = 32
const HEAD_ID_BYTES = HEAD_ID_LENGTH / 2
/** Niche number, fitness big-endian in three bytes, id. */
const HEAD_BYTES = 1 + 3 + HEAD_ID_BYTES
const MAX_TASK_LENGTH = 32
const MAX_FIELDS = 6 + MAX_CLAIMS_PER_MESSAGE + MAX_TASKS_PER_REALM
const BUCKETS_BYTES = BUCKETS * BUCKET_BYTES

const malformed = { ok: false, reason: 'malformed' } as const

export function encodeRequest(request: Request): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, versionOf(request))
    if (request.kind === 'pull') {
      putNumber(to, 2, PULL)
      putBytes(to, 3, request.digest)
      putBytes(to, 4, joinBytes(request.held ?? []))
    } else if (request.kind === 'compare') {
      putNumber(to, 2, COMPARE)
      putBytes(to, 3, hexBytes(request.root))
      putBytes(to, 4, hexBytes(request.registry ?? ''))
    } else if (request.kind === 'offer') {
      putNumber(to, 2, OFFER)
      for (const claim of request.claims) putElement(to, 3, claim)
      putBytes(to, 4, joinBytes(request.wants.map(hexBytes)))
    } else if (request.kind === 'receipts' || request.kind === 'replay') {
      putNumber(to, 2, request.kind === 'receipts' ? RECEIPTS : REPLAY)
      putText(to, 3, request.task)
      putNumber(to, 4, request.kind === 'receipts' ? request.after : request.number)
    } else if (request.kind === 'model') {
      putNumber(to, 2, MODEL)
      putBytes(to, 3, request.content)
    } else {
      putNumber(to, 2, STATEMENTS)
      for (const statement of request.statements) putElement(to, 3, statement)
      putBytes(to, 4, hexBytes(request.from))
      putBytes(to, 5, hexBytes(request.to))
      putBytes(to, 6, joinBytes(request.heads.map(hexBytes)))
    }
  })
}

export function encodeAnswer(answer: Answer): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, versionOf(answer))
    if (answer.kind === 'pull') {
      putNumber(to, 2, PULL)
      putBytes(to, 3, answer.body)
    } else if (answer.kind === 'parcel') {
      putNumber(to, 2, PULL)
      putBytes(to, 3, answer.content)
      putNumber(to, 4, answer.base)
      putNumber(to, 5, answer.inflated)
    } else if (answer.kind === 'compare') {
      putNumber(to, 2, COMPARE)
      putBytes(to, 3, hexBytes(answer.root))
      for (const task of answer.tasks) putElement(to, 4, encodeTaskHeads(task))
      putBytes(to, 5, hexBytes(answer.registry ?? ''))
      putBytes(to, 6, answer.buckets ?? new Uint8Array(0))
    } else if (answer.kind === 'offer') {
      putNumber(to, 2, OFFER)
      for (const claim of answer.claims) putElement(to, 3, claim)
    } else if (answer.kind === 'receipts' || answer.kind === 'replay') {
      putNumber(to, 2, answer.kind === 'receipts' ? RECEIPTS : REPLAY)
      putCreditAnswer(to, answer)
    } else if (answer.kind === 'model') {
      putNumber(to, 2, MODEL)
      putBytes(to, 3, answer.content)
    } else {
      putNumber(to, 2, STATEMENTS)
      for (const statement of answer.statements) putElement(to, 3, statement)
      putBytes(to, 4, joinBytes(answer.wants.map(hexBytes)))
    }
  })
}

/** Which version of this page a message is of. */
export function versionOf(message: Request | Answer): number {
  const isOfTwo =
    message.kind === 'statements' || message.kind === 'parcel' || message.kind === 'receipts' || message.kind === 'replay' || message.kind === 'model' ||
    (message.kind === 'compare' && message.registry !== undefined) || ('held' in message && message.held !== undefined)
  return isOfTwo ? WIRE_VERSION : FIRST_VERSION
}

export function decodeRequest(bytes: Uint8Array): WireResult<Request> {
  return decodeMessage(bytes, MAX_REQUEST_BYTES, encodeRequest, (fields, kind, version) => {
    if (kind === PULL) {
      const digest = fields.bytes(3)
      if (digest?.length !== DIGEST_BYTES) return undefined
      if (version === FIRST_VERSION) return { kind: 'pull', digest: digest.slice() }
      const held = fields.bytes(4)
      if (held === undefined || held.length % DIGEST_BYTES !== 0 || held.length > MAX_HELD * DIGEST_BYTES) return undefined
      return { kind: 'pull', digest: digest.slice(), held: chunks(held.slice(), DIGEST_BYTES) }
    }
    if (kind === COMPARE) {
      const root = fields.bytes(3)
      const registry = version === FIRST_VERSION ? undefined : decodeRoot(fields.bytes(4))
      if (root?.length !== DIGEST_BYTES || registry === null) return undefined
      return { kind: 'compare', root: hexText(root), ...(registry === undefined ? {} : { registry }) }
    }
    if (kind === STATEMENTS) {
      const statements = decodeElements(fields, MAX_STATEMENTS_PER_MESSAGE)
      const [from, to, heads] = [fields.bytes(4), fields.bytes(5), decodeHeadIds(fields.bytes(6), MAX_STATEMENT_HEADS)]
      if (statements === undefined || heads === undefined || from?.length !== HEAD_ID_BYTES || to?.length !== HEAD_ID_BYTES) return undefined
      return { kind: 'statements', statements, from: hexText(from), to: hexText(to), heads }
    }
    if (kind === RECEIPTS || kind === REPLAY) {
      const [task, number] = [fields.text(3, MAX_TASK_LENGTH), fields.number(4)]
      if (task === undefined || number === undefined) return undefined
      return kind === RECEIPTS ? { kind: 'receipts', task, after: number } : { kind: 'replay', task, number }
    }
    if (kind === MODEL) return decodeContent(fields)
    const claims = decodeElements(fields, MAX_CLAIMS_PER_MESSAGE)
    const wants = decodeHeadIds(fields.bytes(4), MAX_CLAIMS_PER_MESSAGE)
    return claims === undefined || wants === undefined ? undefined : { kind: 'offer', claims, wants }
  })
}

export function decodeAnswer(bytes: Uint8Array): WireResult<Answer> {
  return decodeMessage(bytes, MAX_ANSWER_BYTES, encodeAnswer, (fields, kind, version) => {
    if (kind === PULL) {
      const body = fields.bytes(3)
      if (body === undefined || body.length > MAX_BODY_BYTES) return undefined
      if (version !== FIRST_VERSION) return decodeParcel(body.slice(), fields.number(4), fields.number(5))
      return body.length > 0 ? { kind: 'pull', body: body.slice() } : undefined
    }
    if (kind === COMPARE) {
      const root = fields.bytes(3)
      const tasks = fields.elements(4, MAX_TASKS_PER_REALM)?.map(decodeTaskHeads)
      if (root?.length !== DIGEST_BYTES || tasks === undefined || !tasks.every((task) => task !== undefined)) return undefined
      const plain = { kind: 'compare', root: hexText(root), tasks } as const
      if (version === FIRST_VERSION) return plain
      const [registry, buckets] = [decodeRoot(fields.bytes(5)), fields.bytes(6)]
      if (registry === null || (buckets?.length !== 0 && buckets?.length !== BUCKETS_BYTES)) return undefined
      return { ...plain, registry, ...(buckets.length === 0 ? {} : { buckets: buckets.slice() }) }
    }
    if (kind === STATEMENTS) {
      const statements = decodeElements(fields, MAX_STATEMENTS_PER_MESSAGE)
      const wants = decodeHeadIds(fields.bytes(4), MAX_STATEMENTS_PER_MESSAGE)
      return statements === undefined || wants === undefined ? undefined : { kind: 'statements', statements, wants }
    }
    if (kind === RECEIPTS) return decodeReceipts(fields)
    if (kind === REPLAY) return decodeReplay(fields)
    if (kind === MODEL) return decodeContent(fields)
    const claims = decodeElements(fields, MAX_CLAIMS_PER_MESSAGE)
    return claims === undefined ? undefined : { kind: 'offer', claims }
  })
}

function decodeContent(fields: Fields): { readonly kind: 'model'; readonly content: Uint8Array } | undefined {
  const content = fields.bytes(3)
  return content === undefined ? undefined : { kind: 'model', content: content.slice() }
}

function decodeParcel(content: Uint8Array, base: number | undefined, inflated: number | undefined): Parcel | undefined {
  if (base === undefined || base > MAX_HELD || inflated === undefined || inflated > MAX_BODY_BYTES) return undefined
  if (content.length === 0 && (base > 0 || inflated > 0)) return undefined
  return { kind: 'parcel', content, base, inflated }
}

function decodeMessage<T>(
  bytes: Uint8Array,
  maxBytes: number,
  encode: (value: T) => Uint8Array,
  decode: (fields: Fields, kind: number, version: number) => T | undefined,
): WireResult<T> {
  if (bytes.length > maxBytes) return { ok: false, reason: 'too-large' }
  const fields = parseFields(bytes, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return malformed
  if (version > WIRE_VERSION) return { ok: false, reason: 'unknown-version' }
  const kind = fields.number(2)
  if (kind === undefined || kind === 0) return malformed
  if (kind > (version === FIRST_VERSION ? OFFER : MODEL)) return { ok: false, reason: 'unknown-version' }
  const value = decode(fields, kind, version)
  return value !== undefined && bytesEqual(encode(value), bytes) ? { ok: true, value } : malformed
}

/** Claims or statements. Sizes only: each is read by admission, which counts what is wrong with it. */
function decodeElements(fields: Fields, max: number): readonly Uint8Array[] | undefined {
  const elements = fields.elements(3, max)
  if (elements?.every(({ length }) => length > 0 && length <= MAX_ANNOUNCEMENT_BYTES) !== true) return undefined
  return elements.map((element) => element.slice())
}

function decodeHeadIds(bytes: Uint8Array | undefined, max: number): readonly string[] | undefined {
  if (bytes === undefined || bytes.length % HEAD_ID_BYTES !== 0 || bytes.length > max * HEAD_ID_BYTES) return undefined
  return chunks(bytes, HEAD_ID_BYTES).map(hexText)
}

/** A registry's root, empty for an empty one; null for bytes that are none. */
function decodeRoot(bytes: Uint8Array | undefined): string | null {
  return bytes?.length === 0 || bytes?.length === DIGEST_BYTES ? hexText(bytes) : null
}

function encodeTaskHeads({ task, evaluator, heads }: TaskHeads): Uint8Array {
  const packed = new Uint8Array(heads.length * HEAD_BYTES)
  heads.forEach(({ niche, fitness, id }, i) => {
    packed.set([niche, fitness >>> 16, (fitness >>> 8) & 255, fitness & 255], i * HEAD_BYTES)
    packed.set(hexBytes(id), i * HEAD_BYTES + HEAD_BYTES - HEAD_ID_BYTES)
  })
  return encodeFields((to) => {
    putBytes(to, 1, asciiBytes(task))
    putBytes(to, 2, hexBytes(evaluator))
    putBytes(to, 3, packed)
  })
}

function decodeTaskHeads(bytes: Uint8Array): TaskHeads | undefined {
  const fields = parseFields(bytes, 3)
  const task = fields?.text(1, MAX_TASK_LENGTH)
  const evaluator = fields?.bytes(2)
  const packed = fields?.bytes(3)
  if (task === undefined || task === '' || evaluator?.length !== DIGEST_BYTES || packed === undefined) return undefined
  if (packed.length % HEAD_BYTES !== 0 || packed.length > MAX_HEADS_PER_TASK * HEAD_BYTES) return undefined
  for (let at = 0, last = -1; at < packed.length; at += HEAD_BYTES) {
    if (fitnessAt(packed, at) > MAX_FITNESS || packed[at]! <= last) return undefined
    last = packed[at]!
  }
  // Read when they are wanted, one task at a time: as objects they take ten times the room.
  return { task, evaluator: hexText(evaluator), get heads() { return chunks(packed, HEAD_BYTES).map(decodeHead) } }
}

function decodeHead(packed: Uint8Array): Head {
  return { niche: packed[0]!, fitness: fitnessAt(packed, 0), id: hexText(packed.subarray(HEAD_BYTES - HEAD_ID_BYTES)) }
}

function fitnessAt(packed: Uint8Array, at: number): number {
  return packed[at + 1]! * 65_536 + packed[at + 2]! * 256 + packed[at + 3]!
}

function chunks(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / size }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}
