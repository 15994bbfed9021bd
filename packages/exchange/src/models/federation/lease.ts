// Who coordinates: silence makes members stand, the highest weight of a term stays, a higher term fences the lower ones off.
// A coordinator is an optimisation and no authority, so two of them at a time cost messages and nothing else.

import type { PeerId } from '../../ports.ts'
import { createBoundedMap } from '../../admission/bounded-map.ts'
import { encodeSaid, type Lease } from './content.ts'
import { covers, weightOf } from './rendezvous.ts'
import { isAlive, MAX_OFFICE_REPORTS, ticketFor, type FederationTurn, type Known } from './state.ts'

/** A term this far beyond what our clock would begin with is nobody's honest count, seconds. */
const MAX_TERM_AHEAD = 31_536_000
/** Members expected to stand in the first heartbeat of silence; each further one doubles it. */
const EXPECTED_STANDERS = 1.5
/** A coordinator that lets so many deadlines pass without a decision is not followed for this long, ms. */
const BARREN_DEADLINES = 2
const BARREN_MS = 600_000
/** Said three times within a lease, so that one lost message ends nothing. */
const SAYINGS_PER_LEASE = 3

export interface Claimed {
  readonly shard: number
  readonly term: number
  readonly device: string
}

/** Whether whoever speaks so is to be followed: `older` was fenced off, `same` is who we follow, `newer` takes over. */
export function standingOf({ fed, world }: FederationTurn, { shard, term, device }: Claimed): 'older' | 'same' | 'newer' {
  const known = fed.known.get(shard)
  if (known === undefined) return 'newer'
  if (known.term === term && known.device === device) return 'same'
  if (known.term !== term) return term > known.term ? 'newer' : 'older'
  return weightOf(world.realmId, shard, term, device) > known.weight ? 'newer' : 'older'
}

/** @returns whether it is to be passed on */
export function hearLease(turn: FederationTurn, lease: Lease, device: string, from: PeerId): boolean {
  const standing = follow(turn, { ...lease, device }, from)
  if (standing === undefined) return false
  const known = turn.fed.known.get(lease.shard)!
  known.members = lease.members
  if (lease.round > known.round) {
    // Its decision has not reached us, or we are new here.
    known.round = lease.round
    known.openedAt = turn.world.now
  }
  return true
}

/** Notes that a coordinator spoke. @returns undefined when nobody should listen to it */
export function follow(turn: FederationTurn, claimed: Claimed & { readonly round: number }, via: PeerId | undefined): 'same' | 'newer' | undefined {
  const { fed, world } = turn
  const { shard, term, device, round } = claimed
  if (fed.liars.has(device) || (fed.barren.get(device) ?? 0) > world.now || term > world.wall / 1_000 + MAX_TERM_AHEAD) return undefined
  const standing = standingOf(turn, claimed)
  if (standing === 'older') return undefined
  const before = fed.known.get(shard)
  if (standing === 'same') {
    before!.heardAt = world.now
    before!.via = via
    return 'same'
  }
  fed.known.set(shard, {
    shard, term, device, weight: weightOf(world.realmId, shard, term, device), via, heardAt: world.now,
    // A round that was open under the one before goes on: what was reported for it is reported again. After a cut the
    // rounds of the higher term count, even if they are fewer.
    round, openedAt: before?.round === round ? before.openedAt : world.now, since: world.now,
    members: before?.members ?? 0, isClosed: false,
  })
  if (fed.office?.shard === shard && device !== world.device) fed.office = undefined
  return 'newer'
}

export function leaseOnHeartbeat(turn: FederationTurn): void {
  const { fed, world } = turn
  fed.bornAt ??= world.now
  if (fed.office !== undefined) return sayLease(turn)
  const known = fed.known.get(fed.shard)
  if (known !== undefined && isAlive(turn, known)) {
    fed.silentBeats = 0
    if (world.now - Math.max(known.openedAt, known.since) <= BARREN_DEADLINES * fed.policy.deadlineMs) return
    // It keeps the others from working: whoever it is, somebody else does it.
    fed.barren.set(known.device, world.now + BARREN_MS)
    known.isClosed = true
  }
  const other = livingAround(turn)
  if (other !== undefined) {
    fed.shard = other.shard
    fed.silentBeats = 0
    return
  }
  if (world.role !== 'island' || world.device === undefined || fed.liars.has(world.device)) return
  if (world.now - fed.bornAt < fed.policy.leaseMs) return
  const term = known === undefined ? Math.max(1, Math.floor(world.wall / 1_000)) : known.term + 1
  const rank = (1 - weightOf(world.realmId, fed.shard, term, world.device)) * Math.max(known?.members ?? 0, world.neighbours.length + 1)
  if (rank < EXPECTED_STANDERS * 2 ** fed.silentBeats) stand(turn, term, known)
  else fed.silentBeats++
}

/** A shard that has a coordinator and that we would belong to: the smallest one. */
function livingAround(turn: FederationTurn): Known | undefined {
  const { fed, world } = turn
  if (world.device === undefined) return undefined
  let best: Known | undefined
  for (const known of fed.known.values()) {
    if (known.shard === fed.shard || !isAlive(turn, known) || !covers(known.shard, world.device)) continue
    if (best === undefined || known.shard > best.shard) best = known
  }
  return best
}

function stand(turn: FederationTurn, term: number, known: Known | undefined): void {
  const { fed, world } = turn
  const { shard } = fed
  const round = Math.max(1, known?.round ?? 1)
  follow(turn, { shard, term, device: world.device!, round }, undefined)
  const { openedAt } = fed.known.get(shard)!
  fed.silentBeats = 0
  fed.office = {
    shard, term, round, openedAt, saidAt: -Infinity, reports: createBoundedMap(MAX_OFFICE_REPORTS), members: createBoundedMap(MAX_OFFICE_REPORTS),
    bytesIn: 0, bytesOut: 0, isClosing: false,
  }
  sayLease(turn)
}

function sayLease(turn: FederationTurn): void {
  const { fed, world, effects } = turn
  const office = fed.office!
  const known = fed.known.get(office.shard)!
  known.heardAt = world.now
  if (world.now - office.saidAt < fed.policy.leaseMs / SAYINGS_PER_LEASE) return
  office.saidAt = world.now
  const { shard, term, round } = office
  const content = encodeSaid({ kind: 'lease', shard, term, round, members: Math.max(office.members.size, known.members) })
  effects.push({ kind: 'sign', ticket: ticketFor(turn, { kind: 'say' }), content })
}
