// Runs a genotype on a task's public episodes. The one road to a fitness: it turns NaN and infinity into the floor
// value, so that no task has to.

import type { Genotype } from './genotype/genotype.ts'
import { compile } from './network/compile.ts'
import type { Network } from './network/network.ts'
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
  const network = compile(genotype)
  const counter = { steps: 0 }
  try {
    return task.evaluate(guard(network, counter))
  } catch (error) {
    if (error !== counter) throw error
    return { fitness: 0, score: 0, steps: counter.steps }
  }
}

/** Throws `counter` itself at the first output that is not finite: a value no task throws, and no allocation per step. */
function guard(network: Network, counter: { steps: number }): Network {
  return {
    inputs: network.inputs,
    outputs: network.outputs,
    activate(inputs) {
      const outputs = network.activate(inputs)
      counter.steps++
      // The interpreter makes all outputs NaN together.
      if (outputs[0]! - outputs[0]! !== 0) throw counter
      return outputs
    },
    reset: () => network.reset(),
  }
}
