// A receipt: what one stretch of evolution started from, whom it let in, how much it evaluated and where it ended. Enough
// for anyone who gets the state before to run it again. The record only; its bytes are in `receipt-codec.ts`.

/** One stretch of evolution as the compute worker reports it, before it becomes part of a chain. */
export interface Stretch {
  readonly task: string
  /** State root (see `state-root.ts`) before anything of it happened: lower-case hex, 64 characters. */
  readonly before: string
  /** Set when `before` is a new search: the number its seed was made from (see `seedOf`), at most 2^32 − 1. */
  readonly origin: number | undefined
  /** CIDs of the strangers let in, all of them at the start, in this order; at most `MAX_ADMITTED`. */
  readonly admitted: readonly string[]
  /** State root with them in; `before` when there were none. */
  readonly entered: string
  readonly evaluations: number
  /** Cost of those evaluations in link operations: Σ steps × `costOf(genotype)`. */
  readonly work: number
  readonly after: string
}

export interface Receipt extends Stretch {
  /** Lower-case hex of sha256 over the signed envelope. */
  readonly id: string
  readonly realm: string
  readonly evaluator: string
  /** The owner's and the device's public keys, lower-case hex. */
  readonly author: string
  readonly device: string
  /** Counts up from 1 in the chain of this device, realm and task. */
  readonly number: number
  /** Id of the receipt before it in the chain; 64 zeros for the first. */
  readonly previous: string
  /** Sums over the chain, this receipt included. */
  readonly totalEvaluations: number
  readonly totalWork: number
  /** Milliseconds since 1970 by the device's clock. */
  readonly time: number
}

/** Before the first of a chain. */
export const NO_RECEIPT = '0'.repeat(64)
/** Strangers in one receipt. */
export const MAX_ADMITTED = 16
/** Evaluations in one receipt: what an auditor may have to run again. */
export const MAX_RECEIPT_EVALUATIONS = 1_000_000
/** Link operations in one receipt: minutes of a fast core. */
export const MAX_RECEIPT_WORK = 1e11
/** Receipts whose states before are kept for audit. */
export const KEPT_STATES = 16
/** A state before with the bodies of those let in, bytes: with its frame it fits into an answer. A receipt of a larger one cannot be audited and earns nothing. */
export const MAX_REPLAY_BYTES = 261_632

/** What a receipt adds to the chain that ends with `tip`. */
export function chained(
  stretch: Stretch,
  tip: Receipt | undefined,
  signer: Pick<Receipt, 'realm' | 'evaluator' | 'author' | 'device' | 'time'>,
): Omit<Receipt, 'id'> {
  const { realm, evaluator, author, device, time } = signer
  const { task, before, origin, admitted, entered, evaluations, work, after } = stretch
  return {
    realm, task, evaluator, author, device, time, before, origin, admitted, entered, evaluations, work, after,
    number: (tip?.number ?? 0) + 1,
    previous: tip?.id ?? NO_RECEIPT,
    totalEvaluations: (tip?.totalEvaluations ?? 0) + evaluations,
    totalWork: (tip?.totalWork ?? 0) + work,
  }
}

/** Why `next` cannot follow `tip`, or undefined. Everything that can be told without running anything. */
export type ChainFault =
  | 'other-chain' // another device, realm, task, owner or evaluator version
  | 'not-next' // number or previous id do not follow
  | 'wrong-sum' // totals are not those before plus its own
  | 'not-linked' // it starts from a state that is neither where the last one ended nor a new search

export function chainFault(tip: Receipt | undefined, next: Receipt): ChainFault | undefined {
  if (tip !== undefined) {
    const { device, realm, task, author, evaluator } = tip
    if (next.device !== device || next.realm !== realm || next.task !== task) return 'other-chain'
    if (next.author !== author || next.evaluator !== evaluator) return 'other-chain'
  }
  if (next.number !== (tip?.number ?? 0) + 1 || next.previous !== (tip?.id ?? NO_RECEIPT)) return 'not-next'
  if (next.totalEvaluations !== (tip?.totalEvaluations ?? 0) + next.evaluations) return 'wrong-sum'
  if (next.totalWork !== (tip?.totalWork ?? 0) + next.work) return 'wrong-sum'
  if (next.origin === undefined && next.before !== tip?.after) return 'not-linked'
  return undefined
}
