// Tasks of one's own, beside those of the registry: what the host must know of them. What they compute is the compute worker's
// business alone.

import type { TaskId } from '@megabrain/evolve'
import { claimableVersions } from '@megabrain/tasks/versions'

export interface OwnTask {
  readonly id: TaskId
  /**
   * Evaluator version, 64 hex characters: those who have the same one exchange claims in a realm that names the task. Undefined: the
   * fitness says nothing to others, as with a machine's own data. Such a task needs no realm and is never claimed.
   */
  readonly evaluator: string | undefined
}

/** All evaluators that can be run here, by task. One's own come first. */
export function evaluatorsWith(own: readonly OwnTask[]): Readonly<Record<TaskId, string>> {
  const replaced = new Set(own.map(({ id }) => id))
  const registry = Object.entries(claimableVersions).filter(([id]) => !replaced.has(id))
  return Object.fromEntries([...registry, ...own.flatMap(({ id, evaluator }) => evaluator === undefined ? [] : [[id, evaluator] as const])])
}
