// Which tasks may be computed by a sharded network: those whose questions are known before the first answer.

import type { Task } from '@megabrain/evolve'

/** Why a sharded network does not act in this task, as a sentence, or undefined where it may. */
export function realTimeFault({ id, maxActivations, episodes }: Pick<Task, 'id' | 'maxActivations'> & { readonly episodes: number }, levels: number): string | undefined {
  if (maxActivations <= episodes) return undefined
  return `${id} is controlled step by step: each of its ${maxActivations} actions would wait for ${levels} round trips over the network, and the world does not; sharding is for batches whose inputs are all known`
}
