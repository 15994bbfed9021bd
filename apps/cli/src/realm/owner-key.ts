// The owner key that a realm command signs with: the PEM file of a relay or of an earlier `realm create`, or the key file of
// a donor. Made where it is missing and may be made; never overwritten.

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { UsageError } from '../usage.ts'

export interface OwnerKey {
  /** Public key, hex. */
  readonly owner: string
  sign(message: Uint8Array): Uint8Array
}

const OWNER_ONLY = 0o600
/** DER around a raw Ed25519 key: RFC 8410. */
const PKCS8_START = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_START = Buffer.from('302a300506032b6570032100', 'hex')

/** @throws UsageError naming the file, when it is no Ed25519 key */
export function readOwnerKey(file: string): OwnerKey {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(code === 'ENOENT' ? `key file ${file} does not exist` : `key file ${file} cannot be read (${code ?? String(error)})`)
  }
  return fromKey(parse(text, file))
}

/** The key in `file`, made there when there is none. */
export function openOwnerKey(file: string): OwnerKey {
  if (existsSync(file)) return readOwnerKey(file)
  const { privateKey } = generateKeyPairSync('ed25519')
  write(file, privateKey.export({ format: 'pem', type: 'pkcs8' }) as string)
  return fromKey(privateKey)
}

/** A key pair that is kept nowhere. */
export function createBearerKey(): { readonly key: string; readonly seed: Uint8Array } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const seed = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32))
  return { key: publicKey(privateKey), seed }
}

export function signWithSeed(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_START, seed]), format: 'der', type: 'pkcs8' })
  return new Uint8Array(sign(null, message, key))
}

export function holds(check: { readonly key: Uint8Array; readonly message: Uint8Array; readonly signature: Uint8Array }): boolean {
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_START, check.key]), format: 'der', type: 'spki' })
    return verify(null, check.message, key, check.signature)
  } catch {
    return false
  }
}

function parse(text: string, file: string): KeyObject {
  try {
    const stored = text.trimStart().startsWith('{') ? (JSON.parse(text) as { owner?: unknown }).owner : undefined
    const key = typeof stored === 'string'
      ? createPrivateKey({ key: Buffer.from(stored, 'base64'), format: 'der', type: 'pkcs8' })
      : createPrivateKey(text)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Said below.
  }
  throw new UsageError(`${file} holds no Ed25519 key: neither PEM nor a key file of Megabrain`)
}

function fromKey(key: KeyObject): OwnerKey {
  return { owner: publicKey(key), sign: (message) => new Uint8Array(sign(null, message, key)) }
}

function publicKey(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: OWNER_ONLY, flag: 'wx' })
  } catch (error) {
    throw new UsageError(`key file ${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
}
