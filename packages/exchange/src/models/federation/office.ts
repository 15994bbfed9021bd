// The coordinator's work: it takes reports until a quorum or the deadline, selects, signs one decision, and is ready for the
// next round. Whatever it does, others can do again from the same reports.

import type { FederationTurn, Office } from './state.ts'
import { broadcast, ticketFor } from './state.ts'
import { auditProbability } from '../../credit/sampling.ts'
import type { ModelMessage } from '../message.ts'
import { decodeSaid, encodeList, encodeSaid, listDigest, type Fate, type SurvivorList } from './content.ts'
import { MAX_SHARD, WHOLE } from './rendezvous.ts'
import { select, type Reported } from './selection.ts'
import { decided } from './decision.ts'

/** A device that was not heard for so many rounds is no member any more. */
const ABSENT_ROUNDS = 3
/** A shard with fewer than this part of its most members goes back to where it came from. */
const JOINS_BELOW = 1 / 4
/** Rounds within which a sampled survivor must have shown that it is as good as reported. */
const SHOW_ROUNDS = 3
/** Rounds for which nothing that a device reports counts, once it did not. */
export const DOUBTED_ROUNDS = 100

export function takeReport({ fed }: FederationTurn, reported: Reported, device: string): void {
  const { office } = fed
  if (office === undefined || office.shard !== reported.report.shard) return
  const { round } = reported.report
  // One for the round before was late: it counts in this one unless a newer one is here.
  if (round > office.round || round < office.round - 1) return
  const before = office.reports.get(device)
  if (before !== undefined && before.report.round > round) return
  office.members.set(device, Math.max(office.members.get(device) ?? 0, office.round))
  if ((fed.doubted.get(device) ?? 0) > office.round) return
  office.reports.set(device, reported)
}

export function officeOnHeartbeat(turn: FederationTurn): void {
  const { fed, world } = turn
  const { office, policy } = { office: fed.office, policy: fed.policy }
  if (office === undefined || office.isClosing) return
  for (const [device, round] of office.members.entries()) if (office.round - round > ABSENT_ROUNDS) office.members.delete(device)
  const elapsed = world.now - office.openedAt
  const expected = Math.max(office.members.size, fed.known.get(office.shard)?.members ?? 0)
  const isQuorum = office.reports.size > 0 && office.reports.size * 1_000 >= policy.quorum * expected
  if (elapsed < policy.roundMs || (elapsed < policy.deadlineMs && !isQuorum)) return
  if (office.reports.size > 0) close(turn, office)
  else office.openedAt = world.now
}

function close(turn: FederationTurn, office: Office): void {
  const { fed, effects } = turn
  const { shard, term, round } = office
  const list = select(fed.policy, [...office.reports.values()], (term + round) % 4_294_967_296)
  const bytes = encodeList(list)
  const digest = listDigest(bytes)
  watch(turn, list)
  office.isClosing = true
  const members = office.members.size
  const content = encodeSaid({ kind: 'decision', shard, term, round, members, fate: fateOf(turn, office), list: digest })
  effects.push({ kind: 'sign', ticket: ticketFor(turn, { kind: 'decide', bytes, digest }), content })
}

function fateOf({ fed }: FederationTurn, { shard, members }: Office): Fate {
  const most = fed.policy.maxShardMembers
  if (members.size > most && shard * 2 + 1 < MAX_SHARD) return 'splits'
  return shard !== WHOLE && members.size < most * JOINS_BELOW ? 'joins' : 'stays'
}

export function decisionSigned(turn: FederationTurn, message: ModelMessage, { bytes, digest }: { readonly bytes: Uint8Array; readonly digest: string }): void {
  const { fed, world } = turn
  const { office } = fed
  const decision = decodeSaid(message.content)
  if (decision?.kind !== 'decision' || office?.shard !== decision.shard || office.term !== decision.term) return
  fed.lists.set(digest, bytes)
  broadcast(turn, message.envelope)
  const bytesOf = { in: office.bytesIn, out: office.bytesOut }
  office.round = decision.round + 1
  office.openedAt = world.now
  office.saidAt = world.now
  office.bytesIn = 0
  office.bytesOut = 0
  office.isClosing = false
  for (const [device, { report }] of office.reports.entries()) if (report.round <= decision.round) office.reports.delete(device)
  decided(turn, decision, message, undefined, bytesOf)
}

/** BOINC's rule: of each device one reported survivor must show itself, always at first, later now and then. */
function watch({ fed, world }: FederationTurn, { survivors, reports }: SurvivorList): void {
  const office = fed.office!
  const devices = new Map([...office.reports.entries()].map(([device, { id }]) => [id.slice(0, reports[0]?.id.length ?? 0), device]))
  for (const [prefix, { device, round }] of fed.owed.entries()) {
    if (round >= office.round) continue
    fed.owed.delete(prefix)
    fed.valid.set(device, 0)
    fed.doubted.set(device, office.round + SHOW_ROUNDS)
  }
  const watched = new Set<string>()
  for (const { prefix, fitness, species, report } of survivors) {
    const { id, task } = reports[report]!
    const device = devices.get(id)
    if (device === undefined || device === world.device || watched.has(device) || fed.owed.has(prefix)) continue
    // Only what would raise a niche is told; the rest has nothing to show.
    if (fitness <= (world.fitnessOf(world.tasks[task] ?? '', species) ?? -1)) continue
    watched.add(device)
    if (world.random.uniform() < auditProbability(fed.valid.get(device) ?? 0)) fed.owed.set(prefix, { device, round: office.round + SHOW_ROUNDS })
  }
}
