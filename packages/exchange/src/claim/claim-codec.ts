// The bytes of a claim: a protobuf payload, version first, inside a signed envelope. 496 bytes at most, so that every
// claim fits on the channel. Digests stand for CIDs, codes for operators, and the default licence for nothing. Each
// version adds to the one before; a claim has the lowest version that can say it.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { MAX_ANNOUNCEMENT_BYTES, MAX_FITNESS, MAX_OPERATORS, MAX_PARENTS } from '../limits.ts'
import { encodeFields, parseFields, putBytes, putElement, putNumber, putText, type Fields } from '../wire/fields.ts'
import { cidFromDigest, digestOfCid } from './cid-digest.ts'
import { deviceStatement } from './device.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage, SIGNATURE_BYTES, type Purpose } from './envelope.ts'
import { operatorCode, operatorName } from './operator-codes.ts'
import type { SignatureCheck } from '../member/events.ts'
import type { Claim } from './claim.ts'

/** A claim before it is signed: its id is the hash of the signed envelope. */
export type Statement = Omit<Claim, 'id'>

/** The newest version that this release reads and writes. */
export const CLAIM_VERSION = 2
export const DEFAULT_LICENSE = 'Apache-2.0'
/** payloadType: multicodec private use 0x300001 as unsigned varint. */
export const CLAIM_PURPOSE: Purpose = { domain: 'megabrain-claim', payloadType: Uint8Array.of(0x81, 0x80, 0xc0, 0x01) }

const DIGEST_BYTES = 32
const MAX_TASK_LENGTH = 32
const MAX_LICENSE_LENGTH = 32
const MAX_GENERATION = 0xffff_ffff
const MAX_TIME = 0x7fff_ffff_ffff
/** Elements of one message; newer versions have more than ours. */
const MAX_FIELDS = 64
const MAX_NICHE = 255
const PUBLIC_EPISODES = 1
const TASK_ID = /^[a-z0-9-]{1,32}$/
const LICENSE = /^[A-Za-z0-9.+-]{1,32}$/

/** What can be told of a claim without understanding it: these fields keep their place and meaning in every version. */
export interface SealedClaim extends Pick<Claim, 'id' | 'genotype' | 'realm' | 'parents' | 'author' | 'device' | 'time' | 'sequence'> {
  readonly checks: readonly SignatureCheck[]
}

export type ClaimResult =
  | { readonly ok: true; readonly value: { readonly claim: Claim; readonly checks: readonly SignatureCheck[] } }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' }
  /** `sealed` when it is a claim of a newer version; else the envelope holds something else. */
  | { readonly ok: false; readonly reason: 'unknown-version'; readonly sealed?: SealedClaim }

/** @throws RangeError for a statement that breaks the bounds of `Claim`: our own statements never do */
function encodePayload(statement: Statement, delegation: Uint8Array): Uint8Array {
  const genotype = digestOfCid(statement.genotype)
  if (genotype === undefined) throw new RangeError(`A claim must name a genotype's CID, got ${statement.genotype}`)
  return encodeFields((to) => {
    putNumber(to, 1, versionOf(statement))
    putBytes(to, 2, genotype)
    putBytes(to, 3, hexBytes(statement.realm))
    putText(to, 4, statement.task)
    putBytes(to, 5, hexBytes(statement.evaluator))
    putNumber(to, 6, statement.fitness)
    putNumber(to, 7, PUBLIC_EPISODES)
    for (const parent of statement.parents) putElement(to, 8, digestOfCid(parent) ?? new Uint8Array(0))
    putBytes(to, 9, Uint8Array.from(statement.operators, operatorCode))
    putNumber(to, 10, statement.generation)
    if (statement.license !== DEFAULT_LICENSE) putText(to, 11, statement.license)
    putBytes(to, 12, hexBytes(statement.author))
    putBytes(to, 13, delegation)
    putNumber(to, 14, statement.time)
    putNumber(to, 15, statement.sequence)
    putBytes(to, 16, hexBytes(statement.supersedes ?? ''))
    putNumber(to, 17, statement.niche === undefined ? 0 : statement.niche + 1)
  })
}

function versionOf({ supersedes, niche }: Statement): number {
  return supersedes === undefined && niche === undefined ? 1 : 2
}

function withinBounds(statement: Statement): boolean {
  return (
    TASK_ID.test(statement.task) &&
    LICENSE.test(statement.license) &&
    Number.isSafeInteger(statement.fitness) && statement.fitness >= 0 && statement.fitness <= MAX_FITNESS &&
    statement.parents.length <= MAX_PARENTS &&
    statement.operators.length <= MAX_OPERATORS &&
    Number.isSafeInteger(statement.generation) && statement.generation >= 0 && statement.generation <= MAX_GENERATION &&
    Number.isSafeInteger(statement.time) && statement.time >= 0 && statement.time <= MAX_TIME &&
    Number.isSafeInteger(statement.sequence) && statement.sequence >= 0 &&
    (statement.supersedes === undefined || (statement.parents.length === 0 && statement.operators.length === 0)) &&
    (statement.niche === undefined || (Number.isSafeInteger(statement.niche) && statement.niche >= 0 && statement.niche <= MAX_NICHE))
  )
}

function digestText(bytes: Uint8Array | undefined): string | undefined {
  return bytes?.length === DIGEST_BYTES ? hexText(bytes) : undefined
}

interface Read {
  readonly statement: Statement
  readonly delegation: Uint8Array
}

/** Index n reads what version n + 1 added, and leaves what the versions before it said. */
const additions: readonly ((fields: Fields, device: string, before: Read | undefined) => Read | undefined)[] = [readFirst, readSecond]

/** Version 2: what the claim supersedes, and its niche. */
function readSecond(fields: Fields, _: string, before: Read | undefined): Read | undefined {
  const supersedes = fields.bytes(16)
  const niche = fields.number(17)
  if (before === undefined || supersedes === undefined || niche === undefined) return undefined
  const link = digestText(supersedes)
  if (supersedes.length > 0 && link === undefined) return undefined
  const added = { ...(link === undefined ? {} : { supersedes: link }), ...(niche === 0 ? {} : { niche: niche - 1 }) }
  return { ...before, statement: { ...before.statement, ...added } }
}

function readFirst(fields: Fields, device: string): Read | undefined {
  const genotype = fields.bytes(2)
  const realm = digestText(fields.bytes(3))
  const task = fields.text(4, MAX_TASK_LENGTH)
  const evaluator = digestText(fields.bytes(5))
  const fitness = fields.number(6)
  const parents = fields.elements(8, MAX_PARENTS)
  const operators = fields.bytes(9)
  const generation = fields.number(10)
  const license = fields.text(11, MAX_LICENSE_LENGTH)
  const author = digestText(fields.bytes(12))
  const delegation = fields.bytes(13)
  const time = fields.number(14)
  const sequence = fields.number(15)
  if (genotype?.length !== DIGEST_BYTES || parents?.every((parent) => parent.length === DIGEST_BYTES) !== true) return undefined
  if (realm === undefined || task === undefined || evaluator === undefined || fitness === undefined) return undefined
  if (operators === undefined || generation === undefined || license === undefined || author === undefined) return undefined
  if (delegation?.length !== SIGNATURE_BYTES || time === undefined || sequence === undefined) return undefined
  if (fields.number(7) !== PUBLIC_EPISODES) return undefined
  const statement: Statement = {
    genotype: cidFromDigest(genotype),
    realm,
    task,
    evaluator,
    fitness,
    seedRule: 'public',
    parents: parents.map(cidFromDigest),
    operators: Array.from(operators, operatorName),
    generation,
    license: license === '' ? DEFAULT_LICENSE : license,
    author,
    device,
    time,
    sequence,
  }
  return { statement, delegation: delegation.slice() }
}

function readSealed(bytes: Uint8Array, fields: Fields, check: SignatureCheck): SealedClaim | undefined {
  const [genotype, realm, author] = [fields.bytes(2), digestText(fields.bytes(3)), digestText(fields.bytes(12))]
  const [parents, delegation, time, sequence] = [fields.elements(8, MAX_PARENTS), fields.bytes(13), fields.number(14), fields.number(15)]
  if (genotype?.length !== DIGEST_BYTES || parents?.every((parent) => parent.length === DIGEST_BYTES) !== true) return undefined
  if (realm === undefined || author === undefined || delegation?.length !== SIGNATURE_BYTES) return undefined
  if (time === undefined || sequence === undefined) return undefined
  const checks = [check, ownerCheck(author, check.key, delegation.slice())]
  const id = hexText(sha256(bytes))
  const device = hexText(check.key)
  return { id, genotype: cidFromDigest(genotype), realm, parents: parents.map(cidFromDigest), author, device, time, sequence, checks }
}

function ownerCheck(author: string, device: Uint8Array, delegation: Uint8Array): SignatureCheck {
  return { key: hexBytes(author), message: deviceStatement(device), signature: delegation }
}

/** The bytes that the device key signs. @throws RangeError when the statement breaks the bounds of `Claim` */
export function claimMessage(statement: Statement, delegation: Uint8Array): Uint8Array {
  if (!withinBounds(statement)) throw new RangeError(`A claim must keep its bounds, got ${JSON.stringify(statement)}`)
  return envelopeMessage(CLAIM_PURPOSE, encodePayload(statement, delegation))
}

/** The claim as it travels: at most `MAX_ANNOUNCEMENT_BYTES`. */
export function encodeClaim(statement: Statement, delegation: Uint8Array, signature: Uint8Array): Uint8Array {
  const payload = encodePayload(statement, delegation)
  return encodeEnvelope(CLAIM_PURPOSE, { key: hexBytes(statement.device), payload, signature })
}

/** Reads a signed claim. `checks` must all verify before anything in it may be believed. */
export function decodeClaim(bytes: Uint8Array): ClaimResult {
  if (bytes.length > MAX_ANNOUNCEMENT_BYTES) return { ok: false, reason: 'too-large' }
  const envelope = decodeEnvelope(CLAIM_PURPOSE, bytes)
  if (!envelope.ok) return envelope
  const { key, payload, check } = envelope.value
  const fields = parseFields(payload, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return { ok: false, reason: 'malformed' }
  if (version > CLAIM_VERSION) {
    const sealed = readSealed(bytes, fields, check)
    return { ok: false, reason: 'unknown-version', ...(sealed === undefined ? {} : { sealed }) }
  }
  const device = hexText(key)
  const read = additions.slice(0, version).reduce<Read | undefined>((before, add) => add(fields, device, before), undefined)
  if (read === undefined || !withinBounds(read.statement)) return { ok: false, reason: 'malformed' }
  const { statement, delegation } = read
  if (!bytesEqual(encodePayload(statement, delegation), payload)) return { ok: false, reason: 'malformed' }
  const checks = [check, ownerCheck(statement.author, key, delegation)]
  return { ok: true, value: { claim: { id: hexText(sha256(bytes)), ...statement }, checks } }
}
