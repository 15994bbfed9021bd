// What a realm document means here: a policy that its owner signed, and the tasks of it that this program can run.

import { decodeRealm } from '@megabrain/exchange'
import type { Keys, Realm } from '@megabrain/exchange'
import { claimableVersions } from '@megabrain/tasks/versions'
import { RealmInvalidError } from '../errors.ts'

export interface VerifiedRealm {
  readonly realm: Realm
  readonly realmId: string
  /** Evaluator versions of the realm's tasks that are known here, by id in the realm's order. At least one. */
  readonly tasks: ReadonlyMap<string, string>
}

/** @throws RealmInvalidError saying what is wrong with the document */
export async function verifiedRealm(document: Uint8Array, keys: Pick<Keys, 'verify'>): Promise<VerifiedRealm> {
  const decoded = decodeRealm(document)
  if (!decoded.ok) throw new RealmInvalidError(`The realm document cannot be read: ${decoded.reason}`)
  const { realm, id, check } = decoded.value
  const isSigned = await keys.verify(check.key, check.message, check.signature)
  if (!isSigned) throw new RealmInvalidError('The realm document is not signed by its owner')
  const known = realm.tasks.filter((name) => Object.hasOwn(claimableVersions, name))
  const tasks = new Map(known.map((name) => [name, claimableVersions[name]!]))
  if (tasks.size === 0) throw new RealmInvalidError(`None of the realm's tasks is known here: ${realm.tasks.join(', ')}`)
  return { realm, realmId: id, tasks }
}
