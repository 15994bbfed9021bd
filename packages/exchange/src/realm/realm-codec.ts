// The bytes of a realm's policy: a protobuf payload, version first, inside an envelope signed by the realm's owner.
// The same policy always has the same payload: that of the lowest version which can say it, so that releases that know only
// this one read it. Version 1 is read and no longer written; what it did not say is filled in.

import { bytesEqual } from '../bytes/compare.ts'
import { hexBytes, hexText } from '../bytes/text.ts'
import { decodeEnvelope, encodeEnvelope, envelopeMessage, KEY_BYTES, type Purpose } from '../claim/envelope.ts'
import { MAX_REALM_BYTES, MAX_TASKS_PER_REALM } from '../limits.ts'
import { encodeFields, parseFields, putElement, putNumber, putText, type Fields } from '../wire/fields.ts'
import { asciiBytes, asciiText } from '../bytes/text.ts'
import { faultOfRealm, MAX_BEACON_SIGNERS, MAX_MODERATORS, MAX_PLEDGE_LENGTH, MAX_PUBLISHERS, MAX_TERMS_LENGTH } from './realm-bounds.ts'
import { decodeModel, encodeModel } from './model-policy.ts'
import { realmId, secondVersionDefaults, type Containment, type PublishRule, type Realm, type Stage } from './realm.ts'
import type { SignatureCheck } from '../member/events.ts'

export const REALM_VERSION = 3
const FIRST_VERSION = 1
/** Has all but the model. */
const SECOND_VERSION = 2
/** payloadType: multicodec private use 0x300002 as unsigned varint. */
export const REALM_PURPOSE: Purpose = { domain: 'megabrain-realm', payloadType: Uint8Array.of(0x82, 0x80, 0xc0, 0x01) }

const publishRules: readonly PublishRule[] = ['open', 'listed', 'invited']
const MAX_NAME_LENGTH = 32
const MAX_FIELDS = 32 + 3 * MAX_TASKS_PER_REALM + MAX_PUBLISHERS + MAX_MODERATORS + MAX_BEACON_SIGNERS

export type RealmResult =
  | { readonly ok: true; readonly value: { readonly realm: Realm; readonly id: string; readonly check: SignatureCheck } }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'unknown-version' }

function encodePayload(realm: Realm, version: number): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, version)
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
    if (version === FIRST_VERSION) return
    putNumber(to, 12, publishRules.indexOf(realm.publish))
    for (const key of realm.publishers) putElement(to, 13, hexBytes(key))
    for (const key of realm.moderators) putElement(to, 14, hexBytes(key))
    putText(to, 15, realm.terms)
    putText(to, 16, realm.pledge)
    putNumber(to, 17, realm.containment)
    putNumber(to, 18, realm.capacity)
    for (const stage of realm.stages) putElement(to, 19, encodeStage(stage))
    for (const key of realm.beaconSigners) putElement(to, 20, hexBytes(key))
    for (const task of realm.subscription.tasks) putElement(to, 21, asciiBytes(task))
    putNumber(to, 22, realm.subscription.minimumFitness)
    if (realm.origin !== '') putElement(to, 23, hexBytes(realm.origin))
    if (version > SECOND_VERSION && realm.model !== undefined) putElement(to, 24, encodeModel(realm.model))
  })
}

/** The lowest that can say it. */
function versionFor({ model }: Realm): number {
  return model === undefined ? SECOND_VERSION : REALM_VERSION
}

function encodeStage({ task, goal }: Stage): Uint8Array {
  return encodeFields((to) => {
    putText(to, 1, task)
    putNumber(to, 2, goal)
  })
}

/** The bytes that the owner key signs. @throws RangeError when the policy breaks the bounds of `Realm` */
export function realmMessage(realm: Realm): Uint8Array {
  const fault = faultOfRealm(realm)
  if (fault !== undefined) throw new RangeError(`A realm must keep its bounds: ${fault}`)
  return envelopeMessage(REALM_PURPOSE, encodePayload(realm, versionFor(realm)))
}

/** The signed document. @param signature of `realmMessage(realm)` by `realm.owner` */
export function encodeRealm(realm: Realm, signature: Uint8Array): Uint8Array {
  return encodeEnvelope(REALM_PURPOSE, { key: hexBytes(realm.owner), payload: encodePayload(realm, versionFor(realm)), signature })
}

/** Reads a signed policy of any known version. `check` must verify before it may be obeyed. */
export function decodeRealm(bytes: Uint8Array): RealmResult {
  const malformed = { ok: false, reason: 'malformed' } as const
  if (bytes.length > MAX_REALM_BYTES) return { ok: false, reason: 'too-large' }
  const envelope = decodeEnvelope(REALM_PURPOSE, bytes)
  if (!envelope.ok) return envelope
  const { key, payload, check } = envelope.value
  const fields = parseFields(payload, MAX_FIELDS)
  const version = fields?.number(1)
  if (fields === undefined || version === undefined || version === 0) return malformed
  if (version > REALM_VERSION) return { ok: false, reason: 'unknown-version' }

  const owner = hexText(key)
  const first = decodeFirst(fields)
  const second = version === FIRST_VERSION ? secondVersionDefaults(owner) : decodeSecond(fields)
  const named = version > SECOND_VERSION ? decodeModel(fields.bytes(24) ?? new Uint8Array(0)) : undefined
  if (first === undefined || second === undefined || (named === undefined) !== (version <= SECOND_VERSION)) return malformed
  const realm: Realm = { owner, ...first, ...second, ...(named === undefined ? {} : { model: named }) }
  if (faultOfRealm(realm) !== undefined || !bytesEqual(encodePayload(realm, version), payload)) return malformed
  return { ok: true, value: { realm, id: realmId(realm), check } }
}

function decodeFirst(fields: Fields): Pick<Realm, 'name' | 'revision' | 'tasks' | 'threshold' | 'limits' | 'license'> | undefined {
  const name = fields.text(2, MAX_NAME_LENGTH)
  const license = fields.text(11, MAX_NAME_LENGTH)
  const tasks = textsOf(fields, 4)
  const numbers = [3, 5, 6, 7, 8, 9, 10].map((field) => fields.number(field))
  const [revision, threshold, maxBodyBytes, maxNeurons, maxLinks, maxCost, claimsPerMinute] = numbers
  if (name === undefined || license === undefined || tasks === undefined) return undefined
  if (revision === undefined || threshold === undefined || maxBodyBytes === undefined || maxNeurons === undefined) return undefined
  if (maxLinks === undefined || maxCost === undefined || claimsPerMinute === undefined) return undefined
  return { name, revision, tasks, threshold, limits: { maxBodyBytes, maxNeurons, maxLinks, maxCost, claimsPerMinute }, license }
}

function decodeSecond(fields: Fields): ReturnType<typeof secondVersionDefaults> | undefined {
  const publish = publishRules[fields.number(12) ?? publishRules.length]
  const containment = containmentOf(fields.number(17))
  const [terms, pledge] = [fields.text(15, MAX_TERMS_LENGTH), fields.text(16, MAX_PLEDGE_LENGTH)]
  const [publishers, moderators] = [keysOf(fields, 13, MAX_PUBLISHERS), keysOf(fields, 14, MAX_MODERATORS)]
  const [capacity, minimumFitness] = [fields.number(18), fields.number(22)]
  const stages = fields.elements(19, MAX_TASKS_PER_REALM)?.map(decodeStage)
  const beaconSigners = keysOf(fields, 20, MAX_BEACON_SIGNERS)
  const subscribed = textsOf(fields, 21)
  const origin = fields.bytes(23)
  if (publish === undefined || containment === undefined || terms === undefined || pledge === undefined) return undefined
  if (publishers === undefined || moderators === undefined || capacity === undefined || minimumFitness === undefined) return undefined
  if (stages?.every((stage) => stage !== undefined) !== true || beaconSigners === undefined || subscribed === undefined) return undefined
  if (origin === undefined || (origin.length !== 0 && origin.length !== KEY_BYTES)) return undefined
  const subscription = { tasks: subscribed, minimumFitness }
  return { publish, publishers, moderators, terms, pledge, containment, capacity, stages, beaconSigners, subscription, origin: hexText(origin) }
}

function containmentOf(value: number | undefined): Containment | undefined {
  return value === 1 || value === 2 || value === 3 || value === 4 ? value : undefined
}

function keysOf(fields: Fields, field: number, most: number): readonly string[] | undefined {
  const keys = fields.elements(field, most)
  return keys?.every(({ length }) => length === KEY_BYTES) === true ? keys.map(hexText) : undefined
}

function textsOf(fields: Fields, field: number): readonly string[] | undefined {
  const texts = fields.elements(field, MAX_TASKS_PER_REALM)?.map((bytes) => (bytes.length > MAX_NAME_LENGTH ? undefined : asciiText(bytes)))
  return texts?.every((text) => text !== undefined) === true ? texts : undefined
}

function decodeStage(bytes: Uint8Array): Stage | undefined {
  const fields = parseFields(bytes, 2)
  const task = fields?.text(1, MAX_NAME_LENGTH)
  const goal = fields?.number(2)
  return task === undefined || goal === undefined ? undefined : { task, goal }
}
