// A realm: the named, signed policy that an exchange obeys. Its id scopes topics, protocols and storage, and depends
// only on who owns the name, so a policy can change without moving everybody.

import { sha256 } from '@noble/hashes/sha2.js'
import { joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import { DEFAULT_LICENSE } from '../claim/claim-codec.ts'

export interface RealmLimits {
  /** Canonical genotype, bytes; at most `MAX_BODY_BYTES`. */
  readonly maxBodyBytes: number
  readonly maxNeurons: number
  readonly maxLinks: number
  /** Static cost of one verification: `costOf(genotype)` times the task's `maxActivations` and the 8 of a fingerprint. */
  readonly maxCost: number
  /** Announcements per author and minute that a member looks at. */
  readonly claimsPerMinute: number
}

export interface Realm {
  /** 1 to 32 characters of `a-z`, `0-9` and `-`. */
  readonly name: string
  /** Counts up with each change of the policy; the higher one of two valid documents holds. */
  readonly revision: number
  /** Public key that signs the policy, lower-case hex, 64 characters. */
  readonly owner: string
  /** Task ids, ascending, 1 to 16. */
  readonly tasks: readonly string[]
  /** Least fitness that may be published. */
  readonly threshold: number
  readonly limits: RealmLimits
  /** SPDX identifier under which genotypes are shared. */
  readonly license: string
}

export const DEFAULT_REALM_LIMITS: RealmLimits = {
  maxBodyBytes: 32_768,
  maxNeurons: 512,
  maxLinks: 4_096,
  maxCost: 100_000_000,
  claimsPerMinute: 30,
}

/** A first policy for `tasks` with default limits. */
export function createRealm(options: { readonly name: string; readonly owner: string; readonly tasks: readonly string[] }): Realm {
  const tasks = [...new Set(options.tasks)].sort()
  const { name, owner } = options
  return { name, revision: 1, owner, tasks, threshold: 0, limits: DEFAULT_REALM_LIMITS, license: DEFAULT_LICENSE }
}

/** @returns 64 hex characters: sha256 over owner key and name */
export function realmId(realm: Pick<Realm, 'owner' | 'name'>): string {
  return hexText(sha256(joinBytes([asciiBytes('megabrain-realm/1:'), hexBytes(realm.owner), asciiBytes(realm.name)])))
}
