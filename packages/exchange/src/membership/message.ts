// What neighbours say to find out who is alive: four messages, each with room for a few findings. Apart because their bytes
// meet strangers: protobuf in its one encoding, bounded, and a result for whatever arrives.
//
//   message Membership { uint32 version = 1; uint32 kind = 2; uint32 sequence = 3; uint32 incarnation = 4;
//                        string target = 5; repeated bytes update = 6; }
//   update: finding (1 byte), incarnation (4 bytes, big-endian), peer (ASCII, 1 to 64 characters)

import { bytesEqual } from '../bytes/compare.ts'
import { asciiBytes, asciiText } from '../bytes/text.ts'
import { MAX_MEMBERSHIP_BYTES, MAX_PEER_LENGTH, MAX_UPDATES } from '../limits.ts'
import type { PeerId } from '../ports.ts'
import { encodeFields, parseFields, putElement, putNumber, putText } from '../wire/fields.ts'
import type { WireResult } from '../wire/messages.ts'

/** What a member found out itself about one that it is linked to. `gone`: the link ended, which says nothing of the peer. */
export type Finding = 'alive' | 'suspect' | 'dead' | 'gone'

export interface Update {
  readonly peer: PeerId
  readonly finding: Finding
  /** The peer's incarnation that the finding is about, 0 to 2^32 - 1. */
  readonly incarnation: number
}

export type MembershipMessage = {
  /** Of the sender, so that whatever it says refutes older suspicions of it. */
  readonly incarnation: number
  /** Chosen by who pings or asks, repeated in what comes back. 0 to 2^32 - 1. */
  readonly sequence: number
  readonly updates: readonly Update[]
} & (
  | { readonly kind: 'ping' }
  /** Answers a ping; or an ask, when the target answered. */
  | { readonly kind: 'ack' }
  /** Please ping the target for me. */
  | { readonly kind: 'ask'; readonly target: PeerId }
  /** Answers an ask in time although the target did not: so much for whose fault it is (Lifeguard, section IV-A). */
  | { readonly kind: 'nack' }
)

const VERSION = 1
const KINDS = ['ping', 'ack', 'ask', 'nack'] as const
const FINDINGS: readonly Finding[] = ['alive', 'suspect', 'dead', 'gone']
const UPDATE_HEAD_BYTES = 5
const MAX_FIELDS = 5 + MAX_UPDATES

export function encodeMembership(message: MembershipMessage): Uint8Array {
  return encodeFields((to) => {
    putNumber(to, 1, VERSION)
    putNumber(to, 2, KINDS.indexOf(message.kind) + 1)
    putNumber(to, 3, message.sequence)
    putNumber(to, 4, message.incarnation)
    putText(to, 5, message.kind === 'ask' ? message.target : '')
    for (const update of message.updates) putElement(to, 6, encodeUpdate(update))
  })
}

export function decodeMembership(bytes: Uint8Array): WireResult<MembershipMessage> {
  if (bytes.length > MAX_MEMBERSHIP_BYTES) return { ok: false, reason: 'too-large' }
  const malformed = { ok: false, reason: 'malformed' } as const
  const fields = parseFields(bytes, MAX_FIELDS)
  if (fields === undefined) return malformed
  const version = fields.number(1)
  if (version === undefined || version === 0) return malformed
  if (version > VERSION) return { ok: false, reason: 'unknown-version' }
  const kind = KINDS[(fields.number(2) ?? 0) - 1]
  const sequence = word(fields.number(3))
  const incarnation = word(fields.number(4))
  const target = fields.text(5, MAX_PEER_LENGTH)
  const updates = fields.elements(6, MAX_UPDATES)?.map(decodeUpdate)
  if (kind === undefined || sequence === undefined || incarnation === undefined) return malformed
  if (target === undefined || updates === undefined) return malformed
  if ((kind === 'ask') !== (target !== '')) return malformed
  const known = updates.filter((update) => update !== undefined)
  const common = { sequence, incarnation, updates: known }
  const message: MembershipMessage = kind === 'ask' ? { kind, target, ...common } : { kind, ...common }
  return bytesEqual(encodeMembership(message), bytes) ? { ok: true, value: message } : malformed
}

function encodeUpdate({ peer, finding, incarnation }: Update): Uint8Array {
  const bytes = new Uint8Array(UPDATE_HEAD_BYTES + peer.length)
  bytes[0] = FINDINGS.indexOf(finding)
  new DataView(bytes.buffer).setUint32(1, incarnation)
  bytes.set(asciiBytes(peer), UPDATE_HEAD_BYTES)
  return bytes
}

function decodeUpdate(bytes: Uint8Array): Update | undefined {
  if (bytes.length <= UPDATE_HEAD_BYTES || bytes.length > UPDATE_HEAD_BYTES + MAX_PEER_LENGTH) return undefined
  const finding = FINDINGS[bytes[0] ?? FINDINGS.length]
  const peer = asciiText(bytes.subarray(UPDATE_HEAD_BYTES))
  if (finding === undefined || peer === undefined) return undefined
  return { peer, finding, incarnation: new DataView(bytes.buffer, bytes.byteOffset).getUint32(1) }
}

function word(value: number | undefined): number | undefined {
  return value !== undefined && value < 2 ** 32 ? value : undefined
}
