// The first genotypes of a memetic search: small, with hidden neurons where the settings want some, since its tuner can
// weigh a structure that a genetic algorithm would have to grow into.

import { createGenotype, plainNeuron, type Link } from '../genotype/create.ts'
import { actuatorId, type Genotype, type NeuronId } from '../genotype/genotype.ts'
import { splitId } from '../genotype/identity.ts'
import type { TaskInterface } from '../population/founder.ts'
import type { Random } from '../random.ts'
import type { MemeticSettings } from './settings.ts'

/** Hidden neuron k is the k-th split of the link from the first sensor to the first actuator, in every founder. */
export function createMemeticFounder(task: TaskInterface, settings: MemeticSettings, random: Random): Genotype {
  const { founderHidden, founderSensors, founderLinks, initialDeviation, weightLimit } = settings
  const draw = (): number => {
    const x = initialDeviation * random.normal()
    return Math.fround(x > weightLimit ? weightLimit : x < -weightLimit ? -weightLimit : x) + 0
  }
  const sensors = Array.from({ length: Math.min(task.inputs, founderSensors) }, (_, i) => i)
  const actuators = Array.from({ length: task.outputs }, (_, i) => actuatorId(i))
  const hidden = Array.from({ length: founderHidden }, (_, k) => splitId(0, actuatorId(0), k)).sort((a, b) => a - b)
  const links: Link[] = []
  const join = (froms: readonly NeuronId[], tos: readonly NeuronId[]): void => {
    for (const to of tos) for (const from of froms) links.push({ from, to, weight: draw() })
  }
  if (founderHidden === 0 || founderLinks.endsWith('shortcut') || founderLinks === 'recurrent') join(sensors, actuators)
  join(sensors, hidden)
  if (founderLinks.startsWith('elman') || founderLinks === 'recurrent') join(hidden, hidden)
  join(hidden, actuators)
  if (founderLinks === 'recurrent') {
    join(actuators, hidden)
    join(actuators, actuators)
  }
  return createGenotype({
    inputs: task.inputs,
    outputs: task.outputs,
    rule: task.updateRule,
    neurons: [
      ...actuators.map((id) => ({ ...plainNeuron(id), activation: settings.actuatorActivation })),
      ...hidden.map((id) => ({ ...plainNeuron(id), activation: settings.activation })),
    ],
    links,
  })
}
