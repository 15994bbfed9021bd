// The bytes of a realm's policy: a protobuf payload, version first, inside an envelope signed by the realm's owner.
// The same policy always has the same payload.

import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage, type Purpose } from '../claim/envelope.ts'
import { MAX_BODY_BYTES, MAX_FITNESS, MAX_REALM_BYTES, MAX_TASKS_PER_REALM } from '../limits.ts'
import { encodeFields, parseFields, putElement, putNumber, putText } from '../wire/fields.ts'
import { asciiBytes, asciiText } from '../bytes/text.ts'
import { realmId, type Realm } from './realm.ts'
import type { SignatureCheck } from '../member/events.ts'

export const REALM_VERSION = 1
/** payloadType: multicodec private use 0x300002 as unsigned varint. */
export const REALM_PURPOSE: Purpose = { domain: 'megabrain-realm', payloadType: Uint8Array.of(0x82, 0x80, 0xc0, 0x01) }

const NAME = /^[a-z0-9-]{1,32}$/
const LICENSE = /^[A-Za-z0-9.+-]{1,32}$/
const MAX_NAME_LENGTH = 32
const MAX_FIELDS = 64

export type RealmResult =
  | { readonly ok: true; readonly value: { readonly realm: Realm; readonly id: string; readonly check: SignatureCheck } }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'unknown-version' }

function isCount(value: number, max: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max
}

function withinBounds(realm: Realm): boolean {
  const { tasks, limits } = realm
  return (
    NAME.test(realm.name) &&
    LICENSE.test(realm.license) &&
    tasks.length >= 1 && tasks.length <= MAX_TASKS_PER_REALM &&
    tasks.every((task, i) => NAME.test(task) && (i === 0 || tasks[i - 1]! < task)) &&
    isCount(realm.revision) && isCount(realm.threshold, MAX_FITNESS) &&
    isCount(limits.maxBodyBytes, MAX_BODY_BYTES) && isCount(limits.maxNeurons) && isCount(limits.maxLinks) &&
    isCount(limits.maxCost) && isCount(limits.claimsPerMinute)
  )
}

function encodePayload(realm: Realm): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, REALM_VERSION)
    putText(to, 2, realm.name)
    putNumber(to, 3, realm.revision)
    for (const task of realm.tasks) putElement(to, 4, asciiBytes(task))
    putNumber(to, 5, realm.threshold)
    putNumber(to, 6, realm.limits.maxBodyBytes)
    putNumber(to, 7, realm.limits.maxNeurons)
    putNumber(to, 8, realm.limits.maxLinks)
    putNumber(to, 9, realm.limits.maxCost)
    putNumber(to, 10, realm.limits.claimsPerMinute)
    putText(to, 11, realm.license)
  })
}

/** The bytes that the owner key signs. @throws RangeError when the policy breaks the bounds of `Realm` */
export function realmMessage(realm: Realm): Uint8Array {
  if (!withinBounds(realm)) throw new RangeError(`A realm must keep its bounds, got ${JSON.stringify(realm)}`)
  return envelopeMessage(REALM_PURPOSE, encodePayload(realm))
}

/** The signed document. @param signature of `realmMessage(realm)` by `realm.owner` */
export function encodeRealm(realm: Realm, signature: Uint8Array): Uint8Array {
  return encodeEnvelope(REALM_PURPOSE, { key: hexBytes(realm.owner), payload: encodePayload(realm), signature })
}

/** Reads a signed policy. `check` must verify before it may be obeyed. */
export function decodeRealm(bytes: Uint8Array): RealmResult {
  const malformed = { ok: false, reason: 'malformed' } as const
  if (bytes.length > MAX_REALM_BYTES) return { ok: false, reason: 'too-large' }
  const envelope = decodeEnvelope(REALM_PURPOSE, bytes)
  if (!envelope.ok) return envelope
  const { key, payload, check } = envelope.value
  const fields = parseFields(payload, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return malformed
  if (version !== REALM_VERSION) return { ok: false, reason: 'unknown-version' }

  const name = fields.text(2, MAX_NAME_LENGTH)
  const license = fields.text(11, MAX_NAME_LENGTH)
  const tasks = fields.elements(4, MAX_TASKS_PER_REALM)?.map(asciiText)
  const numbers = [3, 5, 6, 7, 8, 9, 10].map((field) => fields.number(field))
  const [revision, threshold, maxBodyBytes, maxNeurons, maxLinks, maxCost, claimsPerMinute] = numbers
  if (name === undefined || license === undefined || tasks === undefined) return malformed
  if (revision === undefined || threshold === undefined || maxBodyBytes === undefined || maxNeurons === undefined) return malformed
  if (maxLinks === undefined || maxCost === undefined || claimsPerMinute === undefined) return malformed
  if (!tasks.every((task) => task !== undefined)) return malformed

  const limits = { maxBodyBytes, maxNeurons, maxLinks, maxCost, claimsPerMinute }
  const realm: Realm = { name, revision, owner: hexText(key), tasks, threshold, limits, license }
  if (!withinBounds(realm) || !bytesEqual(encodePayload(realm), payload)) return malformed
  return { ok: true, value: { realm, id: realmId(realm), check } }
}
