// What every mutation operator is: it proposes edits to one genotype and changes nothing. Separate from the operators so
// that their files and the table of them can share it.

import type { Edit } from '../genotype/edits.ts'
import type { Genotype } from '../genotype/genotype.ts'
import { encodedLength, MAX_GENOTYPE_BYTES } from '../genotype/layout.ts'
import type { Random } from '../random.ts'
import type { PopulationSettings } from './settings.ts'

export type OperatorSettings =
  Pick<PopulationSettings, 'activation' | 'activations' | 'aggregations' | 'initialDeviation' | 'weightLimit' | 'recurrent'>

/** Edits that make a valid mutant of a valid genotype; undefined when the operator does not apply. */
export type Operator = (genotype: Genotype, settings: OperatorSettings, random: Random) => readonly Edit[] | undefined

/** Room that a structural operator may need in the canonical form, generously. */
const GROWTH_BYTES = 64
/** Bytes that a link and a neuron take at most, and the header. */
const [LINK_BYTES, NEURON_BYTES, HEADER] = [10, 26, 18]

/** Whether the canonical form has no room for one more neuron with two links. */
export function isFull(genotype: Genotype): boolean {
  return !hasRoomFor(genotype, GROWTH_BYTES) && encodedLength(genotype) > MAX_GENOTYPE_BYTES - GROWTH_BYTES
}

/** Whether `bytes` more would fit even in the widest form: true at once for all but the largest genotypes. */
export function hasRoomFor({ neurons, links }: Genotype, bytes: number): boolean {
  return HEADER + NEURON_BYTES * neurons.length + LINK_BYTES * links.weights.length + bytes <= MAX_GENOTYPE_BYTES
}

/** An exact f32 within ± `weightLimit`, never −0: native genotypes stay small. */
export function parameter(x: number, { weightLimit }: Pick<PopulationSettings, 'weightLimit'>): number {
  return Math.fround(x > weightLimit ? weightLimit : x < -weightLimit ? -weightLimit : x) + 0
}

/** What new links, and replaced or added parameters, start with. */
export function freshParameter(settings: Pick<PopulationSettings, 'weightLimit' | 'initialDeviation'>, random: Random): number {
  return parameter(settings.initialDeviation * random.normal(), settings)
}
