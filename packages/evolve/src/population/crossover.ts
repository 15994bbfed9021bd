// Crossover aligned by identity: what both parents have is mixed, what only one has comes from the fitter one
// (Stanley and Miikkulainen 2002). The child therefore is the fitter parent with other parameters and valid if that is.

import { copyOf } from '../genotype/column.ts'
import { applyEdits, type Edit } from '../genotype/edits.ts'
import { interfaceFault, isParameter, type Genotype } from '../genotype/genotype.ts'
import { encodedLength, MAX_GENOTYPE_BYTES } from '../genotype/layout.ts'
import type { Random } from '../random.ts'
import { hasRoomFor } from './operator.ts'

/** `choose` takes each common parameter from either parent; `average` from between them, rounded to f32. */
export type CrossoverKind = 'choose' | 'average'

/** @throws RangeError when the parents have different interfaces or update rules */
export function crossover(fitter: Genotype, other: Genotype, kind: CrossoverKind, random: Random): Genotype {
  return applyEdits(fitter, crossoverEdits(fitter, other, kind, random))
}

/** What the child differs in from the fitter parent. */
export function crossoverEdits(fitter: Genotype, other: Genotype, kind: CrossoverKind, random: Random): readonly Edit[] {
  assertAlike(fitter, other)
  const mix = (a: number, b: number): number => {
    if (kind === 'choose') return random.uniform() < 0.5 ? a : b
    // Equal f64 parameters of a foreign genotype must survive; everything native is f32 anyway.
    if (a === b) return a
    const mean = Math.fround(a / 2 + b / 2) + 0
    return isParameter(mean) ? mean : a
  }
  const weights = copyOf(fitter.links.weights)
  eachCommonLink(fitter, other, (mine, theirs) => {
    weights[mine] = mix(weights[mine]!, other.links.weights[theirs]!)
  })
  const edits: Edit[] = [{ kind: 'set-weights', weights }]
  eachCommonNeuron(fitter, other, (mine, theirs) => {
    const neuron = fitter.neurons[mine]!
    const twin = other.neurons[theirs]!
    const chosen = random.uniform() < 0.5 ? neuron : twin
    const bias = mix(neuron.bias, twin.bias)
    const { id } = neuron
    if (bias !== neuron.bias) edits.push({ kind: 'set-bias', id, bias })
    if (chosen.response !== neuron.response) edits.push({ kind: 'set-response', id, response: chosen.response })
    if (chosen.activation !== neuron.activation) edits.push({ kind: 'set-activation', id, activation: chosen.activation })
    if (chosen.aggregation !== neuron.aggregation) edits.push({ kind: 'set-aggregation', id, aggregation: chosen.aggregation })
  })
  // Parameters of the other parent may need a wider form than a very large fitter one has room for.
  return hasRoomFor(fitter, 0) || encodedLength(applyEdits(fitter, edits)) <= MAX_GENOTYPE_BYTES ? edits : []
}

function assertAlike(a: Genotype, b: Genotype): void {
  // Parents of one population share their rule, and comparing texts for each child would take longer than crossing.
  if (a.rule === b.rule && a.inputs === b.inputs && a.outputs === b.outputs) return
  const fault = interfaceFault(b, a)
  if (fault !== undefined) throw new RangeError(`Parents must be alike. ${fault}`)
}

/** Calls `visit` with the places of every link that both have, in canonical order; returns how many there are. */
export function eachCommonLink(a: Genotype, b: Genotype, visit: (inA: number, inB: number) => void): number {
  const { sources: sourcesA, targets: targetsA } = a.links
  const { sources: sourcesB, targets: targetsB } = b.links
  let i = 0
  let j = 0
  let common = 0
  if (sourcesA === sourcesB && targetsA === targetsB) {
    for (; i < sourcesA.length; i++) visit(i, i)
    return i
  }
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

/** Calls `visit` with the places of every neuron that both have, in ascending order of id. */
export function eachCommonNeuron(a: Genotype, b: Genotype, visit: (inA: number, inB: number) => void): void {
  let i = 0
  let j = 0
  while (i < a.neurons.length && j < b.neurons.length) {
    const order = a.neurons[i]!.id - b.neurons[j]!.id
    if (order === 0) visit(i++, j++)
    else if (order < 0) i++
    else j++
  }
}
