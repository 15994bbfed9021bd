// How a body is packed for one asker: whole, or as edits of a body that the asker holds, and deflated where that saves.
// Unpacking trusts nothing: every size is bounded by the realm's caps before memory is taken, and whether the result is
// what was asked for is for the CID to say.

import { decodeDelta, decodeGenotype, encodeDelta, encodeGenotype, type GenotypeCaps } from '@megabrain/evolve'
import { deflateSync } from 'fflate'
import type { Refusal } from '../admission/refusal.ts'
import { inflate } from './inflate.ts'
import type { Parcel } from './messages.ts'

/** Deflating less than this costs more time than it saves bytes. */
const LEAST_DEFLATED = 96
/** A smaller body travels whole: an edit of it is not shorter by what computing it costs. */
const LEAST_DIVIDED = 64
/** Edits this many times smaller than the body are good enough not to look at the other bases. */
const GOOD_ENOUGH = 4
/** Content that inflates to more than this many times its size is refused, and so never made. */
export const MAX_INFLATION = 8

export const ABSENT: Parcel = { kind: 'parcel', content: new Uint8Array(0), base: 0, inflated: 0 }

type Decode = typeof decodeGenotype

/**
 * @param body a canonical genotype, or bytes of a newer version that travel whole
 * @param bases what we have of the bodies that the asker named, in its order
 * @param decode stands in for `decodeGenotype`
 */
export function packBody(body: Uint8Array, bases: readonly (Uint8Array | undefined)[], decode: Decode = decodeGenotype): Parcel {
  let best: { readonly content: Uint8Array; readonly base: number } = { content: body, base: 0 }
  const child = body.length < LEAST_DIVIDED || bases.every((base) => base === undefined) ? undefined : decode(body)
  for (const [index, bytes] of bases.entries()) {
    if (bytes === undefined || child?.ok !== true || best.content.length * GOOD_ENOUGH <= body.length) continue
    const base = decode(bytes)
    const delta = base.ok ? encodeDelta(base.value, child.value) : undefined
    if (delta !== undefined && delta.length < best.content.length) best = { content: delta, base: index + 1 }
  }
  const { content, base } = best
  if (content.length >= LEAST_DEFLATED) {
    const packed = deflateSync(content, { level: 9 })
    if (packed.length < content.length && content.length <= packed.length * MAX_INFLATION) {
      return { kind: 'parcel', content: packed, base, inflated: content.length }
    }
  }
  return { kind: 'parcel', content, base, inflated: 0 }
}

export type BodyResult =
  | { readonly ok: true; readonly value: Uint8Array }
  | { readonly ok: false; readonly reason: Refusal & ('too-large' | 'malformed' | 'unknown-version' | 'over-limits') }

/** The body that a stranger's parcel holds. @param held the bodies that were named when asking, in that order */
export function unpackBody(
  { content, base, inflated }: Parcel, held: readonly Uint8Array[], caps: GenotypeCaps, decode: Decode = decodeGenotype,
): BodyResult {
  if (inflated > content.length * MAX_INFLATION || inflated > caps.maxBytes) return { ok: false, reason: 'too-large' }
  const bytes = inflated === 0 ? content : inflate(content, inflated)
  if (bytes === undefined) return { ok: false, reason: 'malformed' }
  if (base === 0) return bytes.length > caps.maxBytes ? { ok: false, reason: 'too-large' } : { ok: true, value: bytes }
  const parent = held[base - 1] === undefined ? undefined : decode(held[base - 1]!)
  if (parent?.ok !== true) return { ok: false, reason: 'malformed' }
  const child = decodeDelta(parent.value, bytes, caps)
  if (child.ok) return { ok: true, value: encodeGenotype(child.value) }
  return { ok: false, reason: child.reason === 'bad-version' ? 'unknown-version' : child.reason }
}
