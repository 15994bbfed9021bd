// Runs a stranger's receipt again: the exchange's replay with our tasks, our settings and the realm's budget in it.

import { cidOf, costOf, evaluate } from '@megabrain/evolve'
import type { Task } from '@megabrain/evolve'
import { createReplay, seedOf } from '@megabrain/exchange'
import type { Replay } from '@megabrain/exchange'
import { newSearch } from './breeding.ts'
import type { ReplayWork } from './compute-messages.ts'

export function beginReplay(task: Task, { chain, receipt, before, bodies, costLimit }: ReplayWork): Replay {
  return createReplay({
    receipt,
    before,
    bodies: new Map(bodies.map((body) => [cidOf(body), body])),
    evaluate: (genotype) => evaluate(task, genotype),
    isAllowed: (genotype) =>
      genotype.inputs === task.inputs && genotype.outputs === task.outputs && costOf(genotype) * task.maxActivations <= costLimit,
    beginning: (algorithm, origin) => newSearch(task, algorithm, seedOf(chain, origin)),
  })
}
