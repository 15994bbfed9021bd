// What an auditor will do about the receipts it was given: which of them it runs again, and which should be but cannot for want
// of budget. The draw is fixed by the receipt and the auditor's secret, so that asking twice is no second throw of the dice.

import { sha256 } from '@noble/hashes/sha2.js'
import { joinBytes } from '../bytes/compare.ts'
import { hexBytes } from '../bytes/text.ts'
import type { Receipt } from './receipt.ts'
import { auditProbability } from './sampling.ts'
import { readReceipts, type Batch, type Standing } from './standing.ts'

export interface Plan {
  readonly batch: Batch
  /** To be run again, ascending. */
  readonly due: readonly Receipt[]
  /** Drawn and beyond the budget: they do not count. */
  readonly skipped: readonly Receipt[]
}

/**
 * @param receipts of one chain, ascending; signatures have been checked
 * @param secret of this auditor, so that nobody can tell which receipts will be drawn
 * @param canAfford whether that many link operations may be spent now
 */
export function planAudit(
  standing: Standing, receipts: readonly Receipt[], secret: Uint8Array, canAfford: (work: number) => boolean,
): Plan {
  const batch = readReceipts(standing, receipts)
  const probability = auditProbability(standing.valid)
  const due: Receipt[] = []
  const skipped: Receipt[] = []
  let work = 0
  for (const receipt of batch.receipts) {
    // A new search is cheap to have from somebody else and rare: its seed is always checked.
    if (receipt.origin === undefined && drawOf(receipt, secret) >= probability) continue
    if (!canAfford(work + receipt.work)) {
      skipped.push(receipt)
      continue
    }
    work += receipt.work
    due.push(receipt)
  }
  return { batch, due, skipped }
}

/** In [0, 1): the first four bytes of sha256 over the secret and the receipt's id. */
function drawOf({ id }: Receipt, secret: Uint8Array): number {
  const digest = sha256(joinBytes([secret, hexBytes(id)]))
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) / 4_294_967_296
}
