// Operators on links, and on sensors and actuators: the interface of a task is fixed, so those come and go by their links.
// Names as in DXNN2 (Sher 2013), `add-link` as in NEAT (Stanley and Miikkulainen 2002); the removals are ours.

import { withDeadEndsRemoved, type Edit } from '../genotype/edits.ts'
import { findLink } from '../genotype/edit.ts'
import { MAX_LINKS, type Genotype, type NeuronId } from '../genotype/genotype.ts'
import { incomingOf, wouldCycle, type Incoming } from '../network/graph.ts'
import type { Random } from '../random.ts'
import { freshParameter, isFull, type Operator, type OperatorSettings } from './operator.ts'

/** Tries to find a pair without a link before giving up: a nearly full network has few. */
const ATTEMPTS = 20

/** From any sensor or neuron to any neuron. */
export const addLink: Operator = (genotype, settings, random) => {
  const { inputs, neurons } = genotype
  return newLink(genotype, settings, random, () => random.integer(inputs + neurons.length), () => random.integer(neurons.length))
}

/** Into one random neuron, whichever that is: it looks for a source until it has one. */
export const addInlink: Operator = (genotype, settings, random) => {
  const { inputs, neurons } = genotype
  const to = random.integer(neurons.length)
  return newLink(genotype, settings, random, () => random.integer(inputs + neurons.length), () => to)
}

/** Out of one random neuron. */
export const addOutlink: Operator = (genotype, settings, random) => {
  const { inputs, neurons } = genotype
  const from = inputs + random.integer(neurons.length)
  return newLink(genotype, settings, random, () => from, () => random.integer(neurons.length))
}

/** From a sensor that is in use already. */
export const addSensorLink: Operator = (genotype, settings, random) => {
  const linked = sensorsWhere(genotype, true)
  if (linked.length === 0) return undefined
  return newLink(genotype, settings, random, () => linked[random.integer(linked.length)]!, () => random.integer(genotype.neurons.length))
}

/** From a hidden neuron to an actuator that is in use already. */
export const addActuatorLink: Operator = (genotype, settings, random) => {
  const linked = actuatorsWhere(genotype, true)
  const hidden = genotype.neurons.length - genotype.outputs
  if (linked.length === 0 || hidden === 0) return undefined
  const from = (): number => genotype.inputs + genotype.outputs + random.integer(hidden)
  return newLink(genotype, settings, random, from, () => linked[random.integer(linked.length)]!)
}

/** Links up a sensor that has no link yet. */
export const addSensor: Operator = (genotype, settings, random) => {
  const idle = sensorsWhere(genotype, false)
  if (idle.length === 0) return undefined
  const sensor = idle[random.integer(idle.length)]!
  return newLink(genotype, settings, random, () => sensor, () => random.integer(genotype.neurons.length))
}

/** Links up an actuator that nothing enters yet. */
export const addActuator: Operator = (genotype, settings, random) => {
  const idle = actuatorsWhere(genotype, false)
  if (idle.length === 0) return undefined
  const actuator = idle[random.integer(idle.length)]!
  return newLink(genotype, settings, random, () => random.integer(genotype.inputs + genotype.neurons.length), () => actuator)
}

/** One link, and hidden neurons that are then on no path. Keeps the last link. */
export const removeLink: Operator = (genotype, _, random) => {
  const { sources, targets } = genotype.links
  if (sources.length < 2) return undefined
  const link = random.integer(sources.length)
  return withDeadEndsRemoved(genotype, [{ kind: 'remove-link', source: sources[link]!, target: targets[link]! }])
}

/** All links of one sensor, as long as other links stay. */
export const removeSensor: Operator = (genotype, _, random) => {
  const linked = sensorsWhere(genotype, true)
  if (linked.length < 2) return undefined
  const sensor = linked[random.integer(linked.length)]!
  return removalOf(genotype, (source) => source === sensor)
}

/** All links into one actuator, as long as another actuator is in use. */
export const removeActuator: Operator = (genotype, _, random) => {
  const linked = actuatorsWhere(genotype, true)
  if (linked.length < 2) return undefined
  const { id } = genotype.neurons[linked[random.integer(linked.length)]!]!
  return removalOf(genotype, (__, target) => target === id)
}

/** Closes a cycle only with the chance `recurrent`. `from` draws slots (sensors, then neurons), `to` places of neurons. */
function newLink(
  genotype: Genotype, settings: OperatorSettings, random: Random, from: () => number, to: () => number,
): readonly Edit[] | undefined {
  if (genotype.links.weights.length >= MAX_LINKS || isFull(genotype)) return undefined
  const { inputs, neurons } = genotype
  const mayCycle = settings.recurrent > 0 && random.uniform() < settings.recurrent
  let incoming: Incoming | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const slot = from()
    const place = to()
    const source = slot < inputs ? slot : neurons[slot - inputs]!.id
    const target = neurons[place]!.id
    if (findLink(genotype, source, target) >= 0) continue
    if (!mayCycle && slot >= inputs && wouldCycle(genotype, incoming ??= incomingOf(genotype), slot - inputs, place)) continue
    return [{ kind: 'add-link', source, target, weight: freshParameter(settings, random) }]
  }
  return undefined
}

function removalOf(genotype: Genotype, isGoing: (source: NeuronId, target: NeuronId) => boolean): readonly Edit[] | undefined {
  const { sources, targets } = genotype.links
  const edits: Edit[] = []
  sources.forEach((source, link) => {
    const target = targets[link]!
    if (isGoing(source, target)) edits.push({ kind: 'remove-link', source, target })
  })
  return edits.length === 0 || edits.length === sources.length ? undefined : withDeadEndsRemoved(genotype, edits)
}

function sensorsWhere({ inputs, links }: Genotype, linked: boolean): readonly number[] {
  const used = new Set(links.sources)
  return Array.from({ length: inputs }, (_, sensor) => sensor).filter((sensor) => used.has(sensor) === linked)
}

/** Places of actuators among the neurons. */
function actuatorsWhere({ outputs, neurons, links }: Genotype, linked: boolean): readonly number[] {
  const entered = new Set(links.targets)
  return Array.from({ length: outputs }, (_, place) => place).filter((place) => entered.has(neurons[place]!.id) === linked)
}
