// What one auditor holds of one chain of receipts: how far it has read, how much of it counts, and what audits said. Pure
// records and verbs; who asks whom and when is the member's business.

import { chainFault, type ChainFault, type Receipt } from './receipt.ts'
import { TRUSTED_AFTER } from './sampling.ts'

/** Leaderboards and audits count in hours since 1970. */
export const EPOCH_MS = 3_600_000

export function epochOf(timeMs: number): number {
  return Math.floor(timeMs / EPOCH_MS)
}

export interface Sums {
  readonly evaluations: number
  /** Link operations. */
  readonly work: number
}

export interface Standing {
  readonly device: string
  readonly author: string
  readonly task: string
  /** The last receipt read. */
  readonly tip: Receipt | undefined
  /** Numbers of the first and last receipt of the span that sums are of: all in it were read, by this auditor, without a gap. */
  readonly first: number
  readonly last: number
  /** CV: consecutive valid audits. */
  readonly valid: number
  /** Audits of the span, and those of them that found something. */
  readonly audits: number
  readonly failures: number
  /** What audits ran again. */
  readonly replayed: Sums
  readonly epoch: number
  /** Of `epoch`: gone when an audit in it fails. */
  readonly current: Sums
  /** Of the epochs before. */
  readonly settled: Sums
  /** Whether an audit failed in `epoch`: nothing more of it counts. */
  readonly isVoid: boolean
}

const NOTHING: Sums = { evaluations: 0, work: 0 }

export function createStanding(receipt: Pick<Receipt, 'device' | 'author' | 'task' | 'number'>, epoch: number): Standing {
  const { device, author, task } = receipt
  return {
    device, author, task, tip: undefined, first: receipt.number, last: receipt.number - 1, valid: 0, audits: 0, failures: 0, replayed: NOTHING, epoch, current: NOTHING, settled: NOTHING,
    isVoid: false,
  }
}

/** What counts so far, as this auditor would say. */
export function creditOf({ current, settled }: Standing): Sums {
  return plus(current, settled)
}

/** New receipts of a chain, read in order. */
export interface Batch {
  /** Those that may count: they follow what was read before, or one another after a gap. */
  readonly receipts: readonly Receipt[]
  /** Something that no honest device signs: a fork, a false sum, a jump. Held against it like a failed audit. */
  readonly fault: ChainFault | 'fork' | undefined
  /** The last receipt that was read, whether or not it counts. */
  readonly last: Receipt | undefined
  /** Set when receipts are missing before these: the number that a new span begins with. */
  readonly spanFrom: number | undefined
}

/**
 * Reads what a device handed over.
 * @param receipts of one chain, ascending; signatures have been checked
 */
export function readReceipts({ tip }: Standing, receipts: readonly Receipt[]): Batch {
  const counted: Receipt[] = []
  let last = tip
  let spanFrom: number | undefined
  const batch = (fault: Batch['fault']): Batch => ({ receipts: counted, fault, last, spanFrom })
  for (const receipt of receipts) {
    if (last !== undefined && receipt.number <= last.number) {
      if (receipt.number === last.number && receipt.id !== last.id) return batch('fork')
      continue
    }
    // We were away: nobody has read what is between, so it does not count here, and neither can the step over it be checked.
    const isGap = last === undefined ? receipt.number > 1 : receipt.number > last.number + 1
    const fault = isGap ? undefined : chainFault(last, receipt)
    if (fault !== undefined && fault !== 'not-linked') return batch(fault)
    // A device that lost its last receipt goes on from a state that nobody knows: no lie, and no credit for the first step.
    if (!isGap && fault === undefined) counted.push(receipt)
    if (isGap) {
      counted.length = 0
      spanFrom = receipt.number + 1
    }
    last = receipt
  }
  return batch(undefined)
}

/**
 * How a batch's audit ended. Withholding what was drawn costs as much as failing, or it would pay to withhold; but it proves
 * nothing, so it is not counted as a failure.
 */
export type AuditEnd = 'held' | 'failed' | 'withheld'

/**
 * The batch is done with.
 * @param audit `held`: those that held when they were run again; `skipped`: those that should have been run again and were not
 */
export function concluded(
  standing: Standing,
  batch: Batch,
  audit: { readonly held: readonly Receipt[]; readonly skipped: readonly Receipt[]; readonly ended: AuditEnd; readonly epoch: number },
): Standing {
  const { held, skipped, ended, epoch } = audit
  const turned = inEpoch(batch.spanFrom === undefined ? standing : spanBegun(standing, batch.spanFrom), epoch)
  const isFault = ended === 'failed' || batch.fault !== undefined
  const audited = {
    ...turned, tip: batch.last, last: Math.max(turned.last, batch.last?.number ?? 0),
    audits: turned.audits + held.length + (isFault ? 1 : 0),
    replayed: plus(turned.replayed, sumOf(held)),
  }
  if (isFault || ended === 'withheld') {
    return { ...audited, valid: 0, failures: audited.failures + (isFault ? 1 : 0), current: NOTHING, isVoid: true }
  }
  const valid = turned.valid + held.length
  if (turned.isVoid) return { ...audited, valid }
  // On probation only what was run again counts.
  const counted = turned.valid >= TRUSTED_AFTER ? batch.receipts.filter((receipt) => !skipped.includes(receipt)) : held
  return { ...audited, valid, current: plus(turned.current, sumOf(counted)) }
}

/** What was said of the span before stands; trust goes on. */
function spanBegun(standing: Standing, first: number): Standing {
  return { ...standing, first, last: first - 1, current: NOTHING, settled: NOTHING, replayed: NOTHING, audits: 0, failures: 0 }
}

function inEpoch(standing: Standing, epoch: number): Standing {
  if (epoch <= standing.epoch) return standing
  return { ...standing, epoch, settled: plus(standing.settled, standing.current), current: NOTHING, isVoid: false }
}

function sumOf(receipts: readonly Receipt[]): Sums {
  return receipts.reduce<Sums>(plus, NOTHING)
}

function plus(a: Sums, b: Sums): Sums {
  return { evaluations: a.evaluations + b.evaluations, work: a.work + b.work }
}
