// The parts of a member's memory: claims on their way through admission, bodies wanted and measured, what waits to be
// published, how far synchronising is, and what was counted.

import type { TaskId } from '@megabrain/evolve'
import type { TokenBucket } from '../admission/token-bucket.ts'
import type { Refusal } from '../admission/refusal.ts'
import type { StageCounts } from '../admission/stage.ts'
import type { Reputation } from '../admission/reputation.ts'
import type { Claim } from '../claim/claim.ts'
import type { PeerId } from '../ports.ts'
import type { HeldBody } from './bases.ts'
import type { Discovery, Ticket } from './events.ts'

/** A signed claim under way through admission. */
export interface Candidate {
  readonly claim: Claim
  readonly envelope: Uint8Array
  readonly via: PeerId
  readonly source: 'channel' | 'sync'
}

export interface PendingCheck {
  readonly candidate: Candidate
  /** The delivery that waits for a verdict; undefined for synchronised claims. */
  readonly delivery: string | undefined
  readonly since: number
}

/** A genotype that somebody claimed and nobody has given us yet. */
export interface Pull {
  readonly cid: string
  readonly digest: Uint8Array
  readonly candidates: Candidate[]
  /** Who said that they have it, first announcer first. */
  readonly holders: Set<PeerId>
  /** Who has been asked in this round. */
  readonly asked: Set<PeerId>
  /** Who gave other bytes: not asked again. */
  readonly excluded: Set<PeerId>
  askedLast: PeerId | undefined
  /** What was named as held when asking last; undefined when a plain body was asked for. */
  held: readonly HeldBody[] | undefined
  attempts: number
  /** Set while a request is on its way. */
  ticket: Ticket | undefined
  /** Not asked again before, ms. */
  notBefore: number
  /** Whether the directory has been asked. */
  isSought: boolean
  /** The last refusal that was more telling than `unavailable`. */
  fault: Refusal | undefined
}

/** A body with the right content that waits for its measurement. */
export interface Trial {
  readonly cid: string
  readonly body: Uint8Array
  readonly links: number
  readonly candidates: Candidate[]
  ticket: Ticket | undefined
}

/** What local measurement said about a body, whether or not it is kept. */
export type Measured = Sound | { readonly ok: false; readonly reason: Refusal }

export interface Sound {
  readonly ok: true
  readonly fitness: number
  readonly fingerprint: number
  readonly links: number
}

export interface AuthorRecord {
  reputation: Reputation
  /** Whether something it claimed was reproduced here, and nothing was found false since. */
  isProven: boolean
  readonly claims: TokenBucket
  /** Measurements spent on what it signed. */
  readonly evaluations: TokenBucket
  /** Bytes of bodies fetched for what it signed. */
  readonly bytes: TokenBucket
}

export interface Publication {
  readonly discovery: Discovery
  readonly cid: string
  readonly links: number
  /** Not before, ms: jitter. */
  readonly due: number
}

export interface PublishState {
  /** Waiting for their time, by niche: a better one takes the place of its predecessor. */
  readonly waiting: Map<string, Publication>
  /** Waiting for their signature. */
  readonly signing: Map<Ticket, { readonly publication: Publication; readonly claim: Omit<Claim, 'id'> }>
  /** Gains of the last improvements, newest last; what the top 1 % is measured against. */
  readonly gains: number[]
  /** Best fitness found here by task. Bounded by the realm's tasks. */
  readonly bestFound: Map<TaskId, number>
  readonly bucket: TokenBucket
  publishedAt: number
  sequence: number
}

export interface SyncState {
  /** Neighbours that agreed with us since the last change. */
  readonly agreed: Set<PeerId>
  ticket: Ticket | undefined
  partner: PeerId | undefined
  step: 'compare' | 'offer'
  /** Heartbeats left in which we synchronise every time. */
  fastBeats: number
  /** The fast pace ended without agreement: a difference alone does not start it again. */
  isWeary: boolean
  nextAt: number
  readonly reannounce: TokenBucket
}

export interface Counters {
  received: number
  admitted: number
  published: number
  /** Receipts of others that were run again. */
  audited: number
  reannounced: number
  forwarded: number
  pulled: number
  measured: number
  /** Genotypes of work units. */
  evaluatedForOthers: number
  served: number
  comparisons: number
  agreements: number
  immigrated: number
  /** Claims outside the subscription. */
  filtered: number
  /** Entries of earlier releases that were measured anew. */
  rescored: number
  /** Statements kept that were new here. */
  stated: number
  readonly refused: Map<Refusal, number>
  readonly stages: StageCounts
}
