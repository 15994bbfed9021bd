// What is told about credit in the registry: how long a device's chain is, by the device, and how much of it counts, by
// each of those who audited it.

import { bytesEqual } from '../bytes/compare.ts'
import { asciiBytes, asciiText, hexBytes, hexText } from '../bytes/text.ts'
import type { Declaration } from '../registry/statement.ts'
import type { StatementKind } from '../registry/statement-kind.ts'
import { encodeFields, parseFields, putBytes, putNumber } from '../wire/fields.ts'
import type { Receipt } from './receipt.ts'
import { creditOf, type Standing, type Sums } from './standing.ts'

const KEY_BYTES = 32
const TASK_ID = /^[a-z0-9-]{1,32}$/
const MAX_TASK_LENGTH = 32

/** A device's own word about its chain of one task: claimed, not audited. */
export interface CreditHead extends Sums {
  readonly task: string
  /** Receipts in the chain, and the id of the last: whoever has them can check that nothing was left out. */
  readonly receipts: number
  readonly tip: string
}

export const creditHeadKind: StatementKind<CreditHead> = {
  kind: 'credit-head',
  signedBy: 'device',
  maxPerSigner: 16,
  maxTotal: 8_192,
  decode({ subject, content }) {
    const task = asciiText(subject)
    const fields = parseFields(content, 4)
    const [receipts, evaluations, work] = [1, 2, 3].map((field) => fields?.number(field))
    const tip = fields?.bytes(4)
    if (task === undefined || !TASK_ID.test(task) || tip?.length !== KEY_BYTES) return undefined
    if (receipts === undefined || receipts === 0 || evaluations === undefined || work === undefined) return undefined
    const head: CreditHead = { task, receipts, evaluations, work, tip: hexText(tip) }
    return bytesEqual(encodeHead(head), content) ? head : undefined
  },
  isEntitled: () => true,
}

export function creditHeadDeclaration({ task, number, totalEvaluations, totalWork, id }: Receipt): Declaration {
  const content = encodeHead({ task, receipts: number, evaluations: totalEvaluations, work: totalWork, tip: id })
  return { kind: creditHeadKind.kind, subject: asciiBytes(task), content }
}

function encodeHead({ receipts, evaluations, work, tip }: CreditHead): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, receipts)
    putNumber(to, 2, evaluations)
    putNumber(to, 3, work)
    putBytes(to, 4, hexBytes(tip))
  })
}

/** An auditor's word about a device's chain of one task. */
export interface Audit {
  readonly device: string
  /** The device's owner as its receipts name it. */
  readonly author: string
  readonly task: string
  /** What counts. */
  readonly credit: Sums
  /** What was run again. */
  readonly replayed: Sums
  readonly audits: number
  readonly failures: number
  /** Consecutive valid audits. */
  readonly valid: number
}

export const auditKind: StatementKind<Audit> = {
  kind: 'audit',
  signedBy: 'device',
  maxPerSigner: 256,
  maxTotal: 8_192,
  decode({ subject, content }) {
    if (subject.length <= KEY_BYTES) return undefined
    const device = hexText(subject.subarray(0, KEY_BYTES))
    const task = asciiText(subject.subarray(KEY_BYTES))
    const fields = parseFields(content, 8)
    const author = fields?.bytes(1)
    const [evaluations, work, replayedEvaluations, replayedWork, audits, failures, valid] =
      [2, 3, 4, 5, 6, 7, 8].map((field) => fields?.number(field))
    if (task === undefined || !TASK_ID.test(task) || task.length > MAX_TASK_LENGTH || author?.length !== KEY_BYTES) return undefined
    if (evaluations === undefined || work === undefined || replayedEvaluations === undefined || replayedWork === undefined) return undefined
    if (audits === undefined || audits === 0 || failures === undefined || failures > audits || valid === undefined || valid > audits) return undefined
    const audit: Audit = {
      device, author: hexText(author), task, audits, failures, valid,
      credit: { evaluations, work }, replayed: { evaluations: replayedEvaluations, work: replayedWork },
    }
    return bytesEqual(encodeAudit(audit), content) ? audit : undefined
  },
  // Nobody vouches for oneself; who counts as an auditor is for each reader to say.
  isEntitled: ({ author, content }) =>
    hexText(parseFields(content, 8)?.bytes(1) ?? new Uint8Array(0)) !== author,
}

export function auditDeclaration(standing: Standing): Declaration {
  const { device, author, task, replayed, audits, failures, valid } = standing
  const content = encodeAudit({ device, author, task, credit: creditOf(standing), replayed, audits, failures, valid })
  return { kind: auditKind.kind, subject: auditSubject(device, task), content }
}

export function auditSubject(device: string, task: string): Uint8Array {
  const subject = new Uint8Array(KEY_BYTES + task.length)
  subject.set(hexBytes(device))
  subject.set(asciiBytes(task), KEY_BYTES)
  return subject
}

function encodeAudit({ author, credit, replayed, audits, failures, valid }: Audit): Uint8Array {
  return encodeFields((to) => {
    putBytes(to, 1, hexBytes(author))
    putNumber(to, 2, credit.evaluations)
    putNumber(to, 3, credit.work)
    putNumber(to, 4, replayed.evaluations)
    putNumber(to, 5, replayed.work)
    putNumber(to, 6, audits)
    putNumber(to, 7, failures)
    putNumber(to, 8, valid)
  })
}
