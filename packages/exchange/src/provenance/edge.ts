// Whether a genotype can be a child of its claimed parent by the claimed operators. Where both bodies are at hand, what they
// differ in must be within what those operators can do; who names a famous parent to share its fame is told from who has one.

import type { Genotype } from '@megabrain/evolve'

export type EdgeFault =
  | 'other-interface' // sensors, actuators or update rule differ: no operator changes those
  | 'too-many-neurons' // more neurons are new than the operators add
  | 'too-many-links' // more links are new than the operators add
  | 'too-much-removed' // neurons or links are gone that no operator took away
  | 'other-parameters' // weights or biases differ and no operator changes them
  | 'other-functions' // more neurons compute something else than the operators change

/** What one operator can do to its parent at most. */
interface Reach {
  readonly neurons: number
  readonly links: number
  readonly unlinks: number
  /** Whether it may take away hidden neurons, and any number of links with them. */
  readonly removes: boolean
  readonly biases: number
  readonly functions: number
}

const none: Reach = { neurons: 0, links: 0, unlinks: 0, removes: false, biases: 0, functions: 0 }
const splits: Reach = { ...none, neurons: 1, links: 2, unlinks: 1 }
const links: Reach = { ...none, links: 1 }
const removes: Reach = { ...none, removes: true }
const parameters: Reach = { ...none, biases: Number.POSITIVE_INFINITY }

const reaches: ReadonlyMap<string, Reach> = new Map<string, Reach>([
  ['perturb-weights', parameters],
  ['tune-hill-climb', parameters], ['tune-cma-es', parameters], ['tune-sep-cma-es', parameters],
  // Aligned by identity: the structure of the first parent, parameters and functions of either.
  ['crossover-choose', { ...parameters, functions: Number.POSITIVE_INFINITY }],
  ['crossover-average', { ...parameters, functions: Number.POSITIVE_INFINITY }],
  ['add-neuron', splits], ['outsplice', splits], ['insplice', splits],
  ['add-parallel-neuron', { ...none, neurons: 1, links: 2 }],
  ['add-link', links], ['add-inlink', links], ['add-outlink', links], ['add-sensorlink', links], ['add-actuatorlink', links],
  ['add-sensor', links], ['add-actuator', links],
  ['remove-link', removes], ['remove-neuron', removes], ['remove-sensor', removes], ['remove-actuator', removes],
  ['mutate-activation', { ...none, functions: 1 }], ['mutate-aggregation', { ...none, functions: 1 }],
  ['add-bias', { ...none, biases: 1 }], ['remove-bias', { ...none, biases: 1 }],
])

/** A claim names at most so many operators: with as many, there may have been more. */
const MAX_NAMED = 8

/**
 * @param parent the first of the claim's parents, whose structure the child has
 * @returns undefined when nothing speaks against it, or when an operator is not known here
 */
export function edgeFault(child: Genotype, parent: Genotype, operators: readonly string[]): EdgeFault | undefined {
  if (!sameInterface(child, parent)) return 'other-interface'
  const known = operators.map((name) => reaches.get(name))
  if (operators.length >= MAX_NAMED || !known.every((reach) => reach !== undefined)) return undefined
  const sum = (of: (reach: Reach) => number): number => known.reduce((total, reach) => total + of(reach), 0)
  const mayRemove = known.some((reach) => reach.removes)
  const change = differenceOf(child, parent)
  if (change.neuronsAdded > sum((reach) => reach.neurons)) return 'too-many-neurons'
  if (change.linksAdded > sum((reach) => reach.links)) return 'too-many-links'
  if (!mayRemove && (change.neuronsRemoved > 0 || change.linksRemoved > sum((reach) => reach.unlinks))) return 'too-much-removed'
  const biases = sum((reach) => reach.biases)
  if (change.biases > biases || (change.weights > 0 && biases < Number.POSITIVE_INFINITY)) return 'other-parameters'
  return change.functions > sum((reach) => reach.functions) ? 'other-functions' : undefined
}

interface Difference {
  readonly neuronsAdded: number
  readonly neuronsRemoved: number
  readonly linksAdded: number
  readonly linksRemoved: number
  /** Of what both have: weights, biases, and neurons with another activation, aggregation or response. */
  readonly weights: number
  readonly biases: number
  readonly functions: number
}

function differenceOf(child: Genotype, parent: Genotype): Difference {
  const neurons = new Map(parent.neurons.map((neuron) => [neuron.id, neuron]))
  let [commonNeurons, biases, functions] = [0, 0, 0]
  for (const { id, activation, aggregation, bias, response } of child.neurons) {
    const before = neurons.get(id)
    if (before === undefined) continue
    commonNeurons++
    if (bias !== before.bias) biases++
    if (activation !== before.activation || aggregation !== before.aggregation || response !== before.response) functions++
  }
  const weightOf = new Map(Array.from(parent.links.sources, (source, i) => [`${source} ${parent.links.targets[i]}`, parent.links.weights[i]!]))
  let [commonLinks, weights] = [0, 0]
  child.links.sources.forEach((source, i) => {
    const before = weightOf.get(`${source} ${child.links.targets[i]}`)
    if (before === undefined) return
    commonLinks++
    if (child.links.weights[i] !== before) weights++
  })
  return {
    neuronsAdded: child.neurons.length - commonNeurons, neuronsRemoved: parent.neurons.length - commonNeurons,
    linksAdded: child.links.weights.length - commonLinks, linksRemoved: parent.links.weights.length - commonLinks,
    weights, biases, functions,
  }
}

function sameInterface(a: Genotype, b: Genotype): boolean {
  const steps = ({ rule }: Genotype): number => (rule.kind === 'synchronous' ? rule.steps : 0)
  return a.inputs === b.inputs && a.outputs === b.outputs && a.rule.kind === b.rule.kind && steps(a) === steps(b)
}
