// The Keys port in Node: one file that only its owner may read, made once and never overwritten.

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, randomUUID, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Keys } from '@megabrain/exchange'
import { deviceStatement, machinesSecret, OWNER_ENTROPY_BYTES, ownerSeed } from '@megabrain/exchange'
import { PKCS8_PREFIX } from '../der.ts'
import { ArchiveUnavailableError, OwnerElsewhereError } from '../errors.ts'

const FILE = 'author-keys.json'
const OWNER_ONLY = 0o600
const OWNER_ONLY_FOLDER = 0o700
/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 key bytes (RFC 8410, section 4). */
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * The owner and device keys in `folder`, made on the first call and the same ever after; the folder is created too.
 * @param ownerAt another such folder, or the key file of one, whose owner gets a further device in this one. @default a new owner
 * @throws ArchiveUnavailableError when the file is there but unreadable: restore it or move it away, it is never replaced
 * @throws OwnerElsewhereError when there is no file yet and `ownerAt` does not hold the owner key
 */
export async function openKeys(folder: string, ownerAt?: string): Promise<Keys> {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER })
  const stored = await readStored(join(folder, FILE)) ?? await createStored(folder, await ownerOf(ownerAt))
  const { owner, device, delegation, secret, isLinked } = stored
  return {
    owner: owner.key,
    device: rawPublicKey(device),
    delegation,
    sign: async (message) => new Uint8Array(sign(null, message, device)),
    async signAsOwner(message) {
      if (owner.privateKey === undefined) throw new OwnerElsewhereError()
      return new Uint8Array(sign(null, message, owner.privateKey))
    },
    verify: verifySignature,
    ...(secret === undefined ? {} : { machines: { secret, isLinked, holdsOwner: owner.privateKey !== undefined } }),
  }
}

/** The 16 bytes that the owner in `folder` was made from, to be shown as words; undefined on a machine that was linked, and for older files. */
export async function ownerEntropy(folder: string): Promise<Uint8Array | undefined> {
  return (await readStored(join(folder, FILE)))?.entropy
}

/**
 * Makes keys in `folder` for a device of the owner whose words these are.
 * @param keepOwner whether it may also sign as the owner: revoke devices, accept terms, moderate, have further workers
 * @throws ArchiveUnavailableError when the folder has keys already: they are never replaced
 */
export async function linkKeys(folder: string, entropy: Uint8Array, { keepOwner }: { readonly keepOwner: boolean }): Promise<void> {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER })
  const path = join(folder, FILE)
  if (await readStored(path) !== undefined) throw new ArchiveUnavailableError(`${path} is there already: move it away to make this machine another owner's`)
  await createStored(folder, { privateKey: keyFromSeed(ownerSeed(entropy)), secret: machinesSecret(entropy), isLinked: true, keep: keepOwner })
}

interface Stored {
  readonly owner: { readonly key: Uint8Array; readonly privateKey: KeyObject | undefined }
  readonly device: KeyObject
  readonly delegation: Uint8Array
  readonly entropy: Uint8Array | undefined
  readonly secret: Uint8Array | undefined
  readonly isLinked: boolean
}

/** Whose device is made. */
interface Owner {
  readonly privateKey: KeyObject
  readonly secret: Uint8Array | undefined
  readonly entropy?: Uint8Array
  readonly isLinked?: boolean
  /** Whether the owner key stays in the file. @default true */
  readonly keep?: boolean
}

async function ownerOf(place: string | undefined): Promise<Owner> {
  const isFile = place !== undefined && await stat(place).then((entry) => entry.isFile(), () => false)
  const stored = place === undefined ? undefined : await readStored(isFile ? place : join(place, FILE))
  if (stored === undefined) {
    const entropy = new Uint8Array(randomBytes(OWNER_ENTROPY_BYTES))
    return { privateKey: keyFromSeed(ownerSeed(entropy)), secret: machinesSecret(entropy), entropy }
  }
  if (stored.owner.privateKey === undefined) throw new OwnerElsewhereError()
  return { privateKey: stored.owner.privateKey, secret: stored.secret, isLinked: stored.isLinked }
}

interface KeyFile {
  readonly version: 1
  /** PKCS #8 in base64. Absent on a machine that does not hold the owner key; then the two after it are there. */
  readonly owner?: string
  readonly ownerPublic?: string
  readonly delegation?: string
  readonly device: string
  readonly entropy?: string
  readonly secret?: string
  readonly isLinked?: boolean
}

async function readStored(path: string): Promise<Stored | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ArchiveUnavailableError(`${path} cannot be read: ${String(error)}`, { cause: error })
  }
  try {
    return decodeFile(JSON.parse(text) as KeyFile)
  } catch (error) {
    throw new ArchiveUnavailableError(`${path} is not a key file: ${String(error)}`, { cause: error })
  }
}

function decodeFile({ owner, ownerPublic, delegation, device, entropy, secret, isLinked = false }: KeyFile): Stored {
  const deviceKey = keyFromText(device)
  const privateKey = owner === undefined ? undefined : keyFromText(owner)
  const signed = privateKey === undefined ? bytesFromText(delegation!, 64) : new Uint8Array(sign(null, deviceStatement(rawPublicKey(deviceKey)), privateKey))
  return {
    owner: { key: privateKey === undefined ? bytesFromText(ownerPublic!, 32) : rawPublicKey(privateKey), privateKey },
    device: deviceKey,
    delegation: signed,
    entropy: entropy === undefined ? undefined : bytesFromText(entropy, OWNER_ENTROPY_BYTES),
    secret: secret === undefined ? undefined : bytesFromText(secret, 32),
    isLinked,
  }
}

/** Written aside, synced, then linked into place: a crash leaves no half file and of two processes one wins. */
async function createStored(folder: string, { privateKey, secret, entropy, isLinked = false, keep = true }: Owner): Promise<Stored> {
  const path = join(folder, FILE)
  const device = generateKeyPairSync('ed25519').privateKey
  const delegation = sign(null, deviceStatement(rawPublicKey(device)), privateKey)
  const content: KeyFile = {
    version: 1,
    ...(keep ? { owner: keyText(privateKey) } : { ownerPublic: base64(rawPublicKey(privateKey)), delegation: base64(delegation) }),
    device: keyText(device),
    ...(entropy === undefined ? {} : { entropy: base64(entropy) }),
    ...(secret === undefined ? {} : { secret: base64(secret) }),
    ...(isLinked ? { isLinked } : {}),
  }
  const aside = `${path}.${randomUUID()}`
  const file = await open(aside, 'wx', OWNER_ONLY)
  try {
    await file.writeFile(JSON.stringify(content))
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(aside, path)
    const entry = await open(folder, 'r')
    await entry.sync()
    await entry.close()
  } catch (error) {
    const theirs = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readStored(path) : undefined
    if (theirs === undefined) throw new ArchiveUnavailableError(`${path} cannot be written: ${String(error)}`, { cause: error })
    return theirs
  } finally {
    await rm(aside, { force: true })
  }
  return decodeFile(content)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** @throws TypeError unless there are `length` bytes */
function bytesFromText(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'))
  if (bytes.length !== length) throw new TypeError(`Expected ${length} bytes, got ${bytes.length}`)
  return bytes
}

/** PKCS #8 (RFC 8410) in base64. */
function keyText(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).toString('base64')
}

function keyFromText(text: string): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`Expected an Ed25519 key, got ${String(key.asymmetricKeyType)}`)
  return key
}

function keyFromSeed(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from([...PKCS8_PREFIX, ...seed]), format: 'der', type: 'pkcs8' })
}

function rawPublicKey(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length))
}

/** Bytes that are no key or no signature make an invalid signature, not an error. */
async function verifySignature(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false
  try {
    const imported = createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, key]), format: 'der', type: 'spki' })
    return verify(null, message, imported, signature)
  } catch {
    return false
  }
}
