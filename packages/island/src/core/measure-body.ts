// Measures a stranger's genotype. Everything that could go wrong with it is an answer, and nothing of it runs before its
// static cost is known to be within the realm's budget.

import { auditEvaluation, cidOf, costOf, decodeGenotype, evaluate, FINGERPRINT_ACTIVATIONS, fingerprintOf } from '@megabrain/evolve'
import type { Task } from '@megabrain/evolve'
import type { Measurement } from '@megabrain/exchange'

/** @param costLimit upper bound on `costOf(genotype)` times all activations: the task's `maxActivations` and the fingerprint's */
export function measureBody(task: Task, body: Uint8Array, costLimit: number): Measurement {
  const decoded = decodeGenotype(body)
  if (!decoded.ok) return { ok: false, reason: 'malformed' }
  const genotype = decoded.value
  if (genotype.inputs !== task.inputs || genotype.outputs !== task.outputs) return { ok: false, reason: 'wrong-interface' }
  if (costOf(genotype) * (task.maxActivations + FINGERPRINT_ACTIVATIONS) > costLimit) return { ok: false, reason: 'too-expensive' }
  const { fitness } = evaluate(task, genotype)
  return { ok: true, fitness, fingerprint: fingerprintOf(genotype), links: genotype.links.sources.length }
}

/** Fitness of a verified genotype in the audit that `beacon` draws; undefined when the task has none or the body is not its. */
export function auditBody(task: Task, body: Uint8Array, beacon: string): number | undefined {
  const decoded = decodeGenotype(body)
  if (!decoded.ok || decoded.value.inputs !== task.inputs || decoded.value.outputs !== task.outputs) return undefined
  return auditEvaluation(task, decoded.value, cidOf(body), beacon)?.fitness
}
