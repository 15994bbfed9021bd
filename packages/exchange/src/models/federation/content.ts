// What the members of a federation say: broadcasts and reports inside signed messages, and what they ask their neighbours.
// Strangers wrote it, so everything ends in undefined that is not exactly what we would have written.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, joinBytes } from '../../bytes/compare.ts'
import { hexBytes, hexText } from '../../bytes/text.ts'
import { KEY_BYTES, SIGNATURE_BYTES } from '../../claim/envelope.ts'
import { MAX_ANNOUNCEMENT_BYTES, MAX_FITNESS, MAX_TASKS_PER_REALM } from '../../limits.ts'
import { encodeFields, parseFields, putBytes, putElement, putNumber } from '../../wire/fields.ts'
import { MAX_SHARD } from './rendezvous.ts'

/** First bytes of a genotype's sha256, hex: enough to tell agents of one round apart. */
export const PREFIX_LENGTH = 16
/** Of a report's id, hex. */
export const REPORT_ID_LENGTH = 16
/** Rows in a report: with them it still fits one announcement. */
export const MAX_ROWS = 24
/** Reports in one request. */
export const MAX_REPORTS_PER_REQUEST = 48

/** One agent of a report. */
export interface Row {
  readonly prefix: string
  readonly fitness: number
  /** Niche number, 0 to 255. */
  readonly species: number
}

/** "I coordinate": said again and again until somebody better does. */
export interface Lease {
  readonly kind: 'lease'
  readonly shard: number
  readonly term: number
  /** The round that is open. */
  readonly round: number
  /** Devices that report to it. */
  readonly members: number
}

export type Fate = 'stays' | 'splits' | 'joins'
const fates: readonly Fate[] = ['stays', 'splits', 'joins']

/** "This is how the round ended": the list itself is asked for by its digest. */
export interface Decision {
  readonly kind: 'decision'
  readonly shard: number
  readonly term: number
  readonly round: number
  readonly members: number
  /** What the shard does next: halves, or its members go back to the shard that it is a half of. */
  readonly fate: Fate
  /** sha256 of the list, hex. */
  readonly list: string
}

export interface Report {
  readonly kind: 'report'
  readonly shard: number
  readonly round: number
  /** Place in the realm's list of tasks. */
  readonly task: number
  /** Distinct, the fittest first. */
  readonly rows: readonly Row[]
}

/** Two decisions that one device signed for one round. */
export interface Proof {
  readonly kind: 'proof'
  readonly device: string
  readonly one: Signed
  readonly other: Signed
}

/** Of a message, what its device's signature needs besides the realm. */
export interface Signed {
  readonly time: number
  readonly content: Uint8Array
  readonly signature: Uint8Array
}

export type Said = Lease | Decision | Report | Proof

const LEASE = 1
const DECISION = 2
const REPORT = 3
const PROOF = 4
const DIGEST_BYTES = 32
const PREFIX_BYTES = PREFIX_LENGTH / 2
const ROW_BYTES = PREFIX_BYTES + 3 + 1
const MAX_FIELDS = 8
/** Far from where counting on would lose precision. */
const MAX_ROUND = 2 ** 40

export function encodeSaid(said: Said): Uint8Array {
  return encodeFields((to) => {
    switch (said.kind) {
      case 'lease':
        return [LEASE, said.shard, said.term, said.round, said.members].forEach((value, i) => putNumber(to, i + 1, value))
      case 'decision':
        ;[DECISION, said.shard, said.term, said.round, said.members, fates.indexOf(said.fate)].forEach((value, i) => putNumber(to, i + 1, value))
        return putBytes(to, 7, hexBytes(said.list))
      case 'report':
        ;[REPORT, said.shard, said.round, said.task].forEach((value, i) => putNumber(to, i + 1, value))
        return putBytes(to, 5, joinBytes(said.rows.map(encodeRow)))
      case 'proof':
        putNumber(to, 1, PROOF)
        putBytes(to, 2, hexBytes(said.device))
        ;[said.one, said.other].forEach(({ time, content, signature }, i) => {
          putNumber(to, 3 + 3 * i, time)
          putBytes(to, 4 + 3 * i, content)
          putBytes(to, 5 + 3 * i, signature)
        })
    }
  })
}

export function decodeSaid(bytes: Uint8Array): Said | undefined {
  const said = readSaid(bytes)
  return said !== undefined && bytesEqual(encodeSaid(said), bytes) ? said : undefined
}

function readSaid(bytes: Uint8Array): Said | undefined {
  const fields = parseFields(bytes, MAX_FIELDS)
  const kind = fields?.number(1)
  if (fields === undefined) return undefined
  if (kind === PROOF) {
    const device = fields.bytes(2)
    const [one, other] = [0, 3].map((from): Signed | undefined => {
      const [time, content, signature] = [fields.number(3 + from), fields.bytes(4 + from), fields.bytes(5 + from)]
      return time === undefined || content === undefined || signature?.length !== SIGNATURE_BYTES ? undefined : { time, content, signature }
    })
    return device?.length !== KEY_BYTES || one === undefined || other === undefined ? undefined : { kind: 'proof', device: hexText(device), one, other }
  }
  const shard = fields.number(2)
  if (shard === undefined || shard < 1 || shard >= MAX_SHARD) return undefined
  if (kind === REPORT) {
    const [round, task, packed] = [fields.number(3), fields.number(4), fields.bytes(5)]
    const rows = packed === undefined || packed.length > MAX_ROWS * ROW_BYTES ? undefined : readRows(packed)
    if (round === undefined || round > MAX_ROUND || task === undefined || task >= MAX_TASKS_PER_REALM || rows === undefined) return undefined
    return { kind: 'report', shard, round, task, rows }
  }
  const [term, round, members] = [fields.number(3), fields.number(4), fields.number(5)]
  if (term === undefined || round === undefined || round > MAX_ROUND || members === undefined) return undefined
  if (kind === LEASE) return { kind: 'lease', shard, term, round, members }
  const [fate, list] = [fates[fields.number(6) ?? fates.length], fields.bytes(7)]
  if (kind !== DECISION || fate === undefined || list?.length !== DIGEST_BYTES) return undefined
  return { kind: 'decision', shard, term, round, members, fate, list: hexText(list) }
}

function encodeRow({ prefix, fitness, species }: Row): Uint8Array {
  return joinBytes([hexBytes(prefix), Uint8Array.of(fitness >>> 16, (fitness >>> 8) & 255, fitness & 255, species)])
}

function readRows(packed: Uint8Array): readonly Row[] | undefined {
  if (packed.length % ROW_BYTES !== 0) return undefined
  const rows = Array.from({ length: packed.length / ROW_BYTES }, (_, i): Row => readRow(packed, i * ROW_BYTES))
  const isSound = rows.every(({ fitness }, i) => fitness <= MAX_FITNESS && (i === 0 || fitness <= rows[i - 1]!.fitness))
  return isSound && new Set(rows.map(({ prefix }) => prefix)).size === rows.length ? rows : undefined
}

function readRow(packed: Uint8Array, at: number): Row {
  const [high, middle, low, species] = packed.subarray(at + PREFIX_BYTES, at + ROW_BYTES)
  return { prefix: hexText(packed.subarray(at, at + PREFIX_BYTES)), fitness: high! * 65_536 + middle! * 256 + low!, species: species! }
}

/** A survivor, and which of the round's reports named it. */
export interface Survivor extends Row {
  /** Place in the list's reports. */
  readonly report: number
}

/** How a round ended, in full. */
export interface SurvivorList {
  /** Of every report that counted. */
  readonly reports: readonly { readonly id: string; readonly task: number }[]
  readonly survivors: readonly Survivor[]
}

/** Twice what a full shard has, so that late reports of a round before count too. */
export const MAX_LISTED_REPORTS = 2_048
export const MAX_SURVIVORS = 8_192
/** A list, bytes: the largest fits one answer. */
export const MAX_LIST_BYTES = MAX_LISTED_REPORTS * (REPORT_ID_LENGTH / 2 + 1) + MAX_SURVIVORS * (ROW_BYTES + 2) + 16

export function encodeList({ reports, survivors }: SurvivorList): Uint8Array {
  return encodeFields((to) => {
    putBytes(to, 1, joinBytes(reports.map(({ id, task }) => joinBytes([hexBytes(id), Uint8Array.of(task)]))))
    putBytes(to, 2, joinBytes(survivors.map(({ report, ...row }) => joinBytes([encodeRow(row), Uint8Array.of(report >>> 8, report & 255)]))))
  })
}

export function listDigest(bytes: Uint8Array): string {
  return hexText(sha256(bytes))
}

export function decodeList(bytes: Uint8Array): SurvivorList | undefined {
  const fields = bytes.length > MAX_LIST_BYTES ? undefined : parseFields(bytes, 2)
  const [listed, survived] = [fields?.bytes(1), fields?.bytes(2)]
  const [one, other] = [REPORT_ID_LENGTH / 2 + 1, ROW_BYTES + 2]
  if (listed === undefined || survived === undefined || listed.length % one !== 0 || survived.length % other !== 0) return undefined
  if (listed.length > MAX_LISTED_REPORTS * one || survived.length > MAX_SURVIVORS * other) return undefined
  const reports = Array.from({ length: listed.length / one }, (_, i) =>
    ({ id: hexText(listed.subarray(i * one, (i + 1) * one - 1)), task: listed[(i + 1) * one - 1]! }))
  const survivors = Array.from({ length: survived.length / other }, (_, i) => {
    const end = (i + 1) * other
    return { ...readRow(survived, i * other), report: survived[end - 2]! * 256 + survived[end - 1]! }
  })
  const list = { reports, survivors }
  return survivors.every(({ report }) => report < reports.length) && bytesEqual(encodeList(list), bytes) ? list : undefined
}

export type Question =
  /** Signed reports on their way to the coordinator of a shard; the answer is empty. */
  | { readonly kind: 'reports'; readonly shard: number; readonly envelopes: readonly Uint8Array[] }
  /** The answer is the list. */
  | { readonly kind: 'list'; readonly digest: string }

const REPORTS = 1
const LIST = 2

export function encodeQuestion(question: Question): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, question.kind === 'reports' ? REPORTS : LIST)
    if (question.kind === 'list') return putBytes(to, 2, hexBytes(question.digest))
    putNumber(to, 3, question.shard)
    for (const envelope of question.envelopes) putElement(to, 4, envelope)
  })
}

export function decodeQuestion(bytes: Uint8Array): Question | undefined {
  const fields = parseFields(bytes, 2 + MAX_REPORTS_PER_REQUEST)
  if (fields?.number(1) === LIST) {
    const digest = fields.bytes(2)
    return digest?.length === DIGEST_BYTES ? { kind: 'list', digest: hexText(digest) } : undefined
  }
  const [shard, envelopes] = [fields?.number(3), fields?.elements(4, MAX_REPORTS_PER_REQUEST)]
  if (fields?.number(1) !== REPORTS || shard === undefined || shard < 1 || shard >= MAX_SHARD || envelopes === undefined) return undefined
  return envelopes.every(({ length }) => length <= MAX_ANNOUNCEMENT_BYTES) ? { kind: 'reports', shard, envelopes } : undefined
}
