// The two messages of the introduction protocol, protobuf. A member names its realm and how many peers it wants; the relay
// names peers. No addresses of members travel: who was introduced by a relay is reached through that relay, so nobody can be
// made to dial an address that a stranger chose. Addresses of other relays travel in records that those signed. A relay that
// closes or is full says when to come back.
//
//   message Join         { bytes realm = 1; uint32 want = 2; }
//   message Introduction { repeated string peer = 1; uint32 members = 2; uint32 refusal = 3; repeated bytes relay = 4; uint32 return_ms = 5; }

import { peerIdFromString } from '@libp2p/peer-id'
import type { PeerId } from '@megabrain/exchange'
import { reader, writer } from 'protons-runtime'
import { MAX_INTRODUCED, MAX_INTRODUCED_RELAYS, MAX_RELAY_RECORD_BYTES, MAX_STAY_AWAY_MS } from '../limits.ts'

export interface Join {
  /** Realm id, 64 hex characters. */
  readonly realm: string
  /** 0..MAX_INTRODUCED. 0 only keeps the membership alive. */
  readonly want: number
}

export interface Introduction {
  readonly peers: readonly PeerId[]
  /** How many members of the realm the relay knows. */
  readonly members: number
  /** 0: welcome. 1: this relay does not serve the realm. 2: too many members. 3: it closes. */
  readonly refusal: number
  /** With refusal 3: when to come back; with 2: when to ask again. ms from now, 0..MAX_STAY_AWAY_MS. @default 0 */
  readonly returnMs?: number
  /** Signed records of other relays of the realm, at most MAX_INTRODUCED_RELAYS; what is in them is not checked here. */
  readonly relays: readonly Uint8Array[]
}

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: 'malformed' }

export const NOT_SERVED = 1
export const FULL = 2
export const CLOSING = 3

const MAX_PEER_ID_CHARACTERS = 64
const REALM_BYTES = 32

export function encodeJoin(join: Join): Uint8Array {
  const to = writer()
  to.uint32(tag(1, 2)).bytes(fromHex(join.realm))
  to.uint32(tag(2, 0)).uint32(join.want)
  return to.finish().slice()
}

export function decodeJoin(bytes: Uint8Array): Decoded<Join> {
  let realm: Uint8Array | undefined
  let want = 0
  return decode(bytes, (field, from) => {
    if (field === 1) realm = from.bytes()
    else if (field === 2) want = from.uint32()
    else return false
    return true
  }, () => (realm?.length === REALM_BYTES && want <= MAX_INTRODUCED ? { realm: toHex(realm), want } : undefined))
}

export function encodeIntroduction(introduction: Introduction): Uint8Array {
  const to = writer()
  for (const peer of introduction.peers) to.uint32(tag(1, 2)).string(peer)
  to.uint32(tag(2, 0)).uint32(introduction.members)
  to.uint32(tag(3, 0)).uint32(introduction.refusal)
  for (const relay of introduction.relays) to.uint32(tag(4, 2)).bytes(relay)
  if (introduction.returnMs !== undefined) to.uint32(tag(5, 0)).uint32(introduction.returnMs)
  return to.finish().slice()
}

export function decodeIntroduction(bytes: Uint8Array): Decoded<Introduction> {
  const peers: PeerId[] = []
  let members = 0
  let refusal = 0
  const relays: Uint8Array[] = []
  let returnMs: number | undefined
  return decode(bytes, (field, from) => {
    if (field === 1) peers.push(from.string())
    else if (field === 2) members = from.uint32()
    else if (field === 3) refusal = from.uint32()
    else if (field === 4) relays.push(from.bytes().slice())
    else if (field === 5) returnMs = from.uint32()
    else return false
    return peers.length <= MAX_INTRODUCED && relays.length <= MAX_INTRODUCED_RELAYS
  }, () => {
    const isGood = peers.every(isPeerId) && relays.every(({ length }) => length <= MAX_RELAY_RECORD_BYTES) && (returnMs ?? 0) <= MAX_STAY_AWAY_MS
    return isGood ? { peers, members, refusal, relays, ...(returnMs === undefined ? {} : { returnMs }) } : undefined
  })
}

type From = ReturnType<typeof reader>

/** Reads flat fields; `take` says whether the field is known, `value` whether the whole makes sense. */
function decode<T>(bytes: Uint8Array, take: (field: number, from: From) => boolean, value: () => T | undefined): Decoded<T> {
  try {
    const from = reader(bytes)
    while (from.pos < from.len) {
      if (!take(from.uint32() >>> 3, from)) return { ok: false, reason: 'malformed' }
    }
    const result = value()
    if (result !== undefined) return { ok: true, value: result }
  } catch {
    // The reader throws where the bytes end too early.
  }
  return { ok: false, reason: 'malformed' }
}

export function isPeerId(text: string): boolean {
  if (text.length > MAX_PEER_ID_CHARACTERS) return false
  try {
    return peerIdFromString(text).toString() === text
  } catch {
    return false
  }
}

function tag(field: number, type: number): number {
  return (field << 3) | type
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
