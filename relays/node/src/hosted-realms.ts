// Realms of others that this relay hosts, and statements that its operator hands it: files in the folder `realms` of the data
// folder. Separate from the own realm because their keys are elsewhere; a bad file costs a line in the log and nothing else.

import { createPublicKey, verify } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { decodeRealm, decodeStatement, MAX_ANNOUNCEMENT_BYTES, MAX_REALM_BYTES } from '@megabrain/exchange'
import type { Realm, SignatureCheck } from '@megabrain/exchange'
import { readIfThere } from './data-folder.ts'

export interface HostedRealm {
  readonly realm: Realm
  /** 64 hex characters. */
  readonly id: string
  /** The signed policy. */
  readonly document: Uint8Array
  /** Names in the folder that hold a revision of it. */
  readonly files: readonly string[]
}

export interface RealmFolder {
  /** The newest document of each realm, the own one left out, at most 16. */
  readonly realms: readonly HostedRealm[]
  /** Signed statements, with the realm that they are of. */
  readonly statements: readonly { readonly realm: string; readonly bytes: Uint8Array }[]
  /** What is wrong with which file, in words. */
  readonly faults: readonly { readonly file: string; readonly fault: string }[]
}

/** Each costs topics, streams and an archive's worth of rows. */
export const MAX_HOSTED = 16
const MAX_FILES = 4_096
/** DER of an Ed25519 SubjectPublicKeyInfo up to the 32 key bytes (RFC 8410, section 4). */
const SPKI_START = Buffer.from('302a300506032b6570032100', 'hex')

/** @param ownId the relay's own realm: its file is `identity.ts`'s business, statements of it are read */
export function readRealmFolder(data: string, ownId: string): RealmFolder {
  const folder = join(data, 'realms')
  const faults: { file: string; fault: string }[] = []
  const realms = new Map<string, HostedRealm>()
  const statements: { realm: string; bytes: Uint8Array }[] = []
  for (const file of namesIn(folder)) {
    const path = join(folder, file)
    const isRealm = file.endsWith('.realm')
    const bytes = readSmall(path, isRealm ? MAX_REALM_BYTES : MAX_ANNOUNCEMENT_BYTES)
    const read = bytes === undefined ? 'it is too large, or cannot be read' : isRealm ? readRealmFile(bytes) : readStatement(bytes)
    if (typeof read === 'string') faults.push({ file, fault: read })
    else if ('bytes' in read) statements.push(read)
    else if (read.id !== ownId) {
      const before = realms.get(read.id)
      const files = [...(before?.files ?? []), file]
      const newest = before !== undefined && before.realm.revision >= read.realm.revision ? before : read
      if (realms.size < MAX_HOSTED || before !== undefined) realms.set(read.id, { ...newest, files })
      else faults.push({ file, fault: `a relay hosts at most ${MAX_HOSTED} realms beside its own` })
    }
  }
  return { realms: [...realms.values()], statements, faults }
}

/** Changes whenever a file of the folder does. */
export function folderStamp(data: string): string {
  const folder = join(data, 'realms')
  return namesIn(folder).map((file) => {
    const found = statSync(join(folder, file), { throwIfNoEntry: false })
    return `${file} ${found?.size} ${found?.mtimeMs}`
  }).join('\n')
}

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => name.endsWith('.realm') || name.endsWith('.statement')).sort().slice(0, MAX_FILES)
}

function readSmall(path: string, most: number): Uint8Array | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() !== true || found.size > most) return undefined
  try {
    return readIfThere(path)
  } catch {
    return undefined
  }
}

/** @returns the realm of a signed document, in no file yet, or what is wrong with it in words */
export function readRealmFile(bytes: Uint8Array): HostedRealm | string {
  if (bytes.length > MAX_REALM_BYTES) return 'it is too large'
  const decoded = decodeRealm(bytes)
  if (!decoded.ok) return `it is no realm document (${decoded.reason})`
  const { realm, id, check } = decoded.value
  if (!holds(check)) return 'its owner has not signed it'
  return { realm, id, document: new Uint8Array(bytes), files: [] }
}

function readStatement(bytes: Uint8Array): { readonly realm: string; readonly bytes: Uint8Array } | string {
  const decoded = decodeStatement(bytes)
  return decoded.ok ? { realm: decoded.value.statement.realm, bytes: new Uint8Array(bytes) } : `it is no statement (${decoded.reason})`
}

function holds({ key, message, signature }: SignatureCheck): boolean {
  try {
    return verify(null, message, createPublicKey({ key: Buffer.concat([SPKI_START, key]), format: 'der', type: 'spki' }), signature)
  } catch {
    return false
  }
}
