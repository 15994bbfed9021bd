// A genotype's bytes, from whatever file or answer they came, as a network that answers.

import { decodeGenotype, interpret } from '@megabrain/evolve'
import type { GenotypeRefusal, Network } from '@megabrain/evolve'

export type { Network }
/** Why bytes are no genotype; `docs/genotype.md` says what each means. */
export type NetworkRefusal = GenotypeRefusal
export type Read = { readonly ok: true; readonly network: Network } | { readonly ok: false; readonly reason: NetworkRefusal }

/**
 * Never throws, whatever the bytes: a stranger may have written them.
 * @param bytes the canonical form, as `megabrain evolve --out` writes it into `champion-1.genotype`
 */
export function readNetwork(bytes: Uint8Array): Read {
  const decoded = decodeGenotype(bytes)
  return decoded.ok ? { ok: true, network: interpret(decoded.value) } : decoded
}
