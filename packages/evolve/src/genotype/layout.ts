// Sizes of the canonical form, shared by the validity check and the codec. The form itself is in `docs/genotype.md`.

import type { Genotype } from './genotype.ts'

export const MAX_GENOTYPE_BYTES = 262_144
export const HEADER_BYTES = 18

/** Everything that decides the length of the canonical form. */
export interface Shape {
  /** 8-byte parameters instead of 4-byte ones. */
  readonly wide: boolean
  /** Whether the column of responses is there. */
  readonly responses: boolean
  readonly outputs: number
  readonly hidden: number
  readonly links: number
}

export function shapeOf(genotype: Genotype): Shape {
  const { neurons, links, outputs } = genotype
  let wide = false
  let responses = false
  for (const { bias, response } of neurons) {
    if (Math.fround(bias) !== bias || Math.fround(response) !== response) wide = true
    if (response !== 1) responses = true
  }
  for (let i = 0; i < links.weights.length && !wide; i++) {
    if (Math.fround(links.weights[i]!) !== links.weights[i]) wide = true
  }
  return { wide, responses, outputs, hidden: neurons.length - outputs, links: links.weights.length }
}

export function lengthOf(shape: Shape): number {
  const neurons = shape.outputs + shape.hidden
  const parameter = shape.wide ? 8 : 4
  return HEADER_BYTES + 6 * shape.hidden + 4 * neurons + parameter * neurons * (shape.responses ? 2 : 1) + (2 + parameter) * shape.links
}

export const encodedLength = (genotype: Genotype): number => lengthOf(shapeOf(genotype))
