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

/** For many at once: `noveltyAmong` of each against all the others. */
export function noveltyOfEach(fingerprints: readonly number[]): (fingerprint: number) => number {
  const counts = new Map<number, number>()
  for (const fingerprint of fingerprints) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1)
  const known = new Map<number, number>()
  return (fingerprint) => {
    const novelty = known.get(fingerprint) ?? noveltyAmong(fingerprint, fewOfEach(counts, fingerprint))
    known.set(fingerprint, novelty)
    return novelty
  }
}

/** Of each fingerprint as many as can be among the nearest; of `one`, one less than there are. */
function fewOfEach(counts: ReadonlyMap<number, number>, one: number): readonly number[] {
  return [...counts].flatMap(([fingerprint, count]) =>
    Array.from({ length: Math.min(NEAREST, fingerprint === one ? count - 1 : count) }, () => fingerprint))
}
