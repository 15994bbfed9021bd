// What a member is made from: who it is, what it can run, what it obeys and what its archive remembers.

import type { TaskId } from '@megabrain/evolve'
import type { Entry } from '../archive/entry.ts'
import type { Keys } from '../ports.ts'
import type { Realm } from '../realm/realm.ts'
import type { ImmigrationPolicy } from './immigration.ts'
import type { Reading } from './reading.ts'
import type { Subscription } from './subscription.ts'

export interface MemberOptions {
  /** A relay verifies, archives and serves; it finds nothing and has no population. */
  readonly role: 'island' | 'relay'
  /** A policy whose signature has been checked. */
  readonly realm: Realm
  /** What this member can re-run: task id → evaluator version. Tasks outside the realm are left aside. */
  readonly evaluators: Readonly<Record<TaskId, string>>
  /** Who signs what this member finds. A relay may go without. */
  readonly identity?: Pick<Keys, 'owner' | 'device' | 'delegation'>
  /** Chooses partners and jitter; integer from 0. Give each start another one. */
  readonly seed: number
  /** Verified entries from the local archive; those of other evaluators are measured anew, those of other realms left aside. */
  readonly entries?: readonly Entry[]
  /** Evaluator versions of earlier releases, by task: claims made under them are measured anew, not refused. */
  readonly formerEvaluators?: Readonly<Record<TaskId, readonly string[]>>
  /** The newest version of claims to write: 1 while members of the first release should still read them. @default 2 */
  readonly claimVersion?: 1 | 2
  /** What to pull of what is heard; an event changes it later. @default what the realm suggests; for a relay everything */
  readonly subscription?: Subscription
  /** Whether neighbours may have genotypes evaluated here, which whoever lends the machine must want; a relay never does it. @default false */
  readonly evaluatesForOthers?: boolean
  /** Bodies from the local archive that belong to no entry, by CID. */
  readonly bodies?: ReadonlyMap<string, Uint8Array>
  /** Which verified strangers the local population gets. @default `DEFAULT_IMMIGRATION` */
  readonly immigration?: ImmigrationPolicy
  /** Bodies that people asked to keep, by CID: rows under `pinRowPrefix`. */
  readonly pinned?: ReadonlyMap<string, Uint8Array>
  /** What the bodies of the archive may take, bytes. @default 50 MB; for a relay 500 MB */
  readonly archiveBytes?: number
  /** What the bodies of one author may take of that, bytes; our own and pinned ones are not asked. @default as much */
  readonly authorBytes?: number
  /** How strangers' bytes are read. @default the plain decoders */
  readonly reading?: Reading
  /** The signed document of `realm`, to give to those who have an older one. */
  readonly document?: Uint8Array
  /** Signed statements from the local archive; those of other realms or that the policy does not entitle are left aside. */
  readonly statements?: readonly Uint8Array[]
  /** Own receipts from the local archive, the last of each chain. */
  readonly receipts?: readonly Uint8Array[]
  /** 32 secret bytes that the host keeps, for who signs for the realm: takes part in its beacon. */
  readonly beaconSeed?: Uint8Array
  /** Rows of finds from the local archive; damaged ones are left aside. */
  readonly finds?: readonly Uint8Array[]
}
