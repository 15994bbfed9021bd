// What of a device's work counts: the spans that counted auditors vouch for, none twice. Where they overlap, those are taken
// that together give most.

import { compareText } from '../bytes/compare.ts'
import type { Audit } from './credit-kinds.ts'
import type { Sums } from './standing.ts'

/** One auditor's word, and who that is. */
export interface SignedAudit extends Audit {
  /** Statement id. */
  readonly id: string
  /** The auditor's owner key, hex. */
  readonly auditor: string
}

export interface VerifiedWork extends Sums {
  readonly device: string
  readonly author: string
  readonly task: string
  /** Audits and failures in all counted words, overlapping ones included. */
  readonly audits: number
  readonly failures: number
}

/**
 * Per device and task, ascending by both. Words about one's own devices do not count.
 * @param auditors owner keys whose words count, or `any`
 */
export function verifiedWork(audits: readonly SignedAudit[], auditors: ReadonlySet<string> | 'any'): readonly VerifiedWork[] {
  const chains = new Map<string, SignedAudit[]>()
  for (const audit of audits) {
    if (audit.auditor === audit.author || (auditors !== 'any' && !auditors.has(audit.auditor))) continue
    const key = `${audit.device}/${audit.task}`
    const chain = chains.get(key)
    if (chain === undefined) chains.set(key, [audit])
    else chain.push(audit)
  }
  return [...chains].sort(([a], [b]) => compareText(a, b)).map(([, chain]) => {
    const { device, author, task } = [...chain].sort((a, b) => compareText(a.id, b.id))[0]!
    const own = chain.filter((audit) => audit.author === author)
    const sum = (of: (audit: SignedAudit) => number): number => own.reduce((total, audit) => total + of(audit), 0)
    return { device, author, task, ...mostOf(own), audits: sum((audit) => audit.audits), failures: sum((audit) => audit.failures) }
  })
}

/** Weighted interval scheduling over receipt numbers: the choice of spans without overlap whose work is largest. */
function mostOf(audits: readonly SignedAudit[]): Sums {
  const ordered = [...audits].sort((a, b) => a.last - b.last || a.first - b.first || compareText(a.id, b.id))
  const best: Sums[] = [{ evaluations: 0, work: 0 }]
  ordered.forEach(({ first, credit }, i) => {
    let before = i
    while (before > 0 && ordered[before - 1]!.last >= first) before--
    const taken = { evaluations: best[before]!.evaluations + credit.evaluations, work: best[before]!.work + credit.work }
    const left = best[i]!
    best.push(taken.work > left.work || (taken.work === left.work && taken.evaluations > left.evaluations) ? taken : left)
  })
  return best.at(-1)!
}
