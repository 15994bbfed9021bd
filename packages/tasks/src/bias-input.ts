// Some protocols feed a constant bias as an input of its own. A network from elsewhere that carries biases in its neurons
// has no such input; this lets it play without pretending to be another genotype.

import type { Network, Task } from '@megabrain/evolve'

/**
 * The network as the task wants it: itself, or with the task's bias input left out. Undefined when the interfaces differ
 * in any other way.
 */
export function adaptNetwork(task: Task, network: Network): Network | undefined {
  if (network.outputs !== task.outputs) return undefined
  if (network.inputs === task.inputs) return network
  const bias = task.inputLabels.indexOf('bias')
  if (bias < 0 || network.inputs !== task.inputs - 1) return undefined
  const inputs = new Float64Array(network.inputs)
  return {
    inputs: task.inputs,
    outputs: network.outputs,
    activate(all) {
      for (let from = 0, to = 0; from < all.length; from++) if (from !== bias) inputs[to++] = all[from]!
      return network.activate(inputs)
    },
    reset: () => network.reset(),
  }
}
