// What a realm document means here: a policy that its owner signed, and the tasks of it that this program can run.

import { decodeRealm } from '@megabrain/exchange'
import type { Keys, Realm } from '@megabrain/exchange'
import { evaluatorVersion, findTask } from '@megabrain/tasks'
import type { Task } from '@megabrain/evolve'
import { RealmInvalidError } from '../errors.ts'

export interface RunnableTask {
  readonly task: Task
  readonly evaluator: string
}

export interface VerifiedRealm {
  readonly realm: Realm
  readonly realmId: string
  /** Tasks of the realm that are known here, in the realm's order. At least one. */
  readonly tasks: ReadonlyMap<string, RunnableTask>
}

/** @throws RealmInvalidError saying what is wrong with the document */
export async function verifiedRealm(document: Uint8Array, keys: Pick<Keys, 'verify'>): Promise<VerifiedRealm> {
  const decoded = decodeRealm(document)
  if (!decoded.ok) throw new RealmInvalidError(`The realm document cannot be read: ${decoded.reason}`)
  const { realm, id, check } = decoded.value
  const isSigned = await keys.verify(check.key, check.message, check.signature)
  if (!isSigned) throw new RealmInvalidError('The realm document is not signed by its owner')
  const tasks = new Map<string, RunnableTask>()
  for (const name of realm.tasks) {
    const task = findTask(name)
    if (task !== undefined) tasks.set(name, { task, evaluator: evaluatorVersion(task) })
  }
  if (tasks.size === 0) throw new RealmInvalidError(`None of the realm's tasks is known here: ${realm.tasks.join(', ')}`)
  return { realm, realmId: id, tasks }
}
