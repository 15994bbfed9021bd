// What a realm document means here: a policy that its owner signed, and the tasks of it that this program can run.

import { decodeRealm, policyRowKey } from '@megabrain/exchange'
import type { Archive, Keys, Realm } from '@megabrain/exchange'
import { RealmInvalidError } from '../errors.ts'
import { evaluatorsWith } from './own-task.ts'
import type { OwnTask } from './own-task.ts'

export interface VerifiedRealm {
  readonly realm: Realm
  readonly realmId: string
  /** The signed policy: the one that was given, or a newer one that the archive remembers. */
  readonly document: Uint8Array
  /** Evaluator versions of the realm's tasks that are known here, by id in the realm's order. None: it can carry claims and judge none. */
  readonly tasks: ReadonlyMap<string, string>
}

/**
 * @param own tasks beside those of the registry
 * @throws RealmInvalidError saying what is wrong with the document
 */
export async function verifiedRealm(
  given: Uint8Array, keys: Pick<Keys, 'verify'>, archive: Pick<Archive, 'read'>, own: readonly OwnTask[] = [],
): Promise<VerifiedRealm> {
  const document = await newestOf(given, keys, archive)
  const decoded = decodeRealm(document)
  if (!decoded.ok) throw new RealmInvalidError(`The realm document cannot be read: ${decoded.reason}`)
  const { realm, id, check } = decoded.value
  const isSigned = await keys.verify(check.key, check.message, check.signature)
  if (!isSigned) throw new RealmInvalidError('The realm document is not signed by its owner')
  const evaluators = evaluatorsWith(own)
  const known = realm.tasks.filter((name) => Object.hasOwn(evaluators, name))
  const tasks = new Map(known.map((name) => [name, evaluators[name]!]))
  return { realm, realmId: id, document, tasks }
}

/** The owner's latest word that this archive has seen outlives a page or a relay that still hands out an older one. */
async function newestOf(given: Uint8Array, keys: Pick<Keys, 'verify'>, archive: Pick<Archive, 'read'>): Promise<Uint8Array> {
  const decoded = decodeRealm(given)
  if (!decoded.ok) return given
  const stored = await archive.read(policyRowKey(decoded.value.id))
  const kept = stored === undefined ? undefined : decodeRealm(stored)
  if (stored === undefined || kept?.ok !== true) return given
  const { id, realm, check } = kept.value
  if (id !== decoded.value.id || realm.revision <= decoded.value.realm.revision) return given
  return await keys.verify(check.key, check.message, check.signature) ? stored : given
}
