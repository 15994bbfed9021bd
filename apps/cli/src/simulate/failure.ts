// What is said when an invariant did not hold: seed and commit to play the scene again, and the smallest scene that still
// fails with the last events before it did.

import { shrinkFailure, type ArchipelagoOptions } from '@megabrain/exchange/archipelago'

export interface Failure {
  readonly seed: number
  readonly commit: string | null
  /** The options of the smallest scene, as data; null when the scene is too large to be played many times. */
  readonly smallest: Readonly<Record<string, unknown>> | null
  readonly violation: string
  readonly trace: readonly string[]
}

/** Island-minutes up to which a scene is made small: seconds for each try. */
const MAX_ISLAND_MINUTES = 600

/** @param violations at least one */
export function explainFailure(scene: ArchipelagoOptions, violations: readonly string[], commit: string | null): Failure {
  const { seed } = scene
  const minimal = scene.islands * scene.minutes <= MAX_ISLAND_MINUTES ? shrinkFailure(scene) : undefined
  if (minimal === undefined) return { seed, commit, smallest: null, violation: violations[0]!, trace: [] }
  const data = Object.entries(minimal.scene).filter(([name, value]) => name !== 'task' && typeof value !== 'function')
  const smallest = { task: minimal.scene.task.id, ...Object.fromEntries(data) }
  return { seed, commit, smallest, violation: minimal.violation, trace: minimal.trace }
}

export function failureText({ seed, commit, smallest, violation, trace }: Failure): string {
  const origin = `seed ${seed}, commit ${commit ?? 'unknown'}: ${violation}`
  return smallest === null ? origin : [origin, `smallest scene: ${JSON.stringify(smallest)}`, ...trace.map((line) => `  ${line}`)].join('\n')
}
