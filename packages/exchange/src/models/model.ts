// What a distribution model is to the member that runs it: a state machine beside Model 1, which hears what the member hears
// and asks for what the member can do. The member signs, checks, carries and counts for it; admission stays its own door.

import type { Random } from '@megabrain/evolve'
import type { Entry } from '../archive/entry.ts'
import type { Discovery, SignatureCheck } from '../member/events.ts'
import type { PeerId, Verdict } from '../ports.ts'
import type { ModelKind } from '../realm/model-policy.ts'
import type { ModelMessage } from './message.ts'

export type ModelEvent =
  /** Once a second. */
  | { readonly kind: 'heartbeat' }
  /** A broadcast of this model and realm whose signature holds, for the first time. Must be answered by a `verdict`. */
  | { readonly kind: 'heard'; readonly from: PeerId; readonly message: ModelMessage }
  /** A neighbour asks. Must be answered by an `answer`, then or later. */
  | { readonly kind: 'asked'; readonly ticket: number; readonly from: PeerId; readonly content: Uint8Array }
  /** Undefined: the neighbour is gone, refused or took too long. */
  | { readonly kind: 'answered'; readonly ticket: number; readonly content: Uint8Array | undefined }
  /** What we wanted to say, signed. */
  | { readonly kind: 'signed'; readonly ticket: number; readonly message: ModelMessage }
  | { readonly kind: 'verified'; readonly ticket: number; readonly valid: boolean }
  /** The local population found a genotype that is within the realm's limits. `cid` is its name, `species` its niche number. */
  | { readonly kind: 'found'; readonly discovery: Discovery; readonly cid: string; readonly species: number }
  /** A stranger's claim was measured here and is in the archive now. */
  | { readonly kind: 'admitted'; readonly entry: Entry }
  /** A stranger's claim was measured here and is false. */
  | { readonly kind: 'disproved'; readonly device: string }

export type ModelEffect =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** Answered by `signed`, unless this member has no identity. */
  | { readonly kind: 'sign'; readonly ticket: number; readonly content: Uint8Array }
  /** Answered by `verified`. */
  | { readonly kind: 'verify'; readonly ticket: number; readonly checks: readonly SignatureCheck[] }
  /** To all of the realm; the envelope of a message, at most `MAX_ANNOUNCEMENT_BYTES`. */
  | { readonly kind: 'broadcast'; readonly envelope: Uint8Array }
  /** Answered by `answered`. */
  | { readonly kind: 'ask'; readonly ticket: number; readonly to: PeerId; readonly content: Uint8Array }
  | { readonly kind: 'answer'; readonly ticket: number; readonly content: Uint8Array | undefined }
  /** Claims this find and tells the mesh, whatever the member's own gate thinks of it. */
  | { readonly kind: 'tell'; readonly discovery: Discovery }

/** What a model may know of the member around it. */
export interface ModelWorld {
  /** What all waiting goes by, ms: never goes back. */
  readonly now: number
  /** What the clock shows, ms since 1970. */
  readonly wall: number
  /** The device that signs for this member, hex; undefined for a member without one. */
  readonly device: string | undefined
  readonly role: 'island' | 'relay'
  readonly realmId: string
  /** Of the realm, ascending. */
  readonly tasks: readonly string[]
  readonly neighbours: readonly PeerId[]
  readonly random: Random
  /** Fitness of the verified entry of this niche of the archive; undefined for an empty niche. */
  fitnessOf(task: string, species: number): number | undefined
}

export interface IslandModel {
  readonly kind: ModelKind
  /** Lets one event happen: changes the model. */
  step(event: ModelEvent, world: ModelWorld): readonly ModelEffect[]
  /** Whether the member's own gate tells the mesh of finds that are no records; records are always told. */
  readonly tellsAll: boolean
  /** Whether a verified stranger may go to the local population. */
  welcomes(entry: Entry, now: number): boolean
  /** For people, as plain data. */
  view(now: number): ModelView
}

/** What a page may show of a model. Times are of the member's own clock, ms. */
export interface ModelView {
  readonly model: ModelKind
  readonly federation?: FederationView
}

export interface FederationView {
  /** Heap number of this member's shard: 1 is the whole realm, 2n and 2n + 1 are the halves of n. */
  readonly shard: number
  /** Shards with a living coordinator, as far as heard. */
  readonly shards: readonly number[]
  /** Device of the coordinator, hex; undefined while there is none. */
  readonly coordinator: string | undefined
  readonly isOurs: boolean
  /** The fencing number of the lease. */
  readonly term: number
  /** The round that is open. */
  readonly round: number
  /** How long ago the coordinator was heard, ms. */
  readonly silentMs: number | undefined
  /** The last rounds, oldest first. */
  readonly rounds: readonly RoundView[]
  /** Devices that are proved to have lied as coordinators. */
  readonly liars: readonly string[]
}

export interface RoundView {
  readonly round: number
  readonly term: number
  readonly coordinator: string
  readonly shard: number
  /** Since the round before was decided, as heard here, ms. */
  readonly tookMs: number
  readonly members: number
  readonly reports: number
  readonly survivors: number
  /** Survivors that this member had reported. */
  readonly ours: number
  /** Bytes that the coordinator took in and gave out for it, as it counted; undefined at everybody else. */
  readonly coordinatorBytes?: { readonly in: number; readonly out: number }
}
