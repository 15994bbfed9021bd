// What the verifier met, into the log. Strangers cause these lines, so there is a limit on how many: the counters in
// `/metrics` are complete, the log is a sample.

import type { Notice } from '@megabrain/exchange'
import type { Log } from './log.ts'

const MAX_LINES_PER_WINDOW = 50
const WINDOW_MS = 10_000

/** Everyday refusals: nobody did anything wrong. */
const unremarkable = new Set(['duplicate', 'not-better', 'unavailable'])

/** @param now milliseconds of any clock that does not go back */
export function createNoticeLog(log: Log, now: () => number): (realm: string, notice: Notice) => void {
  let windowStart = now()
  let lines = 0
  let left = 0
  return (realm, notice) => {
    if (notice.kind === 'refused' && unremarkable.has(notice.reason)) return
    if (now() - windowStart >= WINDOW_MS) {
      if (left > 0) log.write('warn', 'notices-left-out', { count: left })
      windowStart = now()
      lines = 0
      left = 0
    }
    lines += 1
    if (lines > MAX_LINES_PER_WINDOW) {
      left += 1
      return
    }
    log.write('info', notice.kind, { realm, ...fieldsOf(notice) })
  }
}

function fieldsOf(notice: Notice): Readonly<Record<string, unknown>> {
  switch (notice.kind) {
    case 'published':
      return { cid: notice.cid, fitness: notice.fitness }
    case 'admitted': {
      const { genotype, task, fitness, author } = notice.claim
      return { cid: genotype, task, fitness, author, via: notice.via, best: notice.best }
    }
    case 'refused':
      return { reason: notice.reason, via: notice.via, cid: notice.cid, claimed: notice.claimed, measured: notice.measured }
    case 'stated':
      return { what: notice.statement.kind, author: notice.statement.author, revision: notice.statement.revision }
    case 'worked':
      return { task: notice.receipt.task, number: notice.receipt.number }
    case 'audited':
      return { author: notice.receipt.author, device: notice.receipt.device, number: notice.receipt.number, fault: notice.fault }
    case 'policy':
      return { revision: notice.realm.revision }
    case 'rescored':
      return { cid: notice.claim.genotype, task: notice.claim.task, fitness: notice.claim.fitness, before: notice.before }
    case 'synchronised':
      return { with: notice.with, received: notice.received }
    case 'round':
      return { ...notice.round }
    case 'liar':
      return { device: notice.device }
  }
}
