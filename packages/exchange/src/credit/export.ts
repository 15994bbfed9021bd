// Credit as a file that anyone can check: JSON lines of signed claims that held, of signed statements and receipts, and at
// the end the exporter's signature over all of it. Whoever reads it gets the same leaderboards as the page that wrote it.

import { sha256 } from '@noble/hashes/sha2.js'
import { asciiBytes, asciiText, hexText } from '../bytes/text.ts'
import { decodeClaim } from '../claim/claim-codec.ts'
import { deviceStatement } from '../claim/device.ts'
import { KEY_BYTES, SIGNATURE_BYTES } from '../claim/envelope.ts'
import type { SignatureCheck } from '../member/events.ts'
import { decodeStatement } from '../registry/statement-codec.ts'
import type { SignedStatement } from '../registry/statement.ts'
import type { Find } from './find.ts'
import { creditKinds, leaderboardsOf, type CreditFacts, type Leaderboards } from './leaderboards.ts'
import { decodeReceipt } from './receipt-codec.ts'
import type { Receipt } from './receipt.ts'

export const EXPORT_FORMAT = 'megabrain-credit'
export const EXPORT_VERSION = 1
/** A file, bytes: far more than an archive and a registry hold. */
export const MAX_EXPORT_BYTES = 67_108_864
const MAX_LINE_LENGTH = 8_192
const MAX_AUDITORS = 64

export interface ExportHeader {
  /** Realm id, hex. */
  readonly realm: string
  /** Milliseconds since 1970 by the exporter's clock. */
  readonly time: number
  /** Owner keys whose audits the exporter counts; `any` counts all. */
  readonly auditors: readonly string[] | 'any'
}

export interface SignedReceipt {
  readonly receipt: Receipt
  readonly envelope: Uint8Array
}

/** What a file holds before it is signed. */
export interface ExportContent extends ExportHeader {
  readonly finds: readonly Find[]
  readonly statements: readonly SignedStatement[]
  /** The last of each of the exporter's chains. */
  readonly receipts: readonly SignedReceipt[]
}

export interface CreditExport extends ExportContent, CreditFacts {
  /** The exporter's owner and device, hex. */
  readonly author: string
  readonly device: string
  /** All must verify before any number of it may be believed. */
  readonly checks: readonly SignatureCheck[]
}

export type ExportRefusal =
  | 'too-large' // more bytes than a file may have
  | 'no-export' // not a file of this kind
  | 'unknown-version' // written by a later release
  | 'malformed' // a line that is not what it should be; `line` counts from 1

export type ExportResult =
  | { readonly ok: true; readonly value: CreditExport }
  | { readonly ok: false; readonly reason: ExportRefusal; readonly line?: number }

export interface ExportSigner {
  readonly owner: Uint8Array
  readonly device: Uint8Array
  readonly delegation: Uint8Array
}

/** The text of a file but for its last line. */
export function exportText({ realm, time, auditors, finds, statements, receipts }: ExportContent): string {
  const kinds = new Set(creditKinds.map(({ kind }) => kind))
  const lines = [
    { format: EXPORT_FORMAT, version: EXPORT_VERSION, realm, time, auditors },
    ...finds.map(({ envelope, fingerprint, links }) => ({ claim: hexText(envelope), fingerprint, links })),
    ...statements.filter(({ kind }) => kinds.has(kind)).map(({ envelope }) => ({ statement: hexText(envelope) })),
    ...receipts.map(({ envelope }) => ({ receipt: hexText(envelope) })),
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** What the exporter's device signs. */
export function exportMessage(text: string): Uint8Array {
  const prefix = asciiBytes('megabrain-export/1:')
  const message = new Uint8Array(prefix.length + KEY_BYTES)
  message.set(prefix)
  message.set(sha256(lineBytes(text)), prefix.length)
  return message
}

/** The whole file. @param signature of `exportMessage(text)` by the device */
export function signedExport(text: string, { owner, device, delegation }: ExportSigner, signature: Uint8Array): Uint8Array {
  const last = { author: hexText(owner), device: hexText(device), delegation: hexText(delegation), signature: hexText(signature) }
  return lineBytes(`${text}${JSON.stringify(last)}\n`)
}

/** A stranger's file. Never throws. */
export function decodeExport(bytes: Uint8Array): ExportResult {
  if (bytes.length > MAX_EXPORT_BYTES) return { ok: false, reason: 'too-large' }
  const lines = linesOf(bytes)
  const header = headerOf(lines?.[0])
  if (lines === undefined || header === undefined) return { ok: false, reason: 'no-export' }
  if (header === 'unknown-version') return { ok: false, reason: 'unknown-version' }
  const finds: Find[] = []
  const statements: SignedStatement[] = []
  const receipts: SignedReceipt[] = []
  const checks: SignatureCheck[] = []
  for (let i = 1; i < lines.length - 1; i++) {
    if (!readLine(parsed(lines[i]!), header.realm, { finds, statements, receipts, checks })) return { ok: false, reason: 'malformed', line: i + 1 }
  }
  const last = parsed(lines.at(-1)!)
  const [owner, device] = [hexOf(last?.author, KEY_BYTES), hexOf(last?.device, KEY_BYTES)]
  const [delegation, signature] = [hexOf(last?.delegation, SIGNATURE_BYTES), hexOf(last?.signature, SIGNATURE_BYTES)]
  if (lines.length < 2 || owner === undefined || device === undefined || delegation === undefined || signature === undefined) {
    return { ok: false, reason: 'malformed', line: lines.length }
  }
  const text = lines.slice(0, -1).map((line) => `${line}\n`).join('')
  checks.push({ key: device, message: exportMessage(text), signature }, { key: owner, message: deviceStatement(device), signature: delegation })
  return { ok: true, value: { ...header, finds, statements, receipts, author: hexText(owner), device: hexText(device), checks } }
}

/** The leaderboards of a file whose `checks` were verified: the numbers of the page that wrote it. */
export function recompute(file: CreditExport, auditors: CreditFacts['auditors'] = file.auditors): Leaderboards {
  return leaderboardsOf({ finds: file.finds, statements: file.statements, auditors })
}

interface Found {
  readonly finds: Find[]
  readonly statements: SignedStatement[]
  readonly receipts: SignedReceipt[]
  readonly checks: SignatureCheck[]
}

function readLine(row: Readonly<Record<string, unknown>> | undefined, realm: string, into: Found): boolean {
  if (row?.claim !== undefined) {
    const envelope = hexOf(row.claim)
    const decoded = envelope === undefined ? undefined : decodeClaim(envelope)
    const { fingerprint, links } = row
    if (envelope === undefined || decoded?.ok !== true || decoded.value.claim.realm !== realm) return false
    if (!isCount(fingerprint, 255) || !isCount(links, 65_536)) return false
    into.finds.push({ claim: decoded.value.claim, envelope, fingerprint, links })
    into.checks.push(...decoded.value.checks)
    return true
  }
  if (row?.statement !== undefined) {
    const envelope = hexOf(row.statement)
    const decoded = envelope === undefined ? undefined : decodeStatement(envelope)
    if (decoded?.ok !== true || decoded.value.statement.realm !== realm) return false
    const { statement, checks } = decoded.value
    const kind = creditKinds.find((one) => one.kind === statement.kind)
    const value = kind?.decode(statement)
    if (kind === undefined || value === undefined) return false
    into.statements.push(statement)
    into.checks.push(...checks, ...(kind.checks?.(value, statement) ?? []))
    return true
  }
  const envelope = hexOf(row?.receipt)
  const decoded = envelope === undefined ? undefined : decodeReceipt(envelope)
  if (envelope === undefined || decoded?.ok !== true || decoded.value.receipt.realm !== realm) return false
  into.receipts.push({ receipt: decoded.value.receipt, envelope })
  into.checks.push(...decoded.value.checks)
  return true
}

function headerOf(line: string | undefined): ExportHeader | 'unknown-version' | undefined {
  const row = line === undefined ? undefined : parsed(line)
  if (row?.format !== EXPORT_FORMAT) return undefined
  if (row.version !== EXPORT_VERSION) return isCount(row.version, 1_000_000) && row.version > EXPORT_VERSION ? 'unknown-version' : undefined
  const { realm, time, auditors } = row
  const isList = Array.isArray(auditors) && auditors.length <= MAX_AUDITORS && auditors.every((key) => hexOf(key, KEY_BYTES) !== undefined)
  if (hexOf(realm, KEY_BYTES) === undefined || !isCount(time, 0x7fff_ffff_ffff) || (auditors !== 'any' && !isList)) return undefined
  return { realm: realm as string, time, auditors: auditors as readonly string[] | 'any' }
}

function isCount(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max
}

/** Lower-case hexadecimal of whole bytes, of `length` bytes if it is given. */
function hexOf(text: unknown, length?: number): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length % 2 !== 0 || (length !== undefined && text.length !== 2 * length)) return undefined
  if (!/^[0-9a-f]*$/.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}

/** Printable ASCII lines; the last one ends like the others. */
function linesOf(bytes: Uint8Array): readonly string[] | undefined {
  const lines: string[] = []
  let start = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 10) continue
    const line = i - start > MAX_LINE_LENGTH ? undefined : asciiText(bytes.subarray(start, i))
    if (line === undefined) return undefined
    lines.push(line)
    start = i + 1
  }
  return start === bytes.length && lines.length > 0 ? lines : undefined
}

function lineBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : undefined
  } catch {
    return undefined
  }
}
