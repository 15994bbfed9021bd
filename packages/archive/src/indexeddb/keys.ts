// The Keys port on WebCrypto, the private keys kept by the browser in IndexedDB and never extractable: code that gets
// into the page can sign while it is there, but cannot carry the identity away.

import type { Keys } from '@megabrain/exchange'
import { deviceStatement } from '@megabrain/exchange'
import { openConnection } from './connection.ts'
import type { StoredKeys } from './connection.ts'

const RECORD = 'author'

/**
 * The owner and device keys of database `name`, made on the first call and the same ever after.
 * @throws ArchiveUnavailableError when the database cannot be opened, `NotSupportedError` where WebCrypto has no Ed25519
 */
export async function openKeys(name: string): Promise<Keys> {
  const connection = await openConnection(name)
  try {
    const stored = await connection.use((database) => database.get('keys', RECORD)) ?? await keepFirst(connection, await createKeys())
    return {
      owner: await rawPublicKey(stored.owner),
      device: await rawPublicKey(stored.device),
      delegation: stored.delegation,
      sign: (message) => signWith(stored.device, message),
      signAsOwner: (message) => signWith(stored.owner, message),
      verify: verifySignature,
    }
  } finally {
    connection.close()
  }
}

/** Two tabs may both have found nothing: whoever stores first has made the author, the other takes over its keys. */
function keepFirst(connection: Awaited<ReturnType<typeof openConnection>>, made: StoredKeys): Promise<StoredKeys> {
  return connection.use(async (database) => {
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
    const existing = await transaction.store.get(RECORD)
    if (existing === undefined) await transaction.store.put(made, RECORD)
    await transaction.done
    return existing ?? made
  })
}

async function createKeys(): Promise<StoredKeys> {
  const owner = await createPair()
  const device = await createPair()
  return { owner, device, delegation: await signWith(owner, deviceStatement(await rawPublicKey(device))) }
}

async function createPair(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']) as CryptoKeyPair
}

async function rawPublicKey(pair: CryptoKeyPair): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
}

async function signWith(pair: CryptoKeyPair, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, asSource(message)))
}

/** Bytes that are no key or no signature make an invalid signature, not an error. */
async function verifySignature(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey('raw', asSource(key), 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', imported, asSource(signature), asSource(message))
  } catch {
    return false
  }
}

/** WebCrypto's types exclude shared memory, which no caller of ours uses. */
function asSource(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}
