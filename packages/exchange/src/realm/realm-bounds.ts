// What a realm's policy may contain: checked before one is signed and after one is read.

import { MAX_BODY_BYTES, MAX_FITNESS, MAX_TASKS_PER_REALM } from '../limits.ts'
import { faultOfModel } from './model-policy.ts'
import type { Realm } from './realm.ts'

export const MAX_PUBLISHERS = 192
export const MAX_MODERATORS = 32
export const MAX_BEACON_SIGNERS = 16
export const MAX_TERMS_LENGTH = 4_096
export const MAX_PLEDGE_LENGTH = 512
export const MAX_CAPACITY = 4_096

const NAME = /^[a-z0-9-]{1,32}$/
const LICENSE = /^[A-Za-z0-9.+-]{1,32}$/
const KEY = /^[0-9a-f]{64}$/
const PRINTABLE = /^[\x20-\x7e]*$/

function isCount(value: number, max: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max
}

function areAscending(items: readonly string[], pattern: RegExp, most: number): boolean {
  return items.length <= most && items.every((item, i) => pattern.test(item) && (i === 0 || items[i - 1]! < item))
}

function isText(text: string, most: number): boolean {
  return text.length <= most && PRINTABLE.test(text)
}

/** The first thing that a policy gets wrong, in words; undefined for one that keeps its bounds. */
export function faultOfRealm(realm: Realm): string | undefined {
  const { tasks, limits, stages, subscription } = realm
  if (!NAME.test(realm.name)) return `a name has 1 to 32 characters of a-z, 0-9 and -, got ${JSON.stringify(realm.name)}`
  if (!KEY.test(realm.owner)) return 'an owner is a key of 64 hex characters'
  if (!isCount(realm.revision)) return `a revision is a count, got ${realm.revision}`
  if (tasks.length === 0 || !areAscending(tasks, NAME, MAX_TASKS_PER_REALM)) return 'tasks are 1 to 16 ids in ascending order'
  if (!isCount(realm.threshold, MAX_FITNESS)) return `a threshold is a fitness, got ${realm.threshold}`
  const counts = [limits.maxNeurons, limits.maxLinks, limits.maxCost, limits.claimsPerMinute]
  if (!isCount(limits.maxBodyBytes, MAX_BODY_BYTES) || !counts.every((count) => isCount(count))) return 'limits are counts'
  if (!LICENSE.test(realm.license)) return `a licence is an SPDX identifier, got ${JSON.stringify(realm.license)}`
  if (!areAscending(realm.publishers, KEY, MAX_PUBLISHERS)) return `publishers are at most ${MAX_PUBLISHERS} keys in ascending order`
  if (!areAscending(realm.moderators, KEY, MAX_MODERATORS)) return `moderators are at most ${MAX_MODERATORS} keys in ascending order`
  if (!areAscending(realm.beaconSigners, KEY, MAX_BEACON_SIGNERS)) return `beacon signers are at most ${MAX_BEACON_SIGNERS} keys in ascending order`
  if (!isText(realm.terms, MAX_TERMS_LENGTH)) return `terms are at most ${MAX_TERMS_LENGTH} characters of printable ASCII`
  if (!isText(realm.pledge, MAX_PLEDGE_LENGTH)) return `a pledge has at most ${MAX_PLEDGE_LENGTH} characters of printable ASCII`
  if (!isCount(realm.capacity, MAX_CAPACITY)) return `a capacity is at most ${MAX_CAPACITY}, got ${realm.capacity}`
  if (stages.length > MAX_TASKS_PER_REALM) return `stages are at most ${MAX_TASKS_PER_REALM}`
  if (!stages.every(({ task, goal }) => tasks.includes(task) && isCount(goal, MAX_FITNESS))) return 'a stage has a task of the realm and a fitness as its goal'
  const isSubscription = areAscending(subscription.tasks, NAME, MAX_TASKS_PER_REALM) && subscription.tasks.every((task) => tasks.includes(task))
  if (!isSubscription || !isCount(subscription.minimumFitness, MAX_FITNESS)) return 'a subscription has tasks of the realm and a least fitness'
  if (realm.origin !== '' && !KEY.test(realm.origin)) return 'an origin is a realm id'
  return realm.model === undefined ? undefined : faultOfModel(realm.model)
}
