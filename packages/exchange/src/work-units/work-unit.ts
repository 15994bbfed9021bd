// A work unit: genotypes that somebody asks a neighbour to evaluate, and what comes back. Apart from the other messages
// because requester and donor share its bounds, and because a result is believed only as far as it was sampled.

import type { TaskId } from '@megabrain/evolve'
import type { Writer } from 'protons-runtime'
import { hexBytes, hexText } from '../bytes/text.ts'
import { MAX_FITNESS, MAX_UNIT_BODIES, MAX_UNIT_BYTES, MAX_UNIT_MS } from '../limits.ts'
import type { Measurement } from '../member/events.ts'
import { putBytes, putElement, putNumber, putText, type Fields } from '../wire/fields.ts'

export interface WorkUnit {
  readonly task: TaskId
  /** Evaluator version, 64 hex characters: a donor with another one refuses. */
  readonly evaluator: string
  /** Which episodes: those that the task's version fixes, the same for every genotype. */
  readonly episodes: 'public'
  /** How long the asker waits, ms, 1 to `MAX_UNIT_MS`; the donor drops the unit then. */
  readonly deadlineMs: number
  /** Canonical genotypes, 1 to `MAX_UNIT_BODIES`, together at most `MAX_UNIT_BYTES`: whose CIDs they are, both sides can tell. */
  readonly bodies: readonly Uint8Array[]
}

/** Of one genotype, as the donor says. */
export type UnitResult =
  | { readonly ok: true; readonly fitness: number; readonly fingerprint: number }
  | { readonly ok: false; readonly reason: (Measurement & { readonly ok: false })['reason'] }

const PUBLIC_EPISODES = 1
const DIGEST_BYTES = 32
const MAX_TASK_LENGTH = 32
/** Outcome, fitness big-endian in three bytes, fingerprint. */
const RESULT_BYTES = 5
/** Outcome 0 is a fitness, k the k-th of these. */
const reasons: readonly (UnitResult & { readonly ok: false })['reason'][] = ['malformed', 'wrong-interface', 'too-expensive', 'evaluator-failed']

export function putUnit(to: Writer, { task, evaluator, deadlineMs, bodies }: WorkUnit): void {
  for (const body of bodies) putElement(to, 3, body)
  putText(to, 4, task)
  putBytes(to, 5, hexBytes(evaluator))
  putNumber(to, 6, deadlineMs)
  putNumber(to, 7, PUBLIC_EPISODES)
}

export function decodeUnit(fields: Fields): WorkUnit | undefined {
  const bodies = fields.elements(3, MAX_UNIT_BODIES)
  const [task, evaluator, deadlineMs] = [fields.text(4, MAX_TASK_LENGTH), fields.bytes(5), fields.number(6)]
  if (bodies === undefined || bodies.length === 0 || bodies.some(({ length }) => length === 0)) return undefined
  if (bodies.reduce((sum, { length }) => sum + length, 0) > MAX_UNIT_BYTES || fields.number(7) !== PUBLIC_EPISODES) return undefined
  if (task === undefined || task === '' || evaluator?.length !== DIGEST_BYTES) return undefined
  if (deadlineMs === undefined || deadlineMs === 0 || deadlineMs > MAX_UNIT_MS) return undefined
  return { task, evaluator: hexText(evaluator), episodes: 'public', deadlineMs, bodies: bodies.map((body) => body.slice()) }
}

export function encodeResults(results: readonly UnitResult[]): Uint8Array {
  const packed = new Uint8Array(results.length * RESULT_BYTES)
  results.forEach((result, i) => {
    const { fitness, fingerprint } = result.ok ? result : { fitness: 0, fingerprint: 0 }
    const outcome = result.ok ? 0 : 1 + reasons.indexOf(result.reason)
    packed.set([outcome, fitness >>> 16, (fitness >>> 8) & 255, fitness & 255, fingerprint], i * RESULT_BYTES)
  })
  return packed
}

export function decodeResults(packed: Uint8Array | undefined): readonly UnitResult[] | undefined {
  if (packed === undefined || packed.length === 0 || packed.length % RESULT_BYTES !== 0 || packed.length > MAX_UNIT_BODIES * RESULT_BYTES) return undefined
  const results: UnitResult[] = []
  for (let at = 0; at < packed.length; at += RESULT_BYTES) {
    const outcome = packed[at]!
    const fitness = packed[at + 1]! * 65_536 + packed[at + 2]! * 256 + packed[at + 3]!
    const reason = reasons[outcome - 1]
    if (outcome === 0 && fitness <= MAX_FITNESS) results.push({ ok: true, fitness, fingerprint: packed[at + 4]! })
    else if (reason !== undefined) results.push({ ok: false, reason })
    else return undefined
  }
  return results
}
