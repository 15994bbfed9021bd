// Crossover aligned by identity: what both parents have is mixed, what only one has comes from the fitter one
// (Stanley and Miikkulainen 2002). The child therefore has the fitter parent's structure and is valid if that is.

import { interfaceFault, isParameter, type Genotype, type Neuron, type NeuronId } from '../genotype/genotype.ts'
import { encodedLength, MAX_GENOTYPE_BYTES } from '../genotype/layout.ts'
import { withWeights } from '../genotype/edit.ts'
import type { Random } from '../random.ts'

/** `choose` takes each common parameter from either parent; `average` from between them, rounded to f32. */
export type CrossoverKind = 'choose' | 'average'

/** @throws RangeError when the parents have different interfaces or update rules */
export function crossover(fitter: Genotype, other: Genotype, kind: CrossoverKind, random: Random): Genotype {
  const fault = interfaceFault(other, fitter)
  if (fault !== undefined) throw new RangeError(`Parents must be alike. ${fault}`)
  const mix = (a: number, b: number): number => {
    if (kind === 'choose') return random.uniform() < 0.5 ? a : b
    // Equal f64 parameters of a foreign genotype must survive; everything native is f32 anyway.
    if (a === b) return a
    const mean = Math.fround(a / 2 + b / 2) + 0
    return isParameter(mean) ? mean : a
  }
  const weights = fitter.links.weights.slice()
  eachCommonLink(fitter, other, (mine, theirs) => {
    weights[mine] = mix(weights[mine]!, other.links.weights[theirs]!)
  })
  const theirs = new Map<NeuronId, Neuron>(other.neurons.map((neuron) => [neuron.id, neuron]))
  const neurons = fitter.neurons.map((neuron) => {
    const twin = theirs.get(neuron.id)
    if (twin === undefined) return neuron
    const chosen = random.uniform() < 0.5 ? neuron : twin
    return { ...chosen, bias: mix(neuron.bias, twin.bias) }
  })
  const child = { ...withWeights(fitter, weights), neurons }
  // Parameters of the other parent may need a wider form than a very large fitter one has room for.
  return encodedLength(child) <= MAX_GENOTYPE_BYTES ? child : fitter
}

/** Calls `visit` with the places of every link that both have, in canonical order; returns how many there are. */
export function eachCommonLink(a: Genotype, b: Genotype, visit: (inA: number, inB: number) => void): number {
  const { sources: sourcesA, targets: targetsA } = a.links
  const { sources: sourcesB, targets: targetsB } = b.links
  let i = 0
  let j = 0
  let common = 0
  while (i < sourcesA.length && j < sourcesB.length) {
    const order = targetsA[i]! - targetsB[j]! || sourcesA[i]! - sourcesB[j]!
    if (order === 0) {
      visit(i++, j++)
      common++
    } else if (order < 0) i++
    else j++
  }
  return common
}
