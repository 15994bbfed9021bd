// How verified entries lie in an archive: one row for the claim under its niche, one for the body under its CID. A
// better entry of the same niche overwrites the claim's row, so what is stored cannot outgrow the niches.

import { cidOf } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { decodeClaim } from '../claim/claim-codec.ts'
import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { MAX_FITNESS } from '../limits.ts'
import { encodeFields, parseFields, putBytes, putNumber } from '../wire/fields.ts'
import type { Change } from '../ports.ts'
import { nicheOf } from './niche.ts'
import type { Entry } from './entry.ts'

/** The newest version that this release reads and writes; a row has the lowest version that can say it. */
const ROW_VERSION = 3
const MAX_FINGERPRINT = 255
const MAX_FIELDS = 9
const CHECKSUM_BYTES = 8
const EVALUATOR_BYTES = 32

/** Prefixes of the two kinds of rows of one realm. */
export function rowPrefixes(realm: string): { readonly claims: string; readonly bodies: string } {
  return { claims: `claim/${realm}/`, bodies: `body/${realm}/` }
}

/** The change that stores a body, or with `undefined` removes it. */
export function bodyRow(realm: string, cid: string, body: Uint8Array | undefined): Change {
  return { key: rowPrefixes(realm).bodies + cid, value: body }
}

/** Key of the row that holds the claim of an entry: one for each niche. */
export function claimRowKey(entry: Entry): string {
  return rowPrefixes(entry.claim.realm).claims + nicheOf(entry)
}

type ClaimRow = Pick<Entry, 'envelope' | 'fingerprint' | 'links' | 'origin'> & {
  /** What was measured here, where it is not what was signed. */
  readonly measured: { readonly evaluator: string; readonly fitness: number } | undefined
  /** Its body was given up for others. */
  readonly isBodiless: boolean
}

function encodeClaimRow({ envelope, fingerprint, links, measured, origin, isBodiless }: ClaimRow): Uint8Array {
  const version = isBodiless ? ROW_VERSION : measured === undefined && origin === undefined ? 1 : 2
  const content = encodeFields((to) => {
    putNumber(to, 1, version)
    putBytes(to, 2, envelope)
    putNumber(to, 3, fingerprint)
    putNumber(to, 4, links)
  })
  const added = encodeFields((to) => {
    putBytes(to, 6, hexBytes(measured?.evaluator ?? ''))
    putNumber(to, 7, measured?.fitness ?? 0)
    putBytes(to, 8, origin ?? new Uint8Array(0))
    putNumber(to, 9, isBodiless ? 1 : 0)
  })
  // Against bit rot and torn writes: what was measured is signed by nobody.
  const checksum = sha256(joinBytes([content, added])).subarray(0, CHECKSUM_BYTES)
  return joinBytes([content, encodeFields((to) => putBytes(to, 5, checksum)), added])
}

/** The changes that store `entry`. The body of the one it replaces stays until the member has no more use for it. */
export function rowsOf(entry: Entry): readonly Change[] {
  const { evaluator, fitness } = entry.claim
  const isBodiless = entry.body.length === 0
  const measured = entry.former === undefined ? undefined : { evaluator, fitness }
  return [
    { key: claimRowKey(entry), value: encodeClaimRow({ ...entry, measured, isBodiless }) },
    bodyRow(entry.claim.realm, entry.claim.genotype, isBodiless ? undefined : entry.body),
  ]
}

/** The changes that remove `entry`. */
export function removalOf(entry: Entry): readonly Change[] {
  return rowsOf(entry).map(({ key }) => ({ key, value: undefined }))
}

export type EntryResult =
  | { readonly ok: true; readonly value: Entry }
  | { readonly ok: false; readonly reason: 'malformed' | 'unknown-version' | 'wrong-content' }

/** Reads a stored entry back. Signatures and fitness were checked before it was stored; the content is checked here. */
export function entryFromRows(claimRow: Uint8Array, body: Uint8Array | undefined): EntryResult {
  const malformed = { ok: false, reason: 'malformed' } as const
  const fields = parseFields(claimRow, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return malformed
  if (version > ROW_VERSION) return { ok: false, reason: 'unknown-version' }
  const envelope = fields.bytes(2)?.slice()
  const fingerprint = fields.number(3)
  const links = fields.number(4)
  if (envelope === undefined || fingerprint === undefined || links === undefined || fingerprint > MAX_FINGERPRINT) return malformed
  const [evaluator, fitness, origin, bodiless] = [fields.bytes(6), fields.number(7), fields.bytes(8), fields.number(9)]
  if (evaluator === undefined || fitness === undefined || origin === undefined || fitness > MAX_FITNESS) return malformed
  if (evaluator.length !== 0 && evaluator.length !== EVALUATOR_BYTES) return malformed
  const measured = evaluator.length === 0 ? undefined : { evaluator: hexText(evaluator), fitness }
  const isBodiless = bodiless === 1
  const row: ClaimRow = { envelope, fingerprint, links, measured, origin: origin.length === 0 ? undefined : origin.slice(), isBodiless }
  if (!bytesEqual(encodeClaimRow(row), claimRow)) return malformed
  const decoded = decodeClaim(envelope)
  if (!decoded.ok) return { ok: false, reason: decoded.reason === 'unknown-version' ? 'unknown-version' : 'malformed' }
  const { claim } = decoded.value
  // A body that was given up may have come back since, as one that no entry needs.
  const present = isBodiless ? new Uint8Array(0) : body
  if (present === undefined || (!isBodiless && cidOf(present) !== claim.genotype)) return { ok: false, reason: 'wrong-content' }
  const plain: Entry = { claim, envelope, body: present, fingerprint, links, ...(row.origin === undefined ? {} : { origin: row.origin }) }
  if (measured === undefined) return { ok: true, value: plain }
  const former = { evaluator: claim.evaluator, fitness: claim.fitness }
  return { ok: true, value: { ...plain, claim: { ...claim, ...measured }, former } }
}

export interface Restored {
  readonly entries: readonly Entry[]
  /** Bodies that belong to none of the entries, by CID. */
  readonly bodies: ReadonlyMap<string, Uint8Array>
  /** Keys of rows that could not be read back. Those of a newer version are not among them: they wait for a newer release. */
  readonly damaged: readonly string[]
}

/** Entries from everything stored under a realm's two prefixes. */
export function restoreEntries(rows: readonly { readonly key: string; readonly value: Uint8Array }[]): Restored {
  const bodyRows = rows.filter(({ key }) => key.startsWith('body/'))
  const bodies = new Map(bodyRows.map(({ key, value }) => [cidIn(key), value]))
  const entries: Entry[] = []
  const damaged: string[] = []
  for (const { key, value } of rows) {
    if (!key.startsWith('claim/')) continue
    const claim = genotypeIn(value)
    const result = entryFromRows(value, claim === undefined ? undefined : bodies.get(claim))
    if (result.ok) entries.push(result.value)
    else if (result.reason !== 'unknown-version') damaged.push(key)
  }
  for (const { claim, body } of entries) if (body.length > 0) bodies.delete(claim.genotype)
  for (const { key, value } of bodyRows) if (bodies.has(cidIn(key)) && cidOf(value) !== cidIn(key)) damaged.push(key)
  for (const key of damaged) bodies.delete(cidIn(key))
  return { entries, bodies, damaged }
}

function cidIn(bodyKey: string): string {
  return bodyKey.slice(bodyKey.lastIndexOf('/') + 1)
}

function genotypeIn(claimRow: Uint8Array): string | undefined {
  const envelope = parseFields(claimRow, MAX_FIELDS)?.bytes(2)
  const decoded = envelope === undefined ? undefined : decodeClaim(envelope)
  return decoded?.ok === true ? decoded.value.claim.genotype : undefined
}
