// Which model would suit what an island sees, with the reason in words: advice for people, never a switch.

import type { ModelKind } from '../realm/model-policy.ts'

export interface Suggestion {
  readonly model: ModelKind
  readonly reason: string
}

/** Beyond this many agents on one task, what each island tells by itself is mostly what others know better. */
export const MANY_AGENTS = 1_000

/**
 * @param agents members of all populations that work together, as far as known
 * @param tasks different tasks among them, at least 1
 */
export function suggestModel(agents: number, tasks: number): Suggestion {
  if (tasks > 1) return { model: 'swarm', reason: `islands work on ${tasks} different tasks: genotypes are of use where they fit, not where they are the best` }
  if (agents > MANY_AGENTS) {
    return { model: 'federated', reason: `${agents} agents work on one task, more than ${MANY_AGENTS}: one selection over all of them tells the mesh less and better` }
  }
  return { model: 'distributed', reason: `${agents} agents work on one task: everybody can hear everybody` }
}
