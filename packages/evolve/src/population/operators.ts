// The mutations of one genotype, each a pure function with a name that goes into claims and lineage. One that does not
// apply returns undefined. All parameters come out as exact f32, so native genotypes stay small.

import { freeSplitId } from '../genotype/identity.ts'
import { encodedLength, MAX_GENOTYPE_BYTES } from '../genotype/layout.ts'
import { findLink, withLink, withLinksWhere, withNeuron, withoutDeadEnds, withWeights } from '../genotype/edit.ts'
import { isHidden, MAX_LINKS, MAX_NEURONS, type Genotype, type NeuronId } from '../genotype/genotype.ts'
import { incomingOf, wouldCycle } from '../network/graph.ts'
import type { Random } from '../random.ts'
import type { PopulationSettings } from './settings.ts'

export type Operator = (genotype: Genotype, settings: PopulationSettings, random: Random) => Genotype | undefined

/** Room that a structural operator may need in the canonical form, generously. */
const GROWTH_BYTES = 64
/** Tries to find a pair without a link before giving up: a nearly full network has few. */
const ATTEMPTS = 20

/**
 * Weights, and biases if `biasPower` is not 0. Half of the time severe: 70 % are changed, 20 % replaced; otherwise all are changed.
 * Uniform in ± the power (NEAT 1.2.1, `mutate_link_weights`).
 */
export const perturbWeights: Operator = (genotype, settings, random) => {
  const severe = random.uniform() < 0.5
  const changed = (value: number, power: number): number => {
    const choice = severe ? random.uniform() : 1
    const amount = power * (2 * random.uniform() - 1)
    if (choice > 0.3) return parameter(value + amount, settings)
    return choice > 0.1 ? parameter(amount, settings) : value
  }
  const weights = genotype.links.weights.map((weight) => changed(weight, settings.perturbPower))
  if (settings.biasPower === 0) return withWeights(genotype, weights)
  const neurons = genotype.neurons.map((neuron) => ({ ...neuron, bias: changed(neuron.bias, settings.biasPower) }))
  return { ...withWeights(genotype, weights), neurons }
}

/** A link between two neurons that have none. Closes a cycle only with the chance `recurrent`. */
export const addLink: Operator = (genotype, settings, random) => {
  if (genotype.links.weights.length >= MAX_LINKS || isFull(genotype)) return undefined
  const { inputs, neurons } = genotype
  const recurrentAllowed = random.uniform() < settings.recurrent
  const incoming = incomingOf(genotype)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const from = random.integer(inputs + neurons.length)
    const to = random.integer(neurons.length)
    const source = from < inputs ? from : neurons[from - inputs]!.id
    const target = neurons[to]!.id
    if (findLink(genotype, source, target) >= 0) continue
    if (!recurrentAllowed && from >= inputs && wouldCycle(genotype, incoming, from - inputs, to)) continue
    return withLink(genotype, source, target, parameter(settings.initialDeviation * random.normal(), settings))
  }
  return undefined
}

/** Splits a link: into the new neuron with weight 1, out of it with the old weight (Stanley and Miikkulainen 2002). */
export const addNeuron: Operator = (genotype, settings, random) => {
  const { links, neurons } = genotype
  if (links.weights.length === 0 || links.weights.length >= MAX_LINKS) return undefined
  if (neurons.length >= MAX_NEURONS || isFull(genotype)) return undefined
  const link = random.integer(links.weights.length)
  const source = links.sources[link]!
  const target = links.targets[link]!
  const id = freeSplitId(source, target, new Set<NeuronId>(neurons.map((neuron) => neuron.id)))
  const added = withNeuron(withLinksWhere(genotype, (_, __, other) => other !== link), {
    id, activation: settings.activation, aggregation: 'sum', bias: 0, response: 1,
  })
  return withLink(withLink(added, source, id, 1), id, target, links.weights[link]!)
}

/** Removes one link, and hidden neurons that are then on no path. Keeps the last link. */
export const removeLink: Operator = (genotype, _, random) => {
  const count = genotype.links.weights.length
  if (count < 2) return undefined
  const link = random.integer(count)
  return withoutDeadEnds(withLinksWhere(genotype, (_, __, other) => other !== link))
}

/** Removes one hidden neuron with its links, and hidden neurons that are then on no path. */
export const removeNeuron: Operator = (genotype, _, random) => {
  const hidden = genotype.neurons.length - genotype.outputs
  if (hidden === 0) return undefined
  const { id } = genotype.neurons[genotype.outputs + random.integer(hidden)]!
  const without = { ...genotype, neurons: genotype.neurons.filter((neuron) => neuron.id !== id) }
  return withoutDeadEnds(withLinksWhere(without, (source, target) => source !== id && target !== id))
}

/** Another activation for one hidden neuron. */
export const mutateActivation: Operator = (genotype, settings, random) => {
  const hidden = genotype.neurons.filter((neuron) => isHidden(neuron.id))
  if (hidden.length === 0) return undefined
  const { id, activation } = hidden[random.integer(hidden.length)]!
  const others = settings.activations.filter((name) => name !== activation)
  if (others.length === 0) return undefined
  const chosen = others[random.integer(others.length)]!
  return { ...genotype, neurons: genotype.neurons.map((neuron) => (neuron.id === id ? { ...neuron, activation: chosen } : neuron)) }
}

/** An exact f32 within ± `weightLimit`, never −0. */
export function parameter(x: number, settings: PopulationSettings): number {
  const { weightLimit } = settings
  return Math.fround(x > weightLimit ? weightLimit : x < -weightLimit ? -weightLimit : x) + 0
}

function isFull(genotype: Genotype): boolean {
  return encodedLength(genotype) > MAX_GENOTYPE_BYTES - GROWTH_BYTES
}
