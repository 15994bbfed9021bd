// Operators on neurons. `add-neuron` splits a link as NEAT does (Stanley and Miikkulainen 2002); the others as in DXNN2
// (Sher 2013), plus the removals.

import { withDeadEndsRemoved, type Edit } from '../genotype/edits.ts'
import { MAX_LINKS, MAX_NEURONS, type Genotype, type Neuron, type NeuronId } from '../genotype/genotype.ts'
import { freeSplitId } from '../genotype/identity.ts'
import { incomingOf, wouldCycle } from '../network/graph.ts'
import type { Random } from '../random.ts'
import { freshParameter, isFull, type Operator, type OperatorSettings } from './operator.ts'

/** Splits a link: into the new neuron with weight 1, out of it with the old weight. */
export const addNeuron: Operator = (genotype, settings, random) => {
  const count = genotype.links.weights.length
  return count === 0 ? undefined : split(genotype, settings, random.integer(count))
}

/** Splits a link out of one random neuron. */
export const outsplice: Operator = (genotype, settings, random) => {
  const { id } = genotype.neurons[random.integer(genotype.neurons.length)]!
  return splitAmong(genotype, settings, random, linksWhere(genotype, (source) => source === id))
}

/** Splits a link into one random neuron. */
export const insplice: Operator = (genotype, settings, random) => {
  const { id } = genotype.neurons[random.integer(genotype.neurons.length)]!
  return splitAmong(genotype, settings, random, linksWhere(genotype, (_, target) => target === id))
}

/** A neuron between two others, beside whatever is there (DXNN's `add_neuron`). Closes a cycle only with the chance `recurrent`. */
export const addParallelNeuron: Operator = (genotype, settings, random) => {
  const { inputs, neurons, links } = genotype
  if (neurons.length >= MAX_NEURONS || links.weights.length + 2 > MAX_LINKS || isFull(genotype)) return undefined
  const slot = random.integer(inputs + neurons.length)
  const place = random.integer(neurons.length)
  const mayCycle = settings.recurrent > 0 && random.uniform() < settings.recurrent
  if (!mayCycle && slot >= inputs && wouldCycle(genotype, incomingOf(genotype), slot - inputs, place)) return undefined
  const source = slot < inputs ? slot : neurons[slot - inputs]!.id
  const target = neurons[place]!.id
  const neuron = newNeuron(genotype, settings, source, target)
  return [
    { kind: 'add-neuron', neuron },
    { kind: 'add-link', source, target: neuron.id, weight: freshParameter(settings, random) },
    { kind: 'add-link', source: neuron.id, target, weight: freshParameter(settings, random) },
  ]
}

/** One hidden neuron with its links, and hidden neurons that are then on no path. */
export const removeNeuron: Operator = (genotype, _, random) => {
  const one = hiddenNeuron(genotype, random)
  return one === undefined ? undefined : withDeadEndsRemoved(genotype, [{ kind: 'remove-neuron', id: one.id }])
}

/** Another activation for one hidden neuron. */
export const mutateActivation: Operator = (genotype, settings, random) => {
  const one = hiddenNeuron(genotype, random)
  const others = settings.activations.filter((name) => name !== one?.activation)
  if (one === undefined || others.length === 0) return undefined
  return [{ kind: 'set-activation', id: one.id, activation: others[random.integer(others.length)]! }]
}

/** Another aggregation for one hidden neuron. */
export const mutateAggregation: Operator = (genotype, settings, random) => {
  const one = hiddenNeuron(genotype, random)
  const others = settings.aggregations.filter((name) => name !== one?.aggregation)
  if (one === undefined || others.length === 0) return undefined
  return [{ kind: 'set-aggregation', id: one.id, aggregation: others[random.integer(others.length)]! }]
}

/** A bias for one neuron that has none. */
export const addBias: Operator = (genotype, settings, random) => {
  const without = genotype.neurons.filter(({ bias }) => bias === 0)
  if (without.length === 0) return undefined
  return [{ kind: 'set-bias', id: without[random.integer(without.length)]!.id, bias: freshParameter(settings, random) }]
}

/** Bias 0 for one neuron that has another. */
export const removeBias: Operator = (genotype, _, random) => {
  const biased = genotype.neurons.filter(({ bias }) => bias !== 0)
  return biased.length === 0 ? undefined : [{ kind: 'set-bias', id: biased[random.integer(biased.length)]!.id, bias: 0 }]
}

function split(genotype: Genotype, settings: OperatorSettings, link: number): readonly Edit[] | undefined {
  const { links, neurons } = genotype
  if (neurons.length >= MAX_NEURONS || links.weights.length >= MAX_LINKS || isFull(genotype)) return undefined
  const source = links.sources[link]!
  const target = links.targets[link]!
  const neuron = newNeuron(genotype, settings, source, target)
  return [
    { kind: 'remove-link', source, target },
    { kind: 'add-neuron', neuron },
    { kind: 'add-link', source, target: neuron.id, weight: 1 },
    { kind: 'add-link', source: neuron.id, target, weight: links.weights[link]! },
  ]
}

function splitAmong(genotype: Genotype, settings: OperatorSettings, random: Random, links: readonly number[]): readonly Edit[] | undefined {
  return links.length === 0 ? undefined : split(genotype, settings, links[random.integer(links.length)]!)
}

function newNeuron(genotype: Genotype, { activation }: OperatorSettings, source: NeuronId, target: NeuronId): Neuron {
  const id = freeSplitId(source, target, new Set<NeuronId>(genotype.neurons.map((neuron) => neuron.id)))
  return { id, activation, aggregation: 'sum', bias: 0, response: 1 }
}

function linksWhere({ links }: Genotype, isMeant: (source: NeuronId, target: NeuronId) => boolean): readonly number[] {
  return Array.from(links.sources.keys()).filter((link) => isMeant(links.sources[link]!, links.targets[link]!))
}

function hiddenNeuron({ neurons, outputs }: Genotype, random: Random): Neuron | undefined {
  return neurons.length === outputs ? undefined : neurons[outputs + random.integer(neurons.length - outputs)]
}
