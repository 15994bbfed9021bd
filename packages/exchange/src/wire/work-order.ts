// A work order and its answer on the wire: genotypes to be measured on a task's public episodes, and what came of each. Apart
// from the other messages, since who brings a problem needs no archive.

import type { Writer } from 'protons-runtime'
import { hexBytes, hexText } from '../bytes/text.ts'
import { MAX_BODY_BYTES, MAX_FITNESS, MAX_UNITS, MAX_WORK_MS } from '../limits.ts'
import { putBytes, putElement, putNumber, putText, type Fields } from './fields.ts'

export interface WorkOrder {
  readonly kind: 'evaluate'
  readonly task: string
  /** Evaluator version, 64 hex characters: other versions measure other things. */
  readonly evaluator: string
  /** How long the asker waits, ms, 1 to `MAX_WORK_MS`. */
  readonly deadlineMs: number
  /** Canonical genotypes, 1 to `MAX_UNITS`, together within one request. */
  readonly bodies: readonly Uint8Array[]
}

export interface WorkResult {
  readonly kind: 'evaluate'
  /** In the order of the bodies; undefined: not measured, for want of time or since it cannot be. */
  readonly fitness: readonly (number | undefined)[]
}

const MAX_TASK_LENGTH = 32
const EVALUATOR_BYTES = 32
const RESULT_BYTES = 3
const NOT_MEASURED = 0xff_ffff

export function putWorkOrder(to: Writer, { task, evaluator, deadlineMs, bodies }: WorkOrder): void {
  putText(to, 3, task)
  putBytes(to, 4, hexBytes(evaluator))
  putNumber(to, 5, deadlineMs)
  for (const body of bodies) putElement(to, 6, body)
}

export function decodeWorkOrder(fields: Fields): WorkOrder | undefined {
  const [task, evaluator, deadlineMs, bodies] = [fields.text(3, MAX_TASK_LENGTH), fields.bytes(4), fields.number(5), fields.elements(6, MAX_UNITS)]
  if (task === undefined || evaluator?.length !== EVALUATOR_BYTES || bodies === undefined || bodies.length === 0) return undefined
  if (deadlineMs === undefined || deadlineMs < 1 || deadlineMs > MAX_WORK_MS) return undefined
  if (!bodies.every(({ length }) => length > 0 && length <= MAX_BODY_BYTES)) return undefined
  return { kind: 'evaluate', task, evaluator: hexText(evaluator), deadlineMs, bodies: bodies.map((body) => body.slice()) }
}

export function putWorkResult(to: Writer, { fitness }: WorkResult): void {
  const packed = new Uint8Array(fitness.length * RESULT_BYTES)
  fitness.forEach((value = NOT_MEASURED, i) => packed.set([value >>> 16, (value >>> 8) & 255, value & 255], i * RESULT_BYTES))
  putBytes(to, 3, packed)
}

export function decodeWorkResult(fields: Fields): WorkResult | undefined {
  const packed = fields.bytes(3)
  if (packed === undefined || packed.length === 0 || packed.length % RESULT_BYTES !== 0 || packed.length > MAX_UNITS * RESULT_BYTES) return undefined
  const fitness = Array.from({ length: packed.length / RESULT_BYTES }, (_, i) => {
    const value = packed[3 * i]! * 65_536 + packed[3 * i + 1]! * 256 + packed[3 * i + 2]!
    return value === NOT_MEASURED ? undefined : value
  })
  return fitness.every((value) => value === undefined || value <= MAX_FITNESS) ? { kind: 'evaluate', fitness } : undefined
}
