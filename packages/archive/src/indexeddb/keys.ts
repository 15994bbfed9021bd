// The Keys port on WebCrypto, the private keys kept by the browser in IndexedDB and never extractable: code that gets
// into the page can sign while it is there, but cannot carry the identity away once the owner has put the words aside.

import type { Keys } from '@megabrain/exchange'
import { deviceStatement, machinesSecret, OWNER_ENTROPY_BYTES, ownerSeed } from '@megabrain/exchange'
import { PKCS8_PREFIX } from '../der.ts'
import { OwnerElsewhereError } from '../errors.ts'
import { openConnection } from './connection.ts'
import type { Connection, StoredKeys } from './connection.ts'

const RECORD = 'author'

/**
 * The owner and device keys of database `name`, made on the first call and the same ever after.
 * @throws ArchiveUnavailableError when the database cannot be opened, `NotSupportedError` where WebCrypto has no Ed25519
 */
export async function openKeys(name: string): Promise<Keys> {
  return withConnection(name, async (connection) => {
    const stored = await read(connection) ?? await keepFirst(connection, await createKeys())
    const { owner, device, delegation, secret, isLinked = false } = stored
    return {
      owner: await rawPublicKey(owner.publicKey),
      device: await rawPublicKey(device.publicKey),
      delegation,
      sign: (message) => signWith(device.privateKey, message),
      signAsOwner: (message) => (owner.privateKey === undefined ? Promise.reject(new OwnerElsewhereError()) : signWith(owner.privateKey, message)),
      verify: verifySignature,
      ...(secret === undefined ? {} : { machines: { secret, isLinked, holdsOwner: owner.privateKey !== undefined } }),
    }
  })
}

/** The 16 bytes that the owner was made from, to be shown as words; undefined once they were put aside, or on a machine that was linked. */
export function ownerEntropy(name: string): Promise<Uint8Array | undefined> {
  return withConnection(name, async (connection) => (await read(connection))?.entropy)
}

/** The owner has written the words down: from now on nobody can read them here. */
export function forgetEntropy(name: string): Promise<void> {
  return withConnection(name, (connection) => connection.use(async (database) => {
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
    const stored = await transaction.store.get(RECORD)
    if (stored !== undefined) await transaction.store.put(withoutEntropy(stored), RECORD)
    await transaction.done
  }))
}

/**
 * Makes this browser a device of the owner whose words these are, with a device key of its own; whose it was before is forgotten. Nothing
 * may have the keys open.
 * @param keepOwner whether it may also sign as the owner: revoke devices, accept terms, moderate
 */
export async function linkKeys(name: string, entropy: Uint8Array, { keepOwner }: { readonly keepOwner: boolean }): Promise<void> {
  const keys = withoutEntropy(await createKeys(entropy.slice()))
  const owner = keepOwner ? keys.owner : { publicKey: keys.owner.publicKey }
  await withConnection(name, (connection) => connection.use(async (database) => {
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
    await transaction.store.put({ ...keys, owner, isLinked: true }, RECORD)
    await transaction.done
  }))
}

function withoutEntropy({ owner, device, delegation, secret, isLinked = false }: StoredKeys): StoredKeys {
  return { owner, device, delegation, isLinked, ...(secret === undefined ? {} : { secret }) }
}

async function withConnection<T>(name: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await openConnection(name)
  try {
    return await work(connection)
  } finally {
    connection.close()
  }
}

function read(connection: Connection): Promise<StoredKeys | undefined> {
  return connection.use((database) => database.get('keys', RECORD))
}

/** Two tabs may both have found nothing: whoever stores first has made the author, the other takes over its keys. */
function keepFirst(connection: Connection, made: StoredKeys): Promise<StoredKeys> {
  return connection.use(async (database) => {
    const transaction = database.transaction('keys', 'readwrite', { durability: 'strict' })
    const existing = await transaction.store.get(RECORD)
    if (existing === undefined) await transaction.store.put(made, RECORD)
    await transaction.done
    return existing ?? made
  })
}

async function createKeys(entropy = crypto.getRandomValues(new Uint8Array(OWNER_ENTROPY_BYTES))): Promise<StoredKeys> {
  const owner = await pairFromSeed(ownerSeed(entropy))
  const device = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']) as CryptoKeyPair
  const delegation = await signWith(owner.privateKey, deviceStatement(await rawPublicKey(device.publicKey)))
  return { owner, device, delegation, entropy, secret: machinesSecret(entropy) }
}

/** The public half is read from a copy that is thrown away: WebCrypto has no other way to it. */
async function pairFromSeed(seed: Uint8Array): Promise<CryptoKeyPair> {
  const pkcs8 = Uint8Array.from([...PKCS8_PREFIX, ...seed])
  const { x } = await crypto.subtle.exportKey('jwk', await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']))
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x: x! }, 'Ed25519', true, ['verify']),
  }
}

async function rawPublicKey(key: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', key))
}

async function signWith(key: CryptoKey, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', key, asSource(message)))
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
