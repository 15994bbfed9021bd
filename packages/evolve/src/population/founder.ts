// The first genotypes of a population: no hidden neurons, random weights (complexification starts from little).

import { createGenotype, type Link } from '../genotype/create.ts'
import { actuatorId, type Genotype, type Neuron, type UpdateRule } from '../genotype/genotype.ts'
import type { Random } from '../random.ts'
import { freshParameter } from './operator.ts'
import type { PopulationSettings } from './settings.ts'

/** What a population needs to know of its task. A `Task` is one. */
export interface TaskInterface {
  readonly inputs: number
  readonly outputs: number
  readonly updateRule: UpdateRule
  /** Names of what its evaluations say of behaviour, if they do. */
  readonly behaviours?: readonly string[]
}

export function createFounder(task: TaskInterface, settings: PopulationSettings, random: Random): Genotype {
  const neurons: Neuron[] = []
  const links: Link[] = []
  const draw = (): number => freshParameter(settings, random)
  for (let output = 0; output < task.outputs; output++) {
    const id = actuatorId(output)
    neurons.push({ id, activation: settings.activation, aggregation: 'sum', bias: settings.biasPower === 0 ? 0 : draw(), response: 1 })
    if (settings.fullyLinked) for (let input = 0; input < task.inputs; input++) links.push({ from: input, to: id, weight: draw() })
    else links.push({ from: random.integer(task.inputs), to: id, weight: draw() })
    if (settings.selfLinked) links.push({ from: id, to: id, weight: draw() })
  }
  return createGenotype({ inputs: task.inputs, outputs: task.outputs, rule: task.updateRule, neurons, links })
}
