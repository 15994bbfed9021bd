// Who this relay is, in its data folder: the libp2p key behind its peer id, and the owner key and signed document of its
// realm. Made at the first start and never replaced, since tabs find the relay and the realm by them.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { createRelayKey } from '@megabrain/mesh/node'
import { createRealm, decodeRealm, encodeRealm, encodeStatement, policyDeclaration, realmId, realmMessage, statementMessage } from '@megabrain/exchange'
import type { Realm } from '@megabrain/exchange'
import { readIfThere, writeDurably } from './data-folder.ts'
import { RelayStartError } from './errors.ts'

export interface OwnRealm {
  readonly realm: Realm
  /** 64 hex characters. */
  readonly id: string
  /** The signed policy. */
  readonly document: Uint8Array
  /** The owner's signed statement that this is the newest one. */
  readonly pointer: Uint8Array
}

/** libp2p's private key protobuf: type Ed25519, then 64 bytes: the seed and the public key. */
const PEER_KEY_START = Buffer.from('08011240', 'hex')
const SEED_BYTES = 32
/** DER of an Ed25519 PKCS #8 key up to the seed (RFC 8410, section 7). */
const PKCS8_START = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The libp2p private key, as `openRelayMesh` takes it. Throws `RelayStartError` if damaged. */
export async function openPeerKey(folder: string): Promise<Uint8Array> {
  const file = join(folder, 'keys', 'peer.key')
  const stored = readIfThere(file)
  if (stored === undefined) {
    const made = await createRelayKey()
    writeDurably(file, made)
    return made
  }
  if (!isPeerKey(stored)) {
    throw new RelayStartError(`${file} is not a libp2p private key. Restore it from a backup; without it the relay is another one.`)
  }
  return stored
}

/** libp2p takes any 64 bytes; with halves that do not belong together it would sign what nobody can verify. */
function isPeerKey(bytes: Uint8Array): boolean {
  const halves = PEER_KEY_START.length
  if (bytes.length !== halves + 2 * SEED_BYTES || PEER_KEY_START.compare(bytes, 0, halves) !== 0) return false
  const seed = bytes.subarray(halves, halves + SEED_BYTES)
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_START, seed]), format: 'der', type: 'pkcs8' })
  return rawPublicKey(key).equals(bytes.subarray(halves + SEED_BYTES))
}

/**
 * The relay's own realm. Other tasks or moderators than last time make a new revision of the policy under the same realm id.
 * @param moderators owner keys beside the owner's, hex; empty: whoever the policy names
 * Throws `RelayStartError` if key or document are damaged or do not belong together.
 */
export function openOwnRealm(folder: string, name: string, tasks: readonly string[], moderators: readonly string[] = []): OwnRealm {
  const file = join(folder, 'realms', `${name}.realm`)
  const stored = readIfThere(file)
  const key = openOwnerKey(join(folder, 'keys', 'realm-owner.pem'), stored === undefined)
  const owner = rawPublicKey(key).toString('hex')
  const named = [...new Set([owner, ...moderators])].sort()
  const wanted = { ...createRealm({ name, owner, tasks }), moderators: named }

  let realm: Realm = wanted
  if (stored !== undefined) {
    const decoded = decodeRealm(stored)
    if (!decoded.ok) {
      const remedy = 'Restore it from a backup, or delete it to sign a new policy for the same realm.'
      throw new RelayStartError(`${file} is damaged (${decoded.reason}). ${remedy}`)
    }
    if (decoded.value.realm.owner !== owner || decoded.value.realm.name !== name) {
      throw new RelayStartError(`${file} was not signed by this relay's keys/realm-owner.pem. Restore the pair from a backup.`)
    }
    const before = decoded.value.realm
    const isAsBefore = before.tasks.join() === wanted.tasks.join() && (moderators.length === 0 || before.moderators.join() === named.join())
    if (isAsBefore) return { realm: before, id: decoded.value.id, document: stored, pointer: pointerTo(before, stored, key) }
    realm = withTasks({ ...before, moderators: moderators.length === 0 ? before.moderators : named, revision: before.revision + 1 }, wanted.tasks)
  }
  const document = encodeRealm(realm, sign(null, realmMessage(realm), key))
  const written = decodeRealm(document)
  if (!written.ok) throw new RangeError(`A realm that was just encoded must decode, got ${written.reason}`)
  writeDurably(file, document)
  return { realm, id: written.value.id, document, pointer: pointerTo(realm, document, key) }
}

/** Stages and subscriptions speak of the realm's tasks only. */
function withTasks(realm: Realm, tasks: readonly string[]): Realm {
  const isKept = (task: string): boolean => tasks.includes(task)
  const { stages, subscription } = realm
  return { ...realm, tasks, stages: stages.filter(({ task }) => isKept(task)), subscription: { ...subscription, tasks: subscription.tasks.filter(isKept) } }
}

/** The owner's word that this is the newest policy. Without a time, so that it is the same at each start. */
function pointerTo(realm: Realm, document: Uint8Array, key: KeyObject): Uint8Array {
  const declaration = policyDeclaration({ revision: realm.revision, document: createHash('sha256').update(document).digest('hex') })
  const body = { ...declaration, realm: realmId(realm), author: realm.owner, time: 0 }
  return encodeStatement(body, realm.owner, sign(null, statementMessage(body), key))
}

/** @param mayMake false when something on disk was signed by a key that is now missing */
function openOwnerKey(file: string, mayMake: boolean): KeyObject {
  const stored = readIfThere(file)
  if (stored === undefined) {
    if (!mayMake) throw new RelayStartError(`${file} is missing, though it signed this relay's realm. Restore it from a backup.`)
    const { privateKey } = generateKeyPairSync('ed25519')
    writeDurably(file, Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' })))
    return privateKey
  }
  try {
    const key = createPrivateKey(Buffer.from(stored))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below.
  }
  throw new RelayStartError(`${file} is not an Ed25519 key in PEM. Restore it from a backup; without it the realm has no owner.`)
}

/** The last 32 bytes of the SubjectPublicKeyInfo (RFC 8410, section 4). */
function rawPublicKey(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
}
