// Runs a genotype on episodes that nobody could prepare it for: drawn by task, genotype and a beacon that was unknown when the
// genotype was published, with inputs that are a little off. What evolution never sees, so that what it learned can be told
// from what it learned by heart.

import type { Genotype } from './genotype/genotype.ts'
import { haltingNetwork } from './network/compile.ts'
import type { Network } from './network/network.ts'
import { episodeRandom } from './random.ts'
import type { Evaluation, Task } from './task.ts'

/** Each input is multiplied by a factor of its own in each step, this much above or below 1 at most. */
export const INPUT_PERTURBATION = 0.01

/** Names the episodes of one audit. @param beacon 64 hex characters */
export function auditKey(task: Pick<Task, 'id' | 'version'>, cid: string, beacon: string): string {
  return `megabrain/audit/1/${task.id}/${task.version}/${cid}/${beacon}`
}

/**
 * Deterministic, and the same on every engine. As `evaluate`: NaN or infinity ends it at fitness 0.
 * @param cid of `genotype`
 * @returns undefined for a task that has no audit episodes
 * @throws RangeError when the genotype's interface is not the task's
 */
export function auditEvaluation(task: Task, genotype: Genotype, cid: string, beacon: string): Evaluation | undefined {
  if (task.audit === undefined) return undefined
  if (genotype.inputs !== task.inputs || genotype.outputs !== task.outputs) {
    const has = `${genotype.inputs} and ${genotype.outputs}`
    throw new RangeError(`Task ${task.id} has ${task.inputs} inputs and ${task.outputs} outputs, the genotype ${has}`)
  }
  const key = auditKey(task, cid, beacon)
  const network = haltingNetwork(genotype)
  try {
    return task.audit(perturbed(network, key), key)
  } catch (error) {
    // As in `evaluate`: the network throws itself.
    if (error !== network) throw error
    return { fitness: 0, score: 0, steps: network.activations }
  } finally {
    network.spent = true
  }
}

function perturbed(network: Network, key: string): Network {
  const random = episodeRandom(`${key}/inputs`, 0)
  const shaken = new Float64Array(network.inputs)
  return {
    inputs: network.inputs,
    outputs: network.outputs,
    activate(inputs) {
      for (let i = 0; i < shaken.length; i++) shaken[i] = inputs[i]! * (1 + INPUT_PERTURBATION * (2 * random.uniform() - 1))
      return network.activate(shaken)
    },
    reset: () => network.reset(),
  }
}
