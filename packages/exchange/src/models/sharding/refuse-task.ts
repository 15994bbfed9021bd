// Which tasks a sharded network may be put to: those whose questions are all known before the first answer.

import type { Task } from '@megabrain/evolve'

/** Why a sharded network does not act in this task, as a sentence, or undefined where it may. @param levels of the network */
export function realTimeFault({ id, environment, maxActivations }: Pick<Task, 'id' | 'environment' | 'maxActivations'>, levels: number): string | undefined {
  if (environment === undefined) return undefined
  return `${id} is controlled step by step: each of its up to ${maxActivations} actions would wait for ${levels} round trips over the network, one after the other; `
    + 'a sharded network computes batches whose inputs are all known beforehand'
}
