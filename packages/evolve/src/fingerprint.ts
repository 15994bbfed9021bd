// Eight bits of behaviour, to sort champions of one task into niches. Coarse on purpose: it groups, it never proves.

import type { Genotype } from './genotype/genotype.ts'
import { compile } from './network/compile.ts'
import { episodeRandom } from './random.ts'

const PROBES = 8
/** Activations that one fingerprint takes; for a task as short as XOR they are most of the work. */
export const FINGERPRINT_ACTIVATIONS = PROBES

/**
 * 0 to 255. Bit i says whether the response to probe i is above the mean of the eight responses. Probes are inputs in
 * [−1, 1) from `episodeRandom('megabrain/fingerprint/1', 0)`, fed one after the other without reset; a response is
 * output 0 − output 1 + output 2 − …
 */
export function fingerprintOf(genotype: Genotype): number {
  const network = compile(genotype)
  const random = episodeRandom('megabrain/fingerprint/1', 0)
  const inputs = new Float64Array(genotype.inputs)
  const responses = new Float64Array(PROBES)
  let mean = 0
  for (let probe = 0; probe < PROBES; probe++) {
    for (let i = 0; i < inputs.length; i++) inputs[i] = 2 * random.uniform() - 1
    const outputs = network.activate(inputs)
    let response = 0
    for (let i = 0; i < outputs.length; i++) response += i % 2 === 0 ? outputs[i]! : -outputs[i]!
    responses[probe] = response
    mean += response / PROBES
  }
  let bits = 0
  for (let probe = 0; probe < PROBES; probe++) if (responses[probe]! > mean) bits |= 1 << probe
  return bits
}
