// What evolution should be set to for one task, where the defaults of `evolve` do not suit: the values of the original
// NEAT's parameter files, by task.

import type { AlgorithmName, MemeticSettings, PopulationSettings, Task } from '@megabrain/evolve'

/**
 * NEAT 1.2.1, `p2nv.ne`; Stanley & Miikkulainen 2002, section 4.2. The weight cap is that of its winners. With the default
 * aim of 10 species a population of 1,000 stagnates; 50 was measured better.
 */
const noVelocity: Partial<PopulationSettings> = {
  size: 1_000,
  perturbPower: 1.8,
  weightLimit: 8,
  addLink: 0.3,
  addNeuron: 0.01,
  recurrent: 0.2,
  weightCoefficient: 3,
  threshold: 4,
  targetSpecies: 50,
  survival: 0.4,
}

/** Overrides of an algorithm's defaults, by task id. */
const memetic: Readonly<Record<string, Partial<MemeticSettings>>> = {}

/** Overrides of the algorithm's default settings; empty for a task that needs none. */
export function settingsFor(task: Task, algorithm?: 'neat'): Partial<PopulationSettings>
export function settingsFor(task: Task, algorithm: AlgorithmName): Readonly<Record<string, unknown>>
export function settingsFor(task: Task, algorithm: AlgorithmName = 'neat'): object {
  if (algorithm === 'memetic') return Object.hasOwn(memetic, task.id) ? { ...memetic[task.id] } : {}
  return task.id === 'double-pole-no-velocity' ? noVelocity : {}
}
