// A sharded network by name: the CIDs of its parts and of their wiring, in one block whose own CID a claim can sign. Rows of
// one length, so that nothing is allocated on a claimed number. Bytes: `docs/models/sharding.md`.

import { MAX_LINKS, MAX_NEURONS, type UpdateRule } from '@megabrain/evolve'
import { MAX_LARGE_INTERFACE, MAX_LARGE_LINKS, MAX_LARGE_NEURONS, MAX_PARTS } from './limits.ts'

export interface ManifestPart {
  /** sha2-256 of the part's canonical genotype. */
  readonly body: Uint8Array
  /** sha2-256 of its wiring. */
  readonly wiring: Uint8Array
  /** Parts of one level read nothing of each other in the same pass. */
  readonly level: number
  readonly neurons: number
  readonly links: number
}

export interface Manifest {
  readonly inputs: number
  readonly outputs: number
  /** `ordered` or `synchronous`. */
  readonly rule: UpdateRule
  /** By level; within a level neighbours read much the same. */
  readonly parts: readonly ManifestPart[]
}

export type ManifestRefusal = 'bad-magic' | 'bad-version' | 'bad-header' | 'bad-length' | 'bad-part'
export type ManifestResult = { readonly ok: true; readonly value: Manifest } | { readonly ok: false; readonly reason: ManifestRefusal }

/** `MBsm`, little-endian. */
const MAGIC = 0x6d73424d
export const MANIFEST_VERSION = 1
const HEADER_BYTES = 17
const ROW_BYTES = 72
const DIGEST_BYTES = 32
export const MAX_MANIFEST_BYTES = HEADER_BYTES + MAX_PARTS * ROW_BYTES

export const neuronsOf = ({ parts }: Manifest): number => parts.reduce((sum, { neurons }) => sum + neurons, 0)
export const linksOfManifest = ({ parts }: Manifest): number => parts.reduce((sum, { links }) => sum + links, 0)
/** Levels of one pass: what a batch waits for, one after the other. */
export const levelsOf = ({ parts }: Manifest): number => parts.at(-1)!.level + 1

/** @param manifest as `partition` makes it */
export function encodeManifest({ inputs, outputs, rule, parts }: Manifest): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + parts.length * ROW_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  bytes[4] = MANIFEST_VERSION
  bytes[5] = rule.kind === 'synchronous' ? rule.steps : 0
  view.setUint32(6, inputs, true)
  view.setUint32(10, outputs, true)
  view.setUint16(14, parts.length, true)
  parts.forEach(({ body, wiring, level, neurons, links }, i) => {
    const at = HEADER_BYTES + i * ROW_BYTES
    bytes.set(body, at)
    bytes.set(wiring, at + DIGEST_BYTES)
    view.setUint16(at + 64, level, true)
    view.setUint16(at + 66, neurons, true)
    view.setUint32(at + 68, links, true)
  })
  return bytes
}

/** Never throws; allocates at most a small multiple of the bytes given. Whether the parts are what it says: `assemble`. */
export function decodeManifest(bytes: Uint8Array): ManifestResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < HEADER_BYTES || view.getUint32(0, true) !== MAGIC) return refuse('bad-magic')
  if (bytes[4] !== MANIFEST_VERSION) return refuse('bad-version')
  const [inputs, outputs, count] = [view.getUint32(6, true), view.getUint32(10, true), view.getUint16(14, true)]
  if (inputs < 1 || inputs > MAX_LARGE_INTERFACE || outputs < 1 || outputs > MAX_LARGE_INTERFACE) return refuse('bad-header')
  if (count < 1 || count > MAX_PARTS || bytes[16] !== 0) return refuse('bad-header')
  if (bytes.length !== HEADER_BYTES + count * ROW_BYTES) return refuse('bad-length')
  const parts: ManifestPart[] = []
  let [level, neurons, links] = [0, 0, 0]
  for (let at = HEADER_BYTES; at < bytes.length; at += ROW_BYTES) {
    const part = {
      body: bytes.slice(at, at + DIGEST_BYTES),
      wiring: bytes.slice(at + DIGEST_BYTES, at + 2 * DIGEST_BYTES),
      level: view.getUint16(at + 64, true),
      neurons: view.getUint16(at + 66, true),
      links: view.getUint32(at + 68, true),
    }
    // Levels start at 0 and leave none out.
    if (part.level !== level && (parts.length === 0 || part.level !== level + 1)) return refuse('bad-part')
    if (part.neurons < 1 || part.neurons > MAX_NEURONS || part.links > MAX_LINKS) return refuse('bad-part')
    level = part.level
    neurons += part.neurons
    links += part.links
    parts.push(part)
  }
  if (neurons < outputs || neurons > MAX_LARGE_NEURONS || links > MAX_LARGE_LINKS) return refuse('bad-part')
  const steps = bytes[5]!
  const rule: UpdateRule = steps === 0 ? { kind: 'ordered' } : { kind: 'synchronous', steps }
  // Every neuron of a synchronous pass reads the pass before only.
  if (steps > 0 && level > 0) return refuse('bad-part')
  return { ok: true, value: { inputs, outputs, rule, parts } }
}

function refuse(reason: ManifestRefusal): { readonly ok: false; readonly reason: ManifestRefusal } {
  return { ok: false, reason }
}
