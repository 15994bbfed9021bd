// What this member tells the mesh. The gate: at or above the realm's threshold, a real improvement in its niche, a record
// or among the top 1 % of recent improvements, within the rate, after a random pause. Then signed, kept and published.

import { cidOf, decodeGenotype, isCid } from '@megabrain/evolve'
import { compareEntries, type Ranked } from '../archive/order.ts'
import { nicheNumber, nicheOf } from '../archive/niche.ts'
import type { Entry } from '../archive/entry.ts'
import { claimMessage, encodeClaim, type Statement } from '../claim/claim-codec.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import { hexText } from '../bytes/text.ts'
import { MAX_OPERATORS, MAX_PARENTS } from '../limits.ts'
import type { Discovery } from './events.ts'
import { isBannedClaim, noteLineage, rightToPublish } from './governance.ts'
import { modelFound } from './model.ts'
import { newTicket, rememberClaim, store, type MemberState, type Publication, type Turn } from './state.ts'

/** Gains remembered for the top 1 %. */
const GAINS = 1_000
/** With fewer improvements seen than this, every improvement counts as outstanding: a fresh island speaks at once. */
const FRESH_ISLAND = 100
const TOP_SHARE = 0.01
/** An island that has been silent this long publishes without a pause. */
const SILENT_MS = 10_000
const JITTER_MS = 2_000
const MAX_SIGNING = 4
/** Niches with something to publish. */
const MAX_WAITING = 64

export function found(turn: Turn, discovery: Discovery): void {
  const { state } = turn
  const { publish, options } = state
  const evaluator = state.evaluators.get(discovery.task)
  if (options.identity === undefined || evaluator === undefined) return
  const isRecordHere = discovery.fitness > (publish.bestFound.get(discovery.task) ?? -1)
  if (isRecordHere) publish.bestFound.set(discovery.task, discovery.fitness)
  if (discovery.fitness < options.realm.threshold) return

  const decoded = decodeGenotype(discovery.body)
  if (!decoded.ok) throw new RangeError(`A discovery must be a canonical genotype, got ${decoded.reason}`)
  const links = decoded.value.links.weights.length
  const { maxBodyBytes, maxLinks, maxNeurons } = options.realm.limits
  if (discovery.body.length > maxBodyBytes || links > maxLinks || decoded.value.neurons.length > maxNeurons) return

  const cid = cidOf(discovery.body)
  noteLineage(state, { genotype: cid, parents: discovery.parents })
  if (isBannedClaim(state, { genotype: cid, parents: discovery.parents, author: hexText(options.identity.owner) })) return
  state.known.set(cid, { ok: true, fitness: discovery.fitness, fingerprint: discovery.fingerprint, links })
  const isOurs = modelFound(turn, discovery, cid, nicheNumber(discovery.fingerprint, links))
  const niche = nicheOf({ claim: { task: discovery.task, evaluator }, fingerprint: discovery.fingerprint, links })
  const rival = rivalOf(state, niche)
  if (!isBetter({ discovery, cid, links }, rival)) return

  const gain = discovery.fitness - (rival?.claim.fitness ?? 0)
  const isOutstanding = isRecord(state, discovery) || (isOurs && isTop(publish.gains, gain))
  publish.gains.push(gain)
  if (publish.gains.length > GAINS) publish.gains.shift()
  if (isOutstanding) putInLine(turn, niche, { discovery, cid, links })
}

/** A find that the realm's model chose: told if it is the best of its niche, whatever the gate thought of it. */
export function publishDiscovery(turn: Turn, discovery: Discovery): void {
  const { state } = turn
  const evaluator = state.evaluators.get(discovery.task)
  const cid = cidOf(discovery.body)
  const known = state.known.get(cid)
  if (evaluator === undefined || state.options.identity === undefined || known?.ok !== true) return
  const { links, fingerprint } = known
  const niche = nicheOf({ claim: { task: discovery.task, evaluator }, fingerprint, links })
  if (isBetter({ discovery, cid, links }, rivalOf(state, niche))) putInLine(turn, niche, { discovery, cid, links })
}

type Find = Pick<Publication, 'discovery' | 'cid' | 'links'>

function isBetter({ discovery, cid, links }: Find, rival: Ranked | undefined): boolean {
  const candidate = { links, claim: { fitness: discovery.fitness, genotype: cid, id: '' } }
  return rival === undefined || (rival.claim.genotype !== cid && compareEntries(candidate, rival) < 0)
}

function putInLine(turn: Turn, niche: string, find: Find): void {
  const { state, now } = turn
  const { publish } = state
  const waiting = publish.waiting.get(niche)
  const due = waiting?.due ?? (now - publish.publishedAt >= SILENT_MS ? now : now + state.random.integer(JITTER_MS))
  if (waiting === undefined && publish.waiting.size >= MAX_WAITING) return
  publish.waiting.set(niche, { ...find, due })
  publishDue(turn)
}

/** What stands in a discovery's way: what waits to be published, else the archive's entry. */
function rivalOf(state: MemberState, niche: string): Ranked | undefined {
  const waiting = state.publish.waiting.get(niche)
  if (waiting === undefined) return state.niches.get(niche)
  return { links: waiting.links, claim: { fitness: waiting.discovery.fitness, genotype: waiting.cid, id: '' } }
}

/** Better than anything that the archive knows of this task, in any niche. */
function isRecord(state: MemberState, { task, fitness }: Discovery): boolean {
  for (const { claim } of state.niches.values()) if (claim.task === task && claim.fitness >= fitness) return false
  for (const { discovery } of state.publish.waiting.values()) if (discovery.task === task && discovery.fitness >= fitness) return false
  return true
}

function isTop(gains: readonly number[], gain: number): boolean {
  if (gains.length < FRESH_ISLAND) return true
  let larger = 0
  for (const other of gains) if (other >= gain) larger++
  return larger < gains.length * TOP_SHARE
}

/** Sends what is due to be signed, the best first, as far as the rate allows; nothing while the realm does not let this author publish. */
export function publishDue(turn: Turn): void {
  const { state, now, effects } = turn
  const { publish } = state
  if (publish.waiting.size === 0 || rightToPublish(state, hexText(state.options.identity!.owner)) !== undefined) return
  const due = [...publish.waiting].filter(([, publication]) => publication.due <= now)
  due.sort(([, a], [, b]) => b.discovery.fitness - a.discovery.fitness)
  for (const [niche, publication] of due) {
    if (publish.signing.size >= MAX_SIGNING || !publish.bucket.take(now)) return
    publish.waiting.delete(niche)
    publish.publishedAt = now
    const statement = statementOf(state, publication, turn.wall)
    const ticket = newTicket(state)
    publish.signing.set(ticket, { publication, claim: statement })
    effects.push({ kind: 'sign', ticket, message: claimMessage(statement, state.options.identity!.delegation) })
  }
}

function statementOf(state: MemberState, { discovery, cid, links }: Publication, now: number): Statement {
  const { options, evaluators } = state
  return {
    genotype: cid,
    realm: state.realmId,
    task: discovery.task,
    evaluator: evaluators.get(discovery.task)!,
    fitness: discovery.fitness,
    seedRule: 'public',
    parents: discovery.parents.filter(isCid).slice(0, MAX_PARENTS),
    operators: discovery.operators.slice(0, MAX_OPERATORS),
    generation: discovery.generation,
    license: options.realm.license,
    author: hexText(options.identity!.owner),
    device: hexText(options.identity!.device),
    time: now,
    sequence: nextSequence(state, now),
    ...(options.claimVersion === 1 ? {} : { niche: nicheNumber(discovery.fingerprint, links) }),
  }
}

/** Counts up; seconds are its floor, so that a member that lost its memory still counts on, unless its clock went back. */
export function nextSequence({ publish }: MemberState, now: number): number {
  publish.sequence = Math.max(publish.sequence + 1, Math.floor(now / 1_000))
  return publish.sequence
}

export function signed(turn: Turn, ticket: number, signature: Uint8Array): void {
  const { state, effects } = turn
  const pending = state.publish.signing.get(ticket)
  if (pending === undefined) return
  state.publish.signing.delete(ticket)
  const { publication, claim: statement } = pending
  const { discovery, cid, links } = publication
  const envelope = encodeClaim(statement, state.options.identity!.delegation, signature)
  const entry: Entry = {
    claim: { id: hexText(sha256(envelope)), ...statement },
    envelope,
    body: discovery.body,
    fingerprint: discovery.fingerprint,
    links,
  }
  rememberClaim(state, entry.claim)
  const { raised, replaces } = store(state, entry)
  if (!raised) return // a stranger's better entry came while the signature was made
  state.counters.published++
  effects.push(
    { kind: 'keep', entry, replaces },
    { kind: 'publish', bytes: envelope },
    { kind: 'notice', notice: { kind: 'published', cid, fitness: discovery.fitness } },
  )
}
