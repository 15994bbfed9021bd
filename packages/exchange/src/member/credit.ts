// A member's own work: stretches of evolution become receipts, signed and chained; auditors get them and the states before
// as long as those are kept. How much it is, is told in the registry, ever more rarely.

import { decodeReceipt, encodeReceipt, receiptMessage, type ReceiptStatement } from '../credit/receipt-codec.ts'
import { chained, KEPT_STATES, MAX_RECEIPT_EVALUATIONS, MAX_RECEIPT_WORK, MAX_REPLAY_BYTES, type Receipt, type Stretch } from '../credit/receipt.ts'
import { creditHeadDeclaration } from '../credit/credit-kinds.ts'
import { hexText } from '../bytes/text.ts'
import { createBoundedMap, type BoundedMap } from '../admission/bounded-map.ts'
import type { Change, PeerId } from '../ports.ts'
import type { Request } from '../wire/messages.ts'
import { earnBudget } from './audit.ts'
import type { Ticket } from './events.ts'
import { respond } from './park.ts'
import { declare } from './registry.ts'
import { newTicket, type MemberState, type Turn } from './state.ts'

/** What a compute worker hands over when a receipt is due. */
export interface WorkDone {
  readonly stretch: Stretch
  /** The state before, as encoded. */
  readonly before: Uint8Array
  /** Genotypes of those let in. */
  readonly bodies: readonly Uint8Array[]
}

interface OwnReceipt {
  readonly receipt: Receipt
  readonly envelope: Uint8Array
  readonly before: Uint8Array
  readonly bodies: readonly Uint8Array[]
}

export interface OwnChain {
  tip: Receipt | undefined
  /** Oldest first, at most `KEPT_STATES`; not those too large to be audited. */
  readonly kept: OwnReceipt[]
  /** Not told again before, ms, and how long the pause after that is. */
  tellAt: number
  pauseMs: number
  /** Receipts when it was last told. */
  told: number
}

export interface OwnWork {
  /** By task: as many as the realm has. */
  readonly chains: Map<string, OwnChain>
  /** The chain that grew last. */
  latest: string
  /** Stretches that wait for their turn to be signed: each needs the one before. */
  readonly waiting: WorkDone[]
  /** Receipts that somebody was shown, and until when (ms) they are kept for that one although newer ones came. */
  readonly shown: BoundedMap<PeerId, { readonly until: number; readonly receipts: readonly OwnReceipt[] }>
  signing: { readonly ticket: Ticket; readonly statement: ReceiptStatement; readonly work: WorkDone } | undefined
}

const MAX_WAITING = 16
/** An auditor runs again what it was shown, one receipt after the other and with rests: a fast device must not seem to withhold meanwhile. */
export const SHOWN_MS = 600_000
/** Auditors at a time. Others are told of nothing new: nobody can push out what an auditor is at. */
const MAX_SHOWN = 8
const FIRST_PAUSE_MS = 30_000
/** A thousand islands that tell once an hour are a statement in four seconds. */
const LONGEST_PAUSE_MS = 3_600_000

/** @param receipts the last receipt of each chain from the local archive */
export function createOwnWork(device: string | undefined, realmId: string, receipts: readonly Uint8Array[]): OwnWork {
  const work: OwnWork = { chains: new Map(), latest: '', waiting: [], signing: undefined, shown: createBoundedMap(MAX_SHOWN) }
  for (const envelope of receipts) {
    const decoded = decodeReceipt(envelope)
    if (!decoded.ok) continue
    const { receipt } = decoded.value
    if (receipt.device === device && receipt.realm === realmId) chainOf(work, receipt.task).tip = receipt
  }
  return work
}

/** The key of the row that holds a chain's last receipt. */
export function receiptRowPrefix(realmId: string): string {
  return `receipt/${realmId}/`
}

function chainOf(work: OwnWork, task: string): OwnChain {
  const known = work.chains.get(task)
  if (known !== undefined) return known
  const chain: OwnChain = { tip: undefined, kept: [], tellAt: 0, pauseMs: FIRST_PAUSE_MS, told: 0 }
  work.chains.set(task, chain)
  return chain
}

/** A receipt is due. Nothing happens without an identity, or for a task that nobody could check. */
export function worked(turn: Turn, work: WorkDone): void {
  const { state } = turn
  if (state.options.identity === undefined || !state.evaluators.has(work.stretch.task)) return
  const { evaluations, work: cost } = work.stretch
  earnBudget(state, cost)
  // More than a receipt may say: it earns nothing.
  if (evaluations > MAX_RECEIPT_EVALUATIONS || cost > MAX_RECEIPT_WORK) return
  const { waiting } = state.work
  waiting.push(work)
  if (waiting.length > MAX_WAITING) waiting.shift()
  signNext(turn)
}

function signNext(turn: Turn): void {
  const { state, effects } = turn
  const { identity } = state.options
  if (state.work.signing !== undefined || identity === undefined) return
  const work = state.work.waiting.shift()
  if (work === undefined) return
  const { task } = work.stretch
  const statement = chained(work.stretch, chainOf(state.work, task).tip, {
    realm: state.realmId, evaluator: state.evaluators.get(task)!, author: hexText(identity.owner), device: hexText(identity.device), time: turn.wall,
  })
  const ticket = newTicket(state)
  state.work.signing = { ticket, statement, work }
  effects.push({ kind: 'sign', ticket, message: receiptMessage(statement, identity.delegation) })
}

/** @returns whether the ticket was ours */
export function receiptSigned(turn: Turn, ticket: Ticket, signature: Uint8Array): boolean {
  const { state, effects } = turn
  const { signing } = state.work
  if (signing?.ticket !== ticket) return false
  state.work.signing = undefined
  const envelope = encodeReceipt(signing.statement, state.options.identity!.delegation, signature)
  const decoded = decodeReceipt(envelope)
  if (!decoded.ok) throw new RangeError(`A receipt that was just made must decode, got ${decoded.reason}`)
  const { receipt } = decoded.value
  const chain = chainOf(state.work, receipt.task)
  chain.tip = receipt
  state.work.latest = receipt.task
  const { before, bodies } = signing.work
  if (before.length + bodies.reduce((sum, { length }) => sum + length, 0) <= MAX_REPLAY_BYTES) chain.kept.push({ receipt, envelope, before, bodies })
  if (chain.kept.length > KEPT_STATES) chain.kept.shift()
  const row: Change = { key: receiptRowPrefix(state.realmId) + receipt.task, value: envelope }
  effects.push({ kind: 'store', changes: [row] }, { kind: 'notice', notice: { kind: 'worked', receipt } })
  signNext(turn)
  return true
}

/** Tells how long our chains are: soon at first, then ever more rarely. */
export function tellWork(turn: Turn): void {
  const { state, now } = turn
  for (const chain of state.work.chains.values()) {
    if (chain.tip === undefined || chain.tip.number === chain.told || now < chain.tellAt) continue
    chain.told = chain.tip.number
    chain.tellAt = now + chain.pauseMs
    chain.pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * chain.pauseMs)
    declare(turn, creditHeadDeclaration(chain.tip))
  }
}

export function serveReceipts({ state, now }: Pick<Turn, 'state' | 'now'>, from: PeerId, request: Request & { readonly kind: 'receipts' }): readonly Uint8Array[] {
  const { chains, latest, shown } = state.work
  for (const [peer, { until }] of shown.entries()) if (until <= now) shown.delete(peer)
  if (!shown.has(from) && shown.size >= MAX_SHOWN) return []
  const isKnown = request.task === latest || request.task === ''
  const kept = chains.get(latest)?.kept ?? []
  const after = isKnown ? request.after : 0
  const receipts = kept.filter(({ receipt }) => receipt.number > after)
  if (receipts.length > 0) shown.set(from, { until: now + SHOWN_MS, receipts })
  return receipts.map(({ envelope }) => envelope)
}

export function serveReplay(turn: Turn, ticket: number, from: PeerId, request: Request & { readonly kind: 'replay' }): void {
  const { chains, shown } = turn.state.work
  const held = [...(chains.get(request.task)?.kept ?? []), ...(shown.get(from)?.receipts ?? [])]
  const found = held.find(({ receipt }) => receipt.task === request.task && receipt.number === request.number)
  respond(turn, ticket, found && { kind: 'replay', state: found.before, bodies: found.bodies })
}

/** The last receipt of each of our chains. */
export function ownReceipts(state: MemberState): readonly Receipt[] {
  return [...state.work.chains.values()].flatMap(({ tip }) => tip ?? [])
}
