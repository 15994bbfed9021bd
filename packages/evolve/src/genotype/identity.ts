// Where a new hidden neuron gets its id: from the link it splits, by hash, so that two strangers who split the same
// link mean the same neuron without ever having met.

import { sha256 } from '@noble/hashes/sha2.js'
import { asciiBytes } from '../ascii.ts'
import { END_OF_IDS, FIRST_HIDDEN, MAX_NEURONS, type NeuronId } from './genotype.ts'

// Pure, or `megabrain/runtime`, which splits nothing, would carry it.
const DOMAIN = /* @__PURE__ */ asciiBytes('megabrain/neuron/1')

/**
 * Id of the neuron that splits `source` → `target` for the `occurrence`th time (from 0) in one genotype: the first six
 * bytes, little-endian, of sha256(domain, source u48, target u48, occurrence u16). Below 65,536 it is not usable.
 */
export function splitId(source: NeuronId, target: NeuronId, occurrence: number): NeuronId {
  if (!isId(source) || !isId(target)) throw new RangeError(`A neuron id is an integer from 0 to 2^48 - 1, got ${source} and ${target}`)
  if (!Number.isInteger(occurrence) || occurrence < 0 || occurrence > 65_535) {
    throw new RangeError(`An occurrence is an integer from 0 to 65535, got ${occurrence}`)
  }
  const bytes = new Uint8Array(DOMAIN.length + 14)
  bytes.set(DOMAIN)
  const view = new DataView(bytes.buffer)
  writeId(view, DOMAIN.length, source)
  writeId(view, DOMAIN.length + 6, target)
  view.setUint16(DOMAIN.length + 12, occurrence, true)
  const digest = sha256(bytes)
  return readId(new DataView(digest.buffer, digest.byteOffset, digest.byteLength), 0)
}

/** The first id for a split of this link that `taken` does not hold. */
export function freeSplitId(source: NeuronId, target: NeuronId, taken: ReadonlySet<NeuronId>): NeuronId {
  // A genotype cannot hold more neurons than this, so one of the ids is free.
  for (let occurrence = 0; occurrence <= 2 * MAX_NEURONS; occurrence++) {
    const id = splitId(source, target, occurrence)
    if (id >= FIRST_HIDDEN && !taken.has(id)) return id
  }
  throw new RangeError(`No free id for a split of ${source} to ${target}`)
}

/** Six bytes, little-endian. */
export function writeId(view: DataView, at: number, id: NeuronId): void {
  view.setUint32(at, id % 4_294_967_296, true)
  view.setUint16(at + 4, Math.floor(id / 4_294_967_296), true)
}

export function readId(view: DataView, at: number): NeuronId {
  return view.getUint32(at, true) + view.getUint16(at + 4, true) * 4_294_967_296
}

const isId = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < END_OF_IDS
