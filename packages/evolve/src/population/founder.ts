// The first genotypes of a population: random weights, and no hidden neurons, since complexification starts from little.

import { createGenotype, type Link } from '../genotype/create.ts'
import { actuatorId, type Genotype, type Neuron, type NeuronId, type UpdateRule } from '../genotype/genotype.ts'
import { freeSplitId } from '../genotype/identity.ts'
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

/**
 * Without hidden neurons unless `founderHidden` says otherwise: then every sensor links to each of those and each of those
 * to every actuator. With `randomFounders` there are 1 to that many, and every link that closes no cycle, those between
 * hidden neurons included, has the chance of one half (as the random genomes of NEAT 1.2.1); the direct ones from sensors
 * to actuators do only without `fullyLinked`.
 */
export function createFounder(task: TaskInterface, settings: PopulationSettings, random: Random): Genotype {
  const { founderHidden, randomFounders, fullyLinked, selfLinked } = settings
  const neurons: Neuron[] = []
  const links: Link[] = []
  const draw = (): number => freshParameter(settings, random)
  const neuron = (id: NeuronId): Neuron => (
    { id, activation: settings.activation, aggregation: 'sum', bias: settings.biasPower === 0 ? 0 : draw(), response: 1 }
  )
  const isLinked = (): boolean => !randomFounders || random.uniform() < 0.5
  const actuators = Array.from({ length: task.outputs }, (_, output) => actuatorId(output))
  for (const id of actuators) {
    neurons.push(neuron(id))
    const before = links.length
    for (let input = 0; input < task.inputs; input++) {
      if (fullyLinked || (randomFounders && isLinked())) links.push({ from: input, to: id, weight: draw() })
    }
    if (links.length === before) links.push({ from: random.integer(task.inputs), to: id, weight: draw() })
    if (selfLinked) links.push({ from: id, to: id, weight: draw() })
  }
  const hidden = randomFounders && founderHidden > 0 ? 1 + random.integer(founderHidden) : founderHidden
  const ids = new Set<NeuronId>()
  for (let i = 0; i < hidden; i++) {
    // The same in every founder, so that founders can cross.
    const id = freeSplitId(0, actuatorId(0), ids)
    neurons.push(neuron(id))
    for (let input = 0; input < task.inputs; input++) if (isLinked()) links.push({ from: input, to: id, weight: draw() })
    if (randomFounders) for (const earlier of ids) if (isLinked()) links.push({ from: earlier, to: id, weight: draw() })
    for (const to of actuators) if (isLinked()) links.push({ from: id, to, weight: draw() })
    ids.add(id)
  }
  return createGenotype({ inputs: task.inputs, outputs: task.outputs, rule: task.updateRule, neurons, links })
}

/** The founder with the columns of `other` where both have the same links, so that relatives are told by their columns alone. */
export function withSharedColumns(founder: Genotype, other: Genotype | undefined): Genotype {
  const { sources, targets, weights } = founder.links
  if (other === undefined || sources.length !== other.links.sources.length) return founder
  for (let i = 0; i < sources.length; i++) {
    if (sources[i] !== other.links.sources[i] || targets[i] !== other.links.targets[i]) return founder
  }
  return { ...founder, links: { sources: other.links.sources, targets: other.links.targets, weights } }
}
