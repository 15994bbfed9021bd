// Figures that a task's literature reports of a champion beyond its fitness. They cost more than an evaluation, count as
// none and never steer evolution.

import type { Network, Task } from '@megabrain/evolve'
import { doublePoleNoVelocity, generalisation, longRun } from './double-pole-no-velocity.ts'

/**
 * Double pole without velocities: `steps100k` (steps survived of 100,000), `fitness1000` (Gruau's damping fitness) and
 * `generalisation625` (starts balanced for 1,000 steps). Other tasks: nothing.
 */
export function measure(task: Task, network: Network): Readonly<Record<string, number>> {
  if (task !== doublePoleNoVelocity) return {}
  return {
    steps100k: longRun(network),
    fitness1000: task.evaluate(network).score,
    generalisation625: generalisation(network),
  }
}
