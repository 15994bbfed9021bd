// The static price of running a genotype, known before it runs, so that a stranger's network can be refused unrun.

import type { Genotype } from '../genotype/genotype.ts'
import { activationCost } from './activation.ts'
import { settlingOf } from './settle.ts'

/** Upper bound on the cost of one activation, in units of one link: passes × (links + Σ price of each neuron). */
export function costOf(genotype: Genotype): number {
  let pass = genotype.links.weights.length
  for (const neuron of genotype.neurons) pass += activationCost(neuron.activation)
  return pass * passesOf(genotype)
}

function passesOf(genotype: Genotype): number {
  if (genotype.rule.kind === 'synchronous') return genotype.rule.steps
  return genotype.rule.kind === 'stanley' ? settlingOf(genotype).firstPasses : 1
}
