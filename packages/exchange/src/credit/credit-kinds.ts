// What is told about credit in the registry: how long a device's chain is, by the device, and how much of it counts, by
// each of those who audited it.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual, joinBytes } from '../bytes/compare.ts'
import { asciiBytes, asciiText, hexBytes, hexText } from '../bytes/text.ts'
import type { Declaration } from '../registry/statement.ts'
import type { StatementKind } from '../registry/statement-kind.ts'
import { encodeFields, parseFields, putBytes, putNumber, putText } from '../wire/fields.ts'
import type { Receipt } from './receipt.ts'
import { creditOf, type Standing, type Sums } from './standing.ts'

const KEY_BYTES = 32
const TASK_ID = /^[a-z0-9-]{1,32}$/
const MAX_TASK_LENGTH = 32
const MAX_NUMBER = 281_474_976_710_656

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

/** An auditor's word about one span of a device's chain: receipts that it has read without a gap. */
export interface Audit {
  readonly device: string
  /** The device's owner as its receipts name it. */
  readonly author: string
  readonly task: string
  /** Numbers of the first and last receipt. */
  readonly first: number
  readonly last: number
  /** What counts of them. */
  readonly credit: Sums
  /** What was run again. */
  readonly replayed: Sums
  readonly audits: number
  readonly failures: number
}

export const auditKind: StatementKind<Audit> = {
  kind: 'audit',
  signedBy: 'device',
  maxPerSigner: 1_024,
  maxTotal: 8_192,
  decode({ subject, content }) {
    const fields = parseFields(content, 11)
    const [device, author] = [1, 2].map((field) => fields?.bytes(field))
    const task = fields?.text(3, MAX_TASK_LENGTH)
    const [first, length, evaluations, work, replayedEvaluations, replayedWork, audits, failures] =
      [4, 5, 6, 7, 8, 9, 10, 11].map((field) => fields?.number(field))
    if (device?.length !== KEY_BYTES || author?.length !== KEY_BYTES || task === undefined || !TASK_ID.test(task)) return undefined
    if (first === undefined || first === 0 || length === undefined || length === 0 || first + length > MAX_NUMBER) return undefined
    if (evaluations === undefined || work === undefined || replayedEvaluations === undefined || replayedWork === undefined) return undefined
    if (audits === undefined || failures === undefined || failures > audits) return undefined
    const audit: Audit = {
      device: hexText(device), author: hexText(author), task, first, last: first + length - 1, audits, failures,
      credit: { evaluations, work }, replayed: { evaluations: replayedEvaluations, work: replayedWork },
    }
    return bytesEqual(encodeAudit(audit), content) && bytesEqual(auditSubject(audit), subject) ? audit : undefined
  },
  // Nobody vouches for oneself; who counts as an auditor is for each reader to say.
  isEntitled: ({ author, content }) => hexText(parseFields(content, 11)?.bytes(2) ?? new Uint8Array(0)) !== author,
}

export function auditDeclaration(standing: Standing): Declaration {
  const audit = { ...standing, credit: creditOf(standing) }
  return { kind: auditKind.kind, subject: auditSubject(audit), content: encodeAudit(audit) }
}

/** One statement of an auditor for each span: sha256 over the raw device key, its first number in decimal, a slash and the task. */
function auditSubject({ device, first, task }: Pick<Audit, 'device' | 'first' | 'task'>): Uint8Array {
  return sha256(joinBytes([hexBytes(device), asciiBytes(`${first}/${task}`)]))
}

function encodeAudit({ device, author, task, first, last, credit, replayed, audits, failures }: Audit): Uint8Array {
  return encodeFields((to) => {
    putBytes(to, 1, hexBytes(device))
    putBytes(to, 2, hexBytes(author))
    putText(to, 3, task)
    putNumber(to, 4, first)
    putNumber(to, 5, last - first + 1)
    putNumber(to, 6, credit.evaluations)
    putNumber(to, 7, credit.work)
    putNumber(to, 8, replayed.evaluations)
    putNumber(to, 9, replayed.work)
    putNumber(to, 10, audits)
    putNumber(to, 11, failures)
  })
}
