// Everything a member remembers, and the bounds of each collection. Built once; only `step` and what it calls change it.

import { createRandom, type Random, type TaskId } from '@megabrain/evolve'
import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import { createTokenBucket, type TokenBucket } from '../admission/token-bucket.ts'
import type { Refusal } from '../admission/refusal.ts'
import { createStageCounts, type AdmissionStage } from '../admission/stage.ts'
import { CLEAN, strike } from '../admission/reputation.ts'
import type { SequenceWindow } from '../admission/sequence-window.ts'
import { HEAD_ID_LENGTH } from '../archive/heads.ts'
import { raise } from '../archive/niches.ts'
import type { Entry } from '../archive/entry.ts'
import { hasBody } from '../archive/eviction.ts'
import type { Claim } from '../claim/claim.ts'
import { hexText } from '../bytes/text.ts'
import type { Change, PeerId } from '../ports.ts'
import { realmId } from '../realm/realm.ts'
import { createAudits, type AuditState } from './audit.ts'
import { createBeaconState, type BeaconState } from './beacon.ts'
import { cacheBody } from './body-cache.ts'
import { MAX_CARRIED, type CarriedClaim } from './carry.ts'
import type { Find } from '../credit/find.ts'
import { decodeFind, MAX_FINDS } from './past.ts'
import { createOwnWork, type OwnWork } from './credit.ts'
import { createClock, type Clock } from './clock.ts'
import type { Effect, Ticket } from './events.ts'
import { faultByRule, noteLineage, type Rulings, type Seating } from './governance.ts'
import { createImmigration, type ImmigrationState } from './immigration.ts'
import { MAX_CONFESSED, MAX_LINEAGE, type Lineage } from './lineage.ts'
import { createModelTraffic, type ModelTraffic } from './model.ts'
import { createNeighbourRecord, type NeighbourRecord } from './neighbour-record.ts'
import { createPolicyTraffic, type PolicyTraffic } from './policy.ts'
import { plainReading, type Reading } from './reading.ts'
import { createRescore, rememberOutdated, type RescoreState } from './outdated.ts'
import { suggestedBy, type Subscription } from './subscription.ts'
import { createDirectoryUse, type DirectoryUse } from './directory.ts'
import { createStorage, keepAuthorWithin, makeRoom, type StorageState } from './storage.ts'
import { createTraffic, restoreRegistry, type StatementTraffic } from './registry.ts'
import type { Registry } from '../registry/registry.ts'
import type { MemberOptions } from './member-options.ts'
import { createNewcomers } from './newcomers.ts'
import type { Candidate, PendingCheck, Pull, Trial, Measured, AuthorRecord, PublishState, SyncState, Counters } from './under-way.ts'

export type { MemberOptions } from './member-options.ts'
export type { Candidate, PendingCheck, Pull, Trial, Measured, Sound, AuthorRecord, Publication, PublishState, SyncState, Counters } from './under-way.ts'

export interface MemberState extends Lineage {
  readonly clock: Clock
  /** Another one when the realm has a newer policy. */
  options: MemberOptions
  readonly reading: Reading
  readonly realmId: string
  /** Tasks of the realm that we can re-run. */
  evaluators: ReadonlyMap<TaskId, string>
  readonly random: Random
  nextTicket: Ticket
  readonly niches: Map<string, Entry>
  /** Entries by genotype: as many as niches. */
  readonly byGenotype: Map<string, Entry>
  /** Bodies at hand that no entry holds, by CID; see `body-cache.ts`. */
  readonly displaced: BoundedMap<string, Uint8Array>
  /** Changes of stored rows that this step has brought about; emptied at its end. */
  readonly rows: Change[]
  /** CIDs of bodies that were dropped in this step. */
  readonly forgotten: Set<string>
  readonly storage: StorageState
  /** `rootOf(niches)`, until they change. */
  root: string | undefined
  /** Claims whose fate is decided or under way: claim id → CID. */
  readonly seen: BoundedMap<string, string>
  /** By head id, for anti-entropy: those of the same claims that synchronising need not bring again. */
  readonly seenHeads: BoundedMap<string, true>
  /** Measured bodies, refused ones included: CID → what was measured. */
  readonly known: BoundedMap<string, Measured>
  readonly sequences: BoundedMap<string, SequenceWindow>
  readonly authors: BoundedMap<string, AuthorRecord>
  /** What authors of whom nothing was reproduced here may cost in all. */
  readonly newcomers: TokenBucket
  /** Exactly the connected ones. */
  neighbours: Map<PeerId, NeighbourRecord>
  /** All others together: links are often usable before the mesh has told who is there. */
  readonly unlisted: NeighbourRecord
  /** By ticket. */
  readonly checks: BoundedMap<Ticket, PendingCheck>
  /** Claims to be passed on unread, while their signatures are checked. */
  readonly carried: BoundedMap<Ticket, CarriedClaim>
  subscription: Subscription
  isThrifty: boolean
  readonly rescore: RescoreState
  /** By CID. */
  readonly pulls: BoundedMap<string, Pull>
  readonly pullTickets: Map<Ticket, string>
  readonly directory: DirectoryUse
  /** By CID, in order of arrival. */
  readonly trials: BoundedMap<string, Trial>
  readonly trialTickets: Map<Ticket, string>
  /** Requests of others for a body that is on its way to us: ticket → CID, since when (ms), and what the asker holds. */
  /** Answers that were made lately, by the body's CID and those of the bases at hand; see `park.ts`. */
  readonly packed: BoundedMap<string, Uint8Array>
  readonly parked: BoundedMap<number, { readonly cid: string; readonly since: number; readonly held: readonly Uint8Array[] | undefined }>
  readonly registry: Registry
  /** Receipts of our own. */
  readonly work: OwnWork
  /** Admitted claims, displaced ones too, by id. */
  readonly past: BoundedMap<string, Find>
  /** What we check of others' receipts. */
  readonly audits: AuditState
  readonly beacon: BeaconState
  /** The distribution model of the realm, beside Model 1. */
  readonly model: ModelTraffic
  readonly statements: StatementTraffic
  readonly policy: PolicyTraffic
  /** What policy and registry come to, as last worked out. */
  rulings: Rulings | undefined
  seating: Seating | undefined
  /** Acceptances have come that may cost others their place. */
  isRuleDue: boolean
  /** Authors of whom whoever runs this member will have nothing. */
  shunned: ReadonlySet<string>
  /** Authors whose bodies have no budget of their own. */
  spared: ReadonlySet<string>
  /** As the driver was told last. */
  stage: number | undefined
  readonly publish: PublishState
  readonly sync: SyncState
  readonly immigration: ImmigrationState
  readonly counters: Counters
}

export const MAX_SEEN_CLAIMS = 16_384
export const MAX_KNOWN_BODIES = 8_192
export const MAX_DEVICES = 8_192
export const MAX_AUTHORS = 8_192
export const MAX_DISPLACED_BODIES = 128
export const MAX_PENDING_CHECKS = 256
export const MAX_PULLS = 256
export const MAX_TRIALS = 64
/** A relay's members all ask it at once for what it has just told them. */
export const MAX_PARKED = { island: 64, relay: 2_048 } as const
/** Answers with bodies, of 256 KiB at most each. */
export const MAX_PACKED = 32
export const MAX_NEIGHBOURS = 2_048

const OWN_CLAIMS_BURST = 5
const OWN_CLAIMS_PER_SECOND = 1 / 5
/** A whole archive of one author at once: two tasks of 256 niches, in bodies of the default policy's size. */
const AUTHOR_EVALUATIONS = 512
const AUTHOR_EVALUATIONS_PER_SECOND = 2
const AUTHOR_BYTES = 16_777_216
const AUTHOR_BYTES_PER_SECOND = 131_072
const REANNOUNCE_BURST = 4
const REANNOUNCE_PER_SECOND = 1

/** Tasks of the realm that this member can re-run. */
export function evaluatorsFor({ realm, evaluators }: Pick<MemberOptions, 'realm' | 'evaluators'>): ReadonlyMap<TaskId, string> {
  const known = new Map<TaskId, string>()
  for (const task of realm.tasks) {
    const evaluator = Object.hasOwn(evaluators, task) ? evaluators[task] : undefined
    if (evaluator !== undefined) known.set(task, evaluator)
  }
  return known
}

/** A member that has heard nothing yet but remembers its archive. */
export function createMember(options: MemberOptions): MemberState {
  const { realm, identity } = options
  const evaluators = evaluatorsFor(options)
  const state: MemberState = {
    options,
    clock: createClock(),
    reading: options.reading ?? plainReading,
    realmId: realmId(realm),
    evaluators,
    random: createRandom(options.seed),
    nextTicket: 1,
    niches: new Map(),
    byGenotype: new Map(),
    displaced: createBoundedMap(MAX_DISPLACED_BODIES),
    storage: createStorage(options.pinned ?? new Map()),
    rows: [],
    forgotten: new Set(),
    root: undefined,
    seen: createBoundedMap(MAX_SEEN_CLAIMS),
    seenHeads: createBoundedMap(MAX_SEEN_CLAIMS),
    known: createBoundedMap(MAX_KNOWN_BODIES),
    sequences: createBoundedMap(MAX_DEVICES),
    authors: createBoundedMap(MAX_AUTHORS),
    newcomers: createNewcomers(options.role),
    neighbours: new Map(),
    unlisted: createNeighbourRecord('island'),
    checks: createBoundedMap(MAX_PENDING_CHECKS),
    carried: createBoundedMap(MAX_CARRIED),
    isThrifty: false,
    subscription: options.subscription ?? (options.role === 'relay' ? {} : suggestedBy(realm)),
    rescore: createRescore(options.formerEvaluators ?? {}),
    pulls: createBoundedMap(MAX_PULLS),
    pullTickets: new Map(),
    directory: createDirectoryUse(),
    trials: createBoundedMap(MAX_TRIALS),
    trialTickets: new Map(),
    parked: createBoundedMap(MAX_PARKED[options.role]),
    packed: createBoundedMap(MAX_PACKED),
    registry: restoreRegistry(realm, realmId(realm), options.statements ?? []),
    statements: createTraffic(),
    policy: createPolicyTraffic(),
    rulings: undefined,
    seating: undefined,
    shunned: new Set(),
    spared: new Set(),
    isRuleDue: false,
    lineage: createBoundedMap(MAX_LINEAGE),
    confessed: createBoundedMap(MAX_CONFESSED),
    heardOf: 0,
    stage: undefined,
    work: createOwnWork(identity === undefined ? undefined : hexText(identity.device), realmId(realm), options.receipts ?? []),
    past: createBoundedMap(MAX_FINDS),
    audits: createAudits(),
    beacon: createBeaconState(),
    model: createModelTraffic(realm.model),
    publish: {
      waiting: new Map(),
      signing: new Map(),
      gains: [],
      bestFound: new Map(),
      bucket: createTokenBucket(OWN_CLAIMS_BURST, OWN_CLAIMS_PER_SECOND),
      publishedAt: Number.NEGATIVE_INFINITY,
      sequence: 0,
    },
    sync: {
      agreed: new Set(),
      ticket: undefined,
      partner: undefined,
      step: 'compare',
      fastBeats: 0,
      isWeary: false,
      nextAt: 0,
      reannounce: createTokenBucket(REANNOUNCE_BURST, REANNOUNCE_PER_SECOND),
    },
    immigration: createImmigration(),
    counters: {
      received: 0,
      admitted: 0,
      published: 0,
      audited: 0,
      reannounced: 0,
      forwarded: 0,
      pulled: 0,
      measured: 0,
      served: 0,
      comparisons: 0,
      agreements: 0,
      immigrated: 0,
      filtered: 0,
      rescored: 0,
      stated: 0,
      refused: new Map(),
      stages: createStageCounts(),
    },
  }
  const device = identity === undefined ? undefined : hexText(identity.device)
  for (const row of options.finds ?? []) {
    const find = decodeFind(row, state.realmId)
    if (find !== undefined) state.past.set(find.claim.id, find)
  }
  // Rows come in the order of their keys; in the order of time parents come before their children.
  for (const { claim } of [...state.past.values()].sort((a, b) => a.claim.time - b.claim.time)) noteLineage(state, claim)
  for (const entry of options.entries ?? []) {
    const { claim } = entry
    if (claim.realm !== state.realmId || !evaluators.has(claim.task)) continue
    if (claim.device === device) state.publish.sequence = Math.max(state.publish.sequence, claim.sequence)
    if (entry.origin !== undefined && claim.supersedes !== undefined) state.rescore.origins.set(claim.supersedes, entry.origin)
    if (evaluators.get(claim.task) !== claim.evaluator) {
      rememberOutdated(state, entry)
      continue
    }
    noteLineage(state, claim)
    // Banned since it was stored, or its author has lost the right to publish.
    if (faultByRule(state, claim) !== undefined) continue
    store(state, entry)
    authorOf(state, claim.author).isProven = true
    rememberClaim(state, claim)
  }
  for (const [cid, body] of options.bodies ?? []) cacheBody(state, cid, body, true)
  return state
}

/** Puts a verified entry into the archive of the state. */
export function store(state: MemberState, entry: Entry): { readonly raised: boolean; readonly replaces: Entry | undefined } {
  const result = raise(state.niches, entry)
  const { claim, fingerprint, links } = entry
  noteLineage(state, claim)
  state.known.set(claim.genotype, { ok: true, fitness: claim.fitness, fingerprint, links })
  if (!result.raised) {
    cacheBody(state, claim.genotype, entry.body, false)
    return result
  }
  // First the new one, then room is made for the old one: whatever goes must be found in both maps.
  if (result.replaces !== undefined) state.byGenotype.delete(result.replaces.claim.genotype)
  state.displaced.delete(claim.genotype)
  state.byGenotype.set(claim.genotype, entry)
  if (result.replaces !== undefined) {
    cacheBody(state, result.replaces.claim.genotype, result.replaces.body, true)
    if (result.replaces.former !== undefined) state.rescore.origins.set(result.replaces.claim.id, result.replaces.envelope)
  }
  state.root = undefined
  makeRoom(state, entry.body.length)
  keepAuthorWithin(state, claim.author)
  return result
}

/** A body that we have; whether it was measured, `known` says. */
export function bodyOf(state: MemberState, cid: string): Uint8Array | undefined {
  const held = state.byGenotype.get(cid)
  if (held !== undefined && hasBody(held)) return held.body
  return state.displaced.get(cid) ?? state.storage.pinned.get(cid) ?? state.rescore.bodies.get(cid)
}

export function rememberClaim(state: MemberState, claim: Pick<Claim, 'id' | 'genotype'>): void {
  state.seen.set(claim.id, claim.genotype)
  state.seenHeads.set(claim.id.slice(0, HEAD_ID_LENGTH), true)
}

/** Refused by a rule of the channel alone: not heard there again, but synchronising may still bring it. */
export function leaveUndecided(state: MemberState, claim: Pick<Claim, 'id'>): void {
  state.seenHeads.delete(claim.id.slice(0, HEAD_ID_LENGTH))
}

export function isDecided(state: MemberState, claim: Pick<Claim, 'id'>): boolean {
  return state.seenHeads.has(claim.id.slice(0, HEAD_ID_LENGTH))
}

/** So that it may be heard again: its fate was an accident. */
export function forgetClaim(state: MemberState, claim: Pick<Claim, 'id'>): void {
  state.seen.delete(claim.id)
  state.seenHeads.delete(claim.id.slice(0, HEAD_ID_LENGTH))
}

/** One call of `step`: the state it may change, the time, and what it asks for. */
export interface Turn {
  readonly state: MemberState
  /** What all waiting goes by, ms: never goes back, whatever the clock does. */
  readonly now: number
  /** What the clock shows, ms since 1970: for what is signed and for windows around what others signed. */
  readonly wall: number
  readonly effects: Effect[]
}

export function newTicket(state: MemberState): Ticket {
  return state.nextTicket++
}

export function countRefusal(
  turn: Turn,
  reason: Refusal,
  candidate: { readonly via: PeerId; readonly claim?: Claim },
  measured?: number,
): void {
  const { refused } = turn.state.counters
  refused.set(reason, (refused.get(reason) ?? 0) + 1)
  const { claim, via } = candidate
  turn.effects.push({
    kind: 'notice',
    notice: {
      kind: 'refused',
      reason,
      via,
      ...(claim === undefined ? {} : { cid: claim.genotype, claimed: claim.fitness }),
      ...(measured === undefined ? {} : { measured }),
    },
  })
}

/** @param count claims that got through `stage` together */
export function passed({ counters }: MemberState, stage: AdmissionStage, count = 1): void {
  counters.stages[stage] += count
}

export function authorOf(state: MemberState, author: string): AuthorRecord {
  const perMinute = state.options.realm.limits.claimsPerMinute
  const record = state.authors.get(author) ?? {
    reputation: CLEAN,
    isProven: false,
    claims: createTokenBucket(Math.max(1, perMinute / 3), perMinute / 60),
    evaluations: createTokenBucket(AUTHOR_EVALUATIONS, AUTHOR_EVALUATIONS_PER_SECOND),
    bytes: createTokenBucket(AUTHOR_BYTES, AUTHOR_BYTES_PER_SECOND),
  }
  state.authors.set(author, record)
  return record
}

/** The author, and nobody who passed it on, answers for what was signed. */
export function blameAuthor(turn: Turn, claim: Claim): void {
  const record = authorOf(turn.state, claim.author)
  record.reputation = strike(record.reputation, turn.now)
  record.isProven = false
}

/**
 * Refuses what nobody has disproved: it may be heard again. What came by synchronising and only finds no room yet is not
 * refused: it stays where it is, and comparing archives brings it again.
 */
export function drop(turn: Turn, candidate: Candidate, reason: Refusal): void {
  forgetClaim(turn.state, candidate.claim)
  if (candidate.source === 'sync' && reason === 'too-many') return
  countRefusal(turn, reason, candidate)
}
