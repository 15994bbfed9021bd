// Runs a genotype on a task's public episodes. The one road to a fitness: it turns NaN and infinity into the floor
// value, so that no task has to.

import type { Genotype } from './genotype/genotype.ts'
import { haltingNetwork } from './network/compile.ts'
import type { Evaluation, Task } from './task.ts'

/**
 * Deterministic for a deterministic task. A network that meets NaN or infinity gets fitness 0 and score 0 at once;
 * `steps` then counts its activations.
 * @throws RangeError when the genotype's interface is not the task's
 */
export function evaluate(task: Task, genotype: Genotype): Evaluation {
  if (genotype.inputs !== task.inputs || genotype.outputs !== task.outputs) {
    const has = `${genotype.inputs} and ${genotype.outputs}`
    throw new RangeError(`Task ${task.id} has ${task.inputs} inputs and ${task.outputs} outputs, the genotype ${has}`)
  }
  const network = haltingNetwork(genotype)
  try {
    return task.evaluate(network)
  } catch (error) {
    // The network throws itself: a value no task throws, and nothing to allocate or to check per step.
    if (error !== network) throw error
    return { fitness: 0, score: 0, steps: network.activations }
  } finally {
    network.spent = true
  }
}
