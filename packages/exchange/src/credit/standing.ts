// What one auditor holds of one chain of receipts: how far it has read, how much of it counts, and what audits said. Pure
// records and verbs; who asks whom and when is the member's business.

import { chainFault, type ChainFault, type Receipt } from './receipt.ts'
import { auditProbability, TRUSTED_AFTER } from './sampling.ts'

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
  /** CV: consecutive valid audits. */
  readonly valid: number
  /** All audits, and those that found something. */
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

export function createStanding(receipt: Pick<Receipt, 'device' | 'author' | 'task'>, epoch: number): Standing {
  const { device, author, task } = receipt
  return {
    device, author, task, tip: undefined, valid: 0, audits: 0, failures: 0, replayed: NOTHING, epoch, current: NOTHING, settled: NOTHING,
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
}

/**
 * Reads what a device handed over.
 * @param receipts of one chain, ascending; signatures have been checked
 */
export function readReceipts({ tip }: Standing, receipts: readonly Receipt[]): Batch {
  const counted: Receipt[] = []
  let last = tip
  for (const receipt of receipts) {
    if (last !== undefined && receipt.number <= last.number) {
      if (receipt.number === last.number && receipt.id !== last.id) return { receipts: counted, fault: 'fork', last }
      continue
    }
    // We were away: nobody has read what is between, so it does not count here, and neither can the step over it be checked.
    const isGap = last === undefined ? receipt.number > 1 : receipt.number > last.number + 1
    const fault = isGap ? undefined : chainFault(last, receipt)
    if (fault !== undefined && fault !== 'not-linked') return { receipts: counted, fault, last }
    // A device that lost its last receipt goes on from a state that nobody knows: no lie, and no credit for the first step.
    if (!isGap && fault === undefined) counted.push(receipt)
    last = receipt
  }
  return { receipts: counted, fault: undefined, last }
}

/** Which of a batch are run again. @param uniform random numbers in [0, 1) */
export function drawn({ receipts }: Batch, standing: Standing, uniform: () => number): readonly Receipt[] {
  const probability = auditProbability(standing.valid)
  // A new search is cheap to have from somebody else and rare: its seed is always checked.
  return receipts.filter(({ origin }) => origin !== undefined || uniform() < probability)
}

/**
 * How a batch's audit ended. Withholding what was drawn costs as much as failing, or it would pay to withhold; but it proves
 * nothing, so it is not counted as a failure.
 */
export type AuditEnd = 'held' | 'failed' | 'withheld'

/**
 * The batch is done with.
 * @param held those of the drawn that held when they were run again
 */
export function concluded(
  standing: Standing,
  batch: Batch,
  audit: { readonly held: readonly Receipt[]; readonly ended: AuditEnd; readonly epoch: number },
): Standing {
  const { held, ended, epoch } = audit
  const turned = inEpoch(standing, epoch)
  const isFault = ended === 'failed' || batch.fault !== undefined
  const audited = {
    ...turned, tip: batch.last,
    audits: turned.audits + held.length + (isFault ? 1 : 0),
    replayed: plus(turned.replayed, sumOf(held)),
  }
  if (isFault || ended === 'withheld') {
    return { ...audited, valid: 0, failures: audited.failures + (isFault ? 1 : 0), current: NOTHING, isVoid: true }
  }
  const valid = turned.valid + held.length
  if (turned.isVoid) return { ...audited, valid }
  // On probation only what was run again counts.
  const counted = turned.valid >= TRUSTED_AFTER ? batch.receipts : held
  return { ...audited, valid, current: plus(turned.current, sumOf(counted)) }
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
