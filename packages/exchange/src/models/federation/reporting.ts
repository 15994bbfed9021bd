// Reports on their way: each member signs what its population has, once a round, and all hand reports on to whoever brought
// them the coordinator's word. So the coordinator needs no links but its own, and a lost member costs its own report.

import { createBoundedMap } from '../../admission/bounded-map.ts'
import type { PeerId } from '../../ports.ts'
import { decodeModelMessage, type ModelMessage } from '../message.ts'
import { decodeSaid, encodeQuestion, encodeSaid, MAX_REPORTS_PER_REQUEST, MAX_ROWS, type Report } from './content.ts'
import { covers } from './rendezvous.ts'
import { isAlive, MAX_WAITING_REPORTS, ticketFor, type FederationTurn, type Outbox } from './state.ts'
import { takeReport } from './office.ts'

/** From this part of a round on members report, spread over the next. */
const FROM = 0.5
const SPREAD = 0.3
/** A coordinator that has just taken over is told within this, ms. */
const TAKEOVER_SPREAD_MS = 500
const MOST_FAILURES = 3
const RETRY_MS = 1_000

export function reportOnHeartbeat(turn: FederationTurn): void {
  const { fed, world, effects } = turn
  for (const [shard, outbox] of fed.outboxes.entries()) {
    if (outbox.failures > 0 && world.now >= outbox.retryAt) flush(turn, shard, outbox)
  }
  const known = fed.known.get(fed.shard)
  if (world.device === undefined || world.role !== 'island' || known === undefined || !isAlive(turn, known)) return
  const target = `${known.shard}/${known.term}/${known.round}`
  if (fed.reportedFor !== target) {
    const isTakeover = fed.report?.round === known.round && fed.report.shard === known.shard
    fed.reportedFor = target
    fed.reportAt = isTakeover
      ? world.now + world.random.uniform() * TAKEOVER_SPREAD_MS
      : known.openedAt + (FROM + SPREAD * world.random.uniform()) * fed.policy.roundMs
  }
  if (world.now < fed.reportAt) return
  fed.reportAt = Infinity
  if (fed.report?.round === known.round && fed.report.shard === known.shard) return hand(turn, known.shard, fed.report.message, fed.report.report)
  const { shard, round } = known
  effects.push({ kind: 'sign', ticket: ticketFor(turn, { kind: 'report', shard, round }), content: encodeSaid(compose(turn, shard, round)) })
}

function compose({ fed, world }: FederationTurn, shard: number, round: number): Report {
  const task = Math.max(0, world.tasks.indexOf(fed.task ?? ''))
  const agents = fed.agents.get(world.tasks[task] ?? '') ?? []
  const rows = agents.slice(0, MAX_ROWS).map(({ prefix, fitness, species }) => ({ prefix, fitness, species }))
  return { kind: 'report', shard, round, task, rows }
}

export function reportSigned(turn: FederationTurn, round: number, shard: number, message: ModelMessage): void {
  const report = decodeSaid(message.content)
  if (report?.kind !== 'report') throw new RangeError('A report that was just made must decode')
  turn.fed.report = { round, shard, message, report }
  hand(turn, shard, message, report)
}

function hand(turn: FederationTurn, shard: number, message: ModelMessage, report: Report): void {
  if (turn.fed.office?.shard === shard) return takeReport(turn, { id: message.id, report }, message.device)
  enqueue(turn, shard, message)
}

/** Reports from a neighbour. @returns whether they are in our hands now */
export function passReports(turn: FederationTurn, shard: number, envelopes: readonly Uint8Array[], from: PeerId): boolean {
  const { fed, effects } = turn
  const { office } = fed
  const known = fed.known.get(shard)
  const isOurs = office?.shard === shard
  if (!isOurs && (known === undefined || known.via === from)) return false
  for (const envelope of envelopes) {
    const decoded = decodeModelMessage(envelope)
    if (!decoded.ok) continue
    const { message, check } = decoded.value
    if (isOurs) office.bytesIn += envelope.length
    const name = `${known?.term}/${message.id}`
    if (fed.passed.has(name)) continue
    fed.passed.set(name, true)
    const report = decodeSaid(message.content)
    if (report?.kind !== 'report' || report.shard !== shard || message.realm !== turn.world.realmId || !covers(shard, message.device)) continue
    if (!isOurs) enqueue(turn, shard, message)
    else effects.push({ kind: 'verify', ticket: ticketFor(turn, { kind: 'check-report', message, report, shard }), checks: [check] })
  }
  return true
}

function enqueue(turn: FederationTurn, shard: number, message: ModelMessage): void {
  const { fed } = turn
  const outbox = fed.outboxes.get(shard) ?? { waiting: createBoundedMap<string, Uint8Array>(MAX_WAITING_REPORTS), sent: [], failures: 0, retryAt: 0 }
  fed.outboxes.set(shard, outbox)
  outbox.waiting.set(message.id, message.envelope)
  if (outbox.failures === 0) flush(turn, shard, outbox)
}

/** What has gathered while the last batch was under way goes as one. */
function flush(turn: FederationTurn, shard: number, outbox: Outbox): void {
  const { fed, world, effects } = turn
  const known = fed.known.get(shard)
  if (outbox.sent.length > 0 || outbox.waiting.size === 0 || known === undefined) return
  const { via } = known
  const isLinked = via !== undefined && world.neighbours.includes(via) && outbox.failures < 2
  const to = isLinked ? via : world.neighbours[world.random.integer(Math.max(1, world.neighbours.length))]
  if (to === undefined) return
  outbox.sent = [...outbox.waiting.entries()].slice(0, MAX_REPORTS_PER_REQUEST)
  for (const [id] of outbox.sent) outbox.waiting.delete(id)
  const content = encodeQuestion({ kind: 'reports', shard, envelopes: outbox.sent.map(([, envelope]) => envelope) })
  effects.push({ kind: 'ask', ticket: ticketFor(turn, { kind: 'forwarded', shard }), to, content })
}

export function forwarded(turn: FederationTurn, shard: number, isTaken: boolean): void {
  const outbox = turn.fed.outboxes.get(shard)
  if (outbox === undefined) return
  const { sent } = outbox
  outbox.sent = []
  if (isTaken) {
    outbox.failures = 0
    return flush(turn, shard, outbox)
  }
  outbox.failures++
  outbox.retryAt = turn.world.now + RETRY_MS
  if (outbox.failures >= MOST_FAILURES) {
    outbox.failures = 0
    return
  }
  for (const [id, envelope] of sent) outbox.waiting.set(id, envelope)
}
