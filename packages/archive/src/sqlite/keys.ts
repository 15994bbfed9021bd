// The Keys port in Node: one file that only its owner may read, made once and never overwritten.

import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Keys } from '@megabrain/exchange'
import { deviceStatement } from '@megabrain/exchange'
import { ArchiveUnavailableError } from '../errors.ts'

const FILE = 'author-keys.json'
const OWNER_ONLY = 0o600
const OWNER_ONLY_FOLDER = 0o700
/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 key bytes (RFC 8410, section 4). */
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * The owner and device keys in `folder`, made on the first call and the same ever after; the folder is created too.
 * @param ownerFolder another such folder, whose owner gets a further device in this one. @default a new owner
 * @throws ArchiveUnavailableError when the file is there but unreadable: restore it or move it away, it is never replaced
 */
export async function openKeys(folder: string, ownerFolder?: string): Promise<Keys> {
  await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER })
  const path = join(folder, FILE)
  const owner = ownerFolder === undefined ? undefined : (await readStored(join(ownerFolder, FILE)))?.owner
  const stored = await readStored(path) ?? await createStored(path, folder, owner)
  const device = rawPublicKey(stored.device)
  return {
    owner: rawPublicKey(stored.owner),
    device,
    delegation: new Uint8Array(sign(null, deviceStatement(device), stored.owner)),
    sign: async (message) => new Uint8Array(sign(null, message, stored.device)),
    signAsOwner: async (message) => new Uint8Array(sign(null, message, stored.owner)),
    verify: verifySignature,
  }
}

interface Pairs {
  readonly owner: KeyObject
  readonly device: KeyObject
}

async function readStored(path: string): Promise<Pairs | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ArchiveUnavailableError(`${path} cannot be read: ${String(error)}`, { cause: error })
  }
  try {
    const { owner, device } = JSON.parse(text) as { owner: string; device: string }
    return { owner: fromText(owner), device: fromText(device) }
  } catch (error) {
    throw new ArchiveUnavailableError(`${path} is not a key file: ${String(error)}`, { cause: error })
  }
}

/** Written aside, synced, then linked into place: a crash leaves no half file and of two processes one wins. */
async function createStored(path: string, folder: string, known: KeyObject | undefined): Promise<Pairs> {
  const owner = known ?? generateKeyPairSync('ed25519').privateKey
  const device = generateKeyPairSync('ed25519').privateKey
  const aside = `${path}.${randomUUID()}`
  const file = await open(aside, 'wx', OWNER_ONLY)
  try {
    await file.writeFile(JSON.stringify({ version: 1, owner: toText(owner), device: toText(device) }))
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
  return { owner, device }
}

/** PKCS #8 (RFC 8410) in base64. */
function toText(key: KeyObject): string {
  return key.export({ format: 'der', type: 'pkcs8' }).toString('base64')
}

function fromText(text: string): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`Expected an Ed25519 key, got ${String(key.asymmetricKeyType)}`)
  return key
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
