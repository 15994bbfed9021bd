// Realm documents and statements as files: read with one line about what is wrong, written as a whole.

import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { decodeRealm, encodeRealm, encodeStatement, policyDeclaration, realmId, realmMessage, statementMessage } from '@megabrain/exchange'
import type { Declaration, Realm } from '@megabrain/exchange'
import { readBytes } from '../genotype-file.ts'
import { UsageError } from '../usage.ts'
import { holds, type OwnerKey } from './owner-key.ts'

export interface RealmFile {
  readonly realm: Realm
  readonly id: string
  readonly bytes: Uint8Array
}

/** @throws UsageError unless it is a document that its owner signed */
export async function readRealmFile(path: string): Promise<RealmFile> {
  const bytes = await readBytes(path)
  const decoded = decodeRealm(bytes)
  if (!decoded.ok) throw new UsageError(`${path} is no realm document: ${decoded.reason}`)
  const { realm, id, check } = decoded.value
  if (!holds(check)) throw new UsageError(`${path} is not signed by its owner`)
  return { realm, id, bytes }
}

export async function writeRealm(path: string, realm: Realm, key: OwnerKey): Promise<RealmFile> {
  const bytes = encodeRealm(realm, key.sign(realmMessage(realm)))
  await write(path, bytes)
  return { realm, id: realmId(realm), bytes }
}

/** The owner's word that this document is the newest policy. */
export function signPointer({ realm, bytes }: RealmFile, key: OwnerKey): Uint8Array {
  const document = createHash('sha256').update(bytes).digest('hex')
  return signStatement(realm, key, policyDeclaration({ revision: realm.revision, document }), 0)
}

export function signStatement(realm: Realm, key: OwnerKey, declaration: Declaration, time: number): Uint8Array {
  const body = { ...declaration, revision: declaration.revision ?? Math.floor(time / 1_000), realm: realmId(realm), author: key.owner, time }
  return encodeStatement(body, key.owner, key.sign(statementMessage(body)))
}

export async function write(path: string, content: Uint8Array | string, mode = 0o644): Promise<void> {
  try {
    await writeFile(path, content, { mode })
  } catch (error) {
    throw new UsageError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
}
