// How unlike others a network behaves, from behaviour fingerprints: eight bits that say how it answers the same eight inputs.
// Mean distance to the nearest few, as in novelty search (Lehman and Stanley 2011, https://doi.org/10.1162/EVCO_a_00025).

/** Fingerprints that differ in every bit. */
export const MAX_DISTANCE = 8
const NEAREST = 3

/** Bits in which two fingerprints differ, 0 to 8 (Hamming distance). */
export function behaviourDistance(a: number, b: number): number {
  let distance = 0
  for (let rest = (a ^ b) & 255; rest !== 0; rest &= rest - 1) distance++
  return distance
}

/** Mean distance to the nearest three of `others`; 8 when there are none. */
export function noveltyAmong(fingerprint: number, others: readonly number[]): number {
  if (others.length === 0) return MAX_DISTANCE
  const nearest = others.map((other) => behaviourDistance(fingerprint, other)).sort((a, b) => a - b).slice(0, NEAREST)
  return nearest.reduce((sum, distance) => sum + distance, 0) / nearest.length
}
