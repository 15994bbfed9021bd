// The answers that an auditor gets: receipts, and what it takes to run one again. Apart from the other messages because
// their bounds are those of credit.

import type { Writer } from 'protons-runtime'
import { MAX_RECEIPT_BYTES } from '../credit/receipt-codec.ts'
import { KEPT_STATES, MAX_ADMITTED, MAX_REPLAY_BYTES } from '../credit/receipt.ts'
import { putBytes, putElement, type Fields } from './fields.ts'

export type CreditAnswer =
  /** Signed receipts, ascending, at most `KEPT_STATES`. */
  | { readonly kind: 'receipts'; readonly receipts: readonly Uint8Array[] }
  /** The state before as encoded, and the genotypes of those let in; together at most `MAX_REPLAY_BYTES`. */
  | { readonly kind: 'replay'; readonly state: Uint8Array; readonly bodies: readonly Uint8Array[] }

export function putCreditAnswer(to: Writer, answer: CreditAnswer): void {
  if (answer.kind === 'receipts') {
    for (const receipt of answer.receipts) putElement(to, 3, receipt)
    return
  }
  putBytes(to, 3, answer.state)
  for (const body of answer.bodies) putElement(to, 4, body)
}

export function decodeReceipts(fields: Fields): CreditAnswer | undefined {
  const receipts = fields.elements(3, KEPT_STATES)
  if (receipts?.every(({ length }) => length > 0 && length <= MAX_RECEIPT_BYTES) !== true) return undefined
  return { kind: 'receipts', receipts: receipts.map((receipt) => receipt.slice()) }
}

export function decodeReplay(fields: Fields): CreditAnswer | undefined {
  const state = fields.bytes(3)
  const bodies = fields.elements(4, MAX_ADMITTED)
  if (state === undefined || state.length === 0 || bodies === undefined) return undefined
  if (state.length + bodies.reduce((sum, { length }) => sum + length, 0) > MAX_REPLAY_BYTES) return undefined
  return { kind: 'replay', state: state.slice(), bodies: bodies.map((body) => body.slice()) }
}
