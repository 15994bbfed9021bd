// Everything that one member of a federation remembers, each collection with its bound, and what a step of it works on.

import { createBoundedMap, type BoundedMap } from '../../admission/bounded-map.ts'
import { createTokenBucket, type TokenBucket } from '../../admission/token-bucket.ts'
import type { Discovery } from '../../member/events.ts'
import type { PeerId } from '../../ports.ts'
import type { FederatedPolicy } from '../../realm/model-policy.ts'
import type { ModelMessage } from '../message.ts'
import type { ModelEffect, ModelWorld, RoundView } from '../model.ts'
import type { Decision, Report, Row, SurvivorList } from './content.ts'
import type { Reported } from './selection.ts'
import { WHOLE } from './rendezvous.ts'

/** Who coordinates a shard, as far as this member has heard. */
export interface Known {
  readonly shard: number
  term: number
  device: string
  weight: number
  /** The round that is open. */
  round: number
  members: number
  /** When its coordinator was heard last, and when the open round began, ms. */
  heardAt: number
  openedAt: number
  /** Since when we have followed it, ms. */
  readonly since: number
  /** Who brought its word: the way to it. Undefined when it is us. */
  via: PeerId | undefined
  /** It was split or joined: nobody coordinates it until its members come back. */
  isClosed: boolean
}

/** A genotype of the local population that takes part in selection. */
export interface Agent extends Row {
  readonly discovery: Discovery
  isTold: boolean
}

/** What a coordinator has. */
export interface Office {
  readonly shard: number
  readonly term: number
  round: number
  openedAt: number
  saidAt: number
  /** Of the open round: one for each device, the newest. */
  readonly reports: BoundedMap<string, Reported>
  /** Device → the last round it reported in. */
  readonly members: BoundedMap<string, number>
  bytesIn: number
  bytesOut: number
  /** A decision is being signed: nothing else is decided. */
  isClosing: boolean
}

/** Reports of others and our own on their way to the coordinator of a shard. */
export interface Outbox {
  /** By report id. */
  readonly waiting: BoundedMap<string, Uint8Array>
  /** Sent and not yet answered for. */
  sent: readonly (readonly [id: string, envelope: Uint8Array])[]
  /** Failures in a row. */
  failures: number
  retryAt: number
}

/** A list that is being fetched. */
export interface Wanted {
  /** Whose word named it: the way to it. */
  via: PeerId | undefined
  /** Set when it is about our own shard. */
  decision: { readonly decision: Decision; readonly device: string; readonly tookMs: number } | undefined
  attempts: number
  isAsked: boolean
}

/** What is done with an answer or a signature, by our ticket. */
export type Purpose =
  | { readonly kind: 'forwarded'; readonly shard: number }
  | { readonly kind: 'list'; readonly digest: string }
  | { readonly kind: 'say' }
  | { readonly kind: 'report'; readonly round: number; readonly shard: number }
  | { readonly kind: 'decide'; readonly bytes: Uint8Array; readonly digest: string }
  | { readonly kind: 'check-report'; readonly message: ModelMessage; readonly report: Report; readonly shard: number }
  | { readonly kind: 'check-proof'; readonly device: string; readonly envelope: Uint8Array }

export interface FederationState {
  readonly policy: FederatedPolicy
  /** Ours. */
  shard: number
  /** Nobody was heard before this member was here this long. */
  bornAt: number | undefined
  /** Heartbeats for which nobody coordinated our shard. */
  silentBeats: number
  readonly known: BoundedMap<number, Known>
  office: Office | undefined
  /** By task; of each at most as many as the policy has reported, the fittest first. */
  readonly agents: Map<string, Agent[]>
  /** Of our last find. */
  task: string | undefined
  /** Our last report, while its round may still be open. */
  report: { readonly round: number; readonly shard: number; readonly message: ModelMessage; readonly report: Report } | undefined
  /** The term and round that we reported for, or are about to; and when to, ms. */
  reportedFor: string
  reportAt: number
  readonly outboxes: BoundedMap<number, Outbox>
  /** Reports that came by, by term and id: none goes in circles. */
  readonly passed: BoundedMap<string, true>
  /** Lists at hand, by digest. */
  readonly lists: BoundedMap<string, Uint8Array>
  readonly wanted: BoundedMap<string, Wanted>
  /** Askers of lists on their way: ticket → digest and since when. */
  readonly parked: BoundedMap<number, { readonly digest: string; readonly since: number }>
  /** By device, shard, term and round: what was decided. */
  readonly decisions: BoundedMap<string, ModelMessage>
  /** Coordinators that lied, and the message that proves it; undefined for what was seen in a list. */
  readonly liars: BoundedMap<string, Uint8Array | undefined>
  proofsToldAt: number
  /** Coordinators that held a lease and decided nothing → until when nobody here follows them, ms. */
  readonly barren: BoundedMap<string, number>
  neighbours: ReadonlySet<PeerId>
  /** Of the last that we could not judge yet: lists may come later. */
  readonly complaints: BoundedMap<string, Reported>
  readonly complaining: TokenBucket
  /** The last decision whose list counted here. */
  applied: { readonly shard: number; readonly term: number; readonly round: number } | undefined
  last: { readonly device: string; readonly list: SurvivorList } | undefined
  /** Devices whose claims were false, or that did not show what they reported. */
  readonly doubted: BoundedMap<string, number>
  /** What a reported survivor still has to show: prefix → who must show it, and until which round. */
  readonly owed: BoundedMap<string, { readonly device: string; readonly round: number }>
  /** Device → consecutive reports whose sampled agent was as good as it said. */
  readonly valid: BoundedMap<string, number>
  readonly rounds: RoundView[]
  readonly purposes: BoundedMap<number, Purpose>
  nextTicket: number
}

export const MAX_KNOWN = 256
export const MAX_OFFICE_REPORTS = 2_048
const MAX_PASSED = 8_192
const MAX_LISTS = 8
const MAX_WANTED = 16
const MAX_PARKED = 128
const MAX_DECISIONS = 1_024
const MAX_LIARS = 256
const MAX_DEVICES = 2_048
const MAX_OWED = 512
const MAX_COMPLAINTS = 16
/** Complaints that are passed on before anybody here could judge them. */
const COMPLAINTS_BURST = 8
const COMPLAINTS_PER_SECOND = 1 / 5
const MAX_PURPOSES = 512
export const MAX_WAITING_REPORTS = 512
export const ROUNDS_SHOWN = 16

export function createFederationState(policy: FederatedPolicy): FederationState {
  return {
    policy, shard: WHOLE, bornAt: undefined, silentBeats: 0,
    known: createBoundedMap(MAX_KNOWN), office: undefined, agents: new Map(), task: undefined, report: undefined, reportedFor: '', reportAt: 0,
    outboxes: createBoundedMap(MAX_KNOWN), passed: createBoundedMap(MAX_PASSED), lists: createBoundedMap(MAX_LISTS), wanted: createBoundedMap(MAX_WANTED),
    parked: createBoundedMap(MAX_PARKED), decisions: createBoundedMap(MAX_DECISIONS), liars: createBoundedMap(MAX_LIARS), proofsToldAt: -Infinity, barren: createBoundedMap(MAX_LIARS),
    complaints: createBoundedMap(MAX_COMPLAINTS), complaining: createTokenBucket(COMPLAINTS_BURST, COMPLAINTS_PER_SECOND),
    neighbours: new Set(), applied: undefined, last: undefined, doubted: createBoundedMap(MAX_DEVICES),
    owed: createBoundedMap(MAX_OWED), valid: createBoundedMap(MAX_DEVICES), rounds: [], purposes: createBoundedMap(MAX_PURPOSES), nextTicket: 1,
  }
}

/** One call of the machine: what it may change, what is around it, what it asks for. */
export interface FederationTurn {
  readonly fed: FederationState
  readonly world: ModelWorld
  readonly effects: ModelEffect[]
}

export function ticketFor({ fed }: FederationTurn, purpose: Purpose): number {
  const ticket = fed.nextTicket++
  fed.purposes.set(ticket, purpose)
  return ticket
}

export function isAlive({ fed, world }: FederationTurn, known: Known | undefined): boolean {
  return known !== undefined && !known.isClosed && world.now - known.heardAt < fed.policy.leaseMs
}

/** To all neighbours: what it costs the coordinator is counted. */
export function broadcast({ fed, world, effects }: FederationTurn, envelope: Uint8Array): void {
  if (fed.office !== undefined) fed.office.bytesOut += envelope.length * Math.max(1, world.neighbours.length)
  effects.push({ kind: 'broadcast', envelope })
}
