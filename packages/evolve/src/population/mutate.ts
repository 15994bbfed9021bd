// Chooses which mutation an offspring gets and writes down its name.

import type { Genotype } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import { addLink, addNeuron, mutateActivation, perturbWeights, removeLink, removeNeuron, type Operator } from './operators.ts'
import type { PopulationSettings } from './settings.ts'

export interface Mutation {
  readonly genotype: Genotype
  /** Names of the operators applied, in order; never empty. */
  readonly operators: readonly string[]
}

const structural = [
  ['add-neuron', 'addNeuron', addNeuron],
  ['add-link', 'addLink', addLink],
  ['remove-link', 'removeLink', removeLink],
  ['remove-neuron', 'removeNeuron', removeNeuron],
  ['mutate-activation', 'mutateActivation', mutateActivation],
] as const satisfies readonly (readonly [string, keyof PopulationSettings, Operator])[]

/** At most one structural operator, each with its chance; when none applies, weights are perturbed (as in NEAT 1.2.1). */
export function mutate(genotype: Genotype, settings: PopulationSettings, random: Random): Mutation {
  for (const [name, chance, operator] of structural) {
    if (random.uniform() >= settings[chance]) continue
    const mutant = operator(genotype, settings, random)
    if (mutant !== undefined) return { genotype: mutant, operators: [name] }
  }
  return { genotype: perturbWeights(genotype, settings, random)!, operators: ['perturb-weights'] }
}
