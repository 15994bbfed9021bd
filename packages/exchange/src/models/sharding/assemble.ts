// The whole network from a manifest and blocks that strangers sent: every block is what its digest names, and together they own
// each neuron once and read only what has been computed.

import { decodeGenotype } from '@megabrain/evolve'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesEqual } from '../../bytes/compare.ts'
import { neuronsOf, type Manifest } from './manifest.ts'
import type { Part, Sharded } from './partition.ts'
import { decodeWiring, isPrevious, slotOfKey, type Wiring } from './wiring.ts'

export type AssemblyRefusal =
  | 'missing-part' // fewer blocks than the manifest names
  | 'wrong-digest' // a block that is not the one named
  | 'bad-part' // no genotype, or another shape than the manifest says
  | 'bad-wiring' // no wiring, or of another shape than its part
  | 'not-whole' // a neuron owned twice or by nobody
  | 'bad-source' // reads what does not exist or is not yet computed

export type AssemblyResult = { readonly ok: true; readonly value: Sharded } | { readonly ok: false; readonly reason: AssemblyRefusal }

export interface Blocks {
  readonly body: Uint8Array
  readonly wiring: Uint8Array
}

/** @param blocks by part, in the manifest's order */
export function assemble(manifest: Manifest, blocks: readonly Blocks[]): AssemblyResult {
  const count = neuronsOf(manifest)
  /** Level of each neuron + 1; 0 while nobody owns it. */
  const levels = new Int32Array(count)
  const parts: Part[] = []
  for (const [index, row] of manifest.parts.entries()) {
    const block = blocks[index]
    if (block === undefined) return { ok: false, reason: 'missing-part' }
    if (!bytesEqual(sha256(block.body), row.body) || !bytesEqual(sha256(block.wiring), row.wiring)) return { ok: false, reason: 'wrong-digest' }
    const part = partFrom(block, row.level)
    if (typeof part === 'string') return { ok: false, reason: part }
    if (part.genotype.outputs !== row.neurons || part.genotype.links.sources.length !== row.links) return { ok: false, reason: 'bad-part' }
    for (const slot of part.wiring.owned) {
      const neuron = slot - manifest.inputs
      if (neuron < 0 || neuron >= count || levels[neuron] !== 0) return { ok: false, reason: 'not-whole' }
      levels[neuron] = row.level + 1
    }
    parts.push(part)
  }
  if (levels.includes(0)) return { ok: false, reason: 'not-whole' }
  for (const { level, wiring } of parts) if (!reads(manifest, wiring, level, levels)) return { ok: false, reason: 'bad-source' }
  return { ok: true, value: { manifest, parts } }
}

/** One part from its blocks, without regard to what it is a part of: all that a donor checks. */
export function partFrom({ body, wiring: wiringBytes }: Blocks, level: number): Part | 'bad-part' | 'bad-wiring' {
  const genotype = decodeGenotype(body)
  if (!genotype.ok || genotype.value.rule.kind !== 'ordered' || genotype.value.neurons.length !== genotype.value.outputs) return 'bad-part'
  const wiring = decodeWiring(wiringBytes)
  if (!wiring.ok) return 'bad-wiring'
  const { inputs, outputs, links } = genotype.value
  if (wiring.value.imports.length !== inputs || wiring.value.owned.length !== outputs) return 'bad-wiring'
  // A part reads nothing of itself.
  if (links.sources.some((source) => source >= inputs)) return 'bad-part'
  return { level, genotype: genotype.value, wiring: wiring.value, body, wiringBytes }
}

function reads({ inputs, rule }: Manifest, { imports }: Wiring, level: number, levels: Int32Array): boolean {
  for (const key of imports) {
    const slot = slotOfKey(key)
    if (slot < inputs) {
      if (isPrevious(key)) return false
    } else if (slot - inputs >= levels.length) return false
    else if (isPrevious(key) ? false : rule.kind === 'synchronous' || levels[slot - inputs]! > level) return false
  }
  return true
}
