// A realm: the named, signed policy that an exchange obeys. Its id scopes topics, protocols and storage, and depends
// only on who owns the name, so a policy can change without moving everybody.

import { sha256 } from '@noble/hashes/sha2.js'
import { joinBytes } from '../bytes/compare.ts'
import { asciiBytes, hexBytes, hexText } from '../bytes/text.ts'
import { DEFAULT_LICENSE } from '../claim/claim-codec.ts'
import type { ChosenModel } from './model-policy.ts'

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

/** Who may publish: everybody; `publishers` alone; those and whoever holds an invite. Owner and moderators always may. */
export type PublishRule = 'open' | 'listed' | 'invited'

/**
 * What may cross the realm's border. 1: champions may leave. 2: only together with the claim that says whose they are.
 * 3: they stay. 4: they stay, and nothing comes in from elsewhere.
 */
export type Containment = 1 | 2 | 3 | 4

export interface Stage {
  /** One of the realm's tasks. */
  readonly task: string
  /** Verified fitness at which every island moves on to the next stage. */
  readonly goal: number
}

/** What a member pulls unless its owner chooses otherwise. */
export interface SubscriptionDefaults {
  /** Task ids, ascending; empty: all of the realm. */
  readonly tasks: readonly string[]
  readonly minimumFitness: number
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
  readonly publish: PublishRule
  /** Authors that may publish under `listed` and `invited`: owner keys, ascending, at most 192. */
  readonly publishers: readonly string[]
  /** Whose bans and invites hold: owner keys, ascending, at most 32. Empty: the realm is unmoderated. */
  readonly moderators: readonly string[]
  /** Printable ASCII, at most 4,096 characters; not empty: must be accepted before publishing. */
  readonly terms: string
  /** A promise that accepting authors may add, at most 512 characters; empty: none is asked for. */
  readonly pledge: string
  readonly containment: Containment
  /** Most authors that may publish, owner and moderators not counted, up to 4,096. 0: any number. */
  readonly capacity: number
  /** In their order, at most 16; empty: the realm has no stages. */
  readonly stages: readonly Stage[]
  /** Whose commits and reveals make the epoch beacon: owner keys, ascending, at most 16. */
  readonly beaconSigners: readonly string[]
  readonly subscription: SubscriptionDefaults
  /** Id of the realm that this one was forked from; empty: none. */
  readonly origin: string
  /** How the work is distributed. Absent: Model 1, and the policy's bytes are those that releases before this field read. */
  readonly model?: ChosenModel
}

export const DEFAULT_REALM_LIMITS: RealmLimits = {
  maxBodyBytes: 32_768,
  maxNeurons: 512,
  maxLinks: 4_096,
  maxCost: 100_000_000,
  claimsPerMinute: 30,
}

/** Everything that version 2 of the document added, as a version 1 document meant it; the owner moderates. */
export function secondVersionDefaults(owner: string): Omit<Realm, 'name' | 'revision' | 'owner' | 'tasks' | 'threshold' | 'limits' | 'license' | 'model'> {
  return {
    publish: 'open', publishers: [], moderators: [owner], terms: '', pledge: '', containment: 1, capacity: 0, stages: [],
    beaconSigners: [], subscription: { tasks: [], minimumFitness: 0 }, origin: '',
  }
}

/** A first policy for `tasks` with default limits: open to all, moderated by its owner. */
export function createRealm(options: { readonly name: string; readonly owner: string; readonly tasks: readonly string[] }): Realm {
  const tasks = [...new Set(options.tasks)].sort()
  const { name, owner } = options
  const first = { name, revision: 1, owner, tasks, threshold: 0, limits: DEFAULT_REALM_LIMITS, license: DEFAULT_LICENSE }
  return { ...first, ...secondVersionDefaults(owner) }
}

/** @returns 64 hex characters: sha256 over owner key and name */
export function realmId(realm: Pick<Realm, 'owner' | 'name'>): string {
  return hexText(sha256(joinBytes([asciiBytes('megabrain-realm/1:'), hexBytes(realm.owner), asciiBytes(realm.name)])))
}

/** Whether bans and invites of this owner key hold. */
export function isModerator(realm: Pick<Realm, 'moderators'>, key: string): boolean {
  return realm.moderators.includes(key)
}

/** Whether authors must say that they join before they may publish. */
export function needsAcceptance(realm: Pick<Realm, 'terms' | 'capacity' | 'publish'>): boolean {
  return realm.terms !== '' || realm.capacity > 0 || realm.publish === 'invited'
}

/** Whether there is anything to accept, a pledge alone included. */
export function takesAcceptances(realm: Pick<Realm, 'terms' | 'pledge' | 'capacity' | 'publish'>): boolean {
  return needsAcceptance(realm) || realm.pledge !== ''
}

/** What accepting the terms signs: changing a word of terms or pledge asks everybody again. 64 hex characters. */
export function termsDigest({ terms, pledge }: Pick<Realm, 'terms' | 'pledge'>): string {
  return hexText(sha256(joinBytes([Uint8Array.of(terms.length >> 8, terms.length & 255), asciiBytes(terms), asciiBytes(pledge)])))
}
