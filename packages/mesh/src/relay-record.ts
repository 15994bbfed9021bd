// What a relay says of itself to other relays and to their members, signed by its libp2p key: where it can be reached and which realms it
// serves. Whoever passes a record on can change nothing in it, and its addresses lead to the signer or nowhere.
//
//   message RelayRecord { uint32 version = 1; uint64 time = 2; uint64 expires = 3; repeated bytes address = 4; repeated bytes realm = 5; }

import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { decodeEnvelope, encodeEnvelope, envelopeMessage, type PeerId, type Purpose } from '@megabrain/exchange'
import { reader, writer } from 'protons-runtime'
import { MAX_RELAY_ADDRESSES, MAX_RELAY_RECORD_BYTES } from './limits.ts'

export interface RelayRecord {
  /** The signer. */
  readonly peer: PeerId
  /** When it was signed, ms since 1970. Of two records of a relay the later one counts. */
  readonly time: number
  /** When it ends, ms since 1970; at most a day after `time`. */
  readonly expires: number
  /** Multiaddrs, each ending in `/p2p/` and the signer, best first. */
  readonly addresses: readonly string[]
  /** Realm ids, 64 hex characters each. */
  readonly realms: readonly string[]
}

export const RELAY_PURPOSE: Purpose = { domain: 'megabrain-relay', payloadType: Uint8Array.of(0xa0, 0x80, 0xc0, 0x01) }
const VERSION = 1
const LIFETIME_MS = 86_400_000
/** How far a signer's clock may be from ours, ms. */
const CLOCK_MS = 600_000
const MAX_REALMS = 24
const REALM_BYTES = 32
const HOSTS = ['ip4', 'ip6', 'dns', 'dns4', 'dns6']
/** Without `sni`: a dialler would connect to the name there, whatever the host is. */
const TRANSPORTS = ['tcp', 'udp', 'tls', 'ws', 'wss', 'quic-v1', 'webtransport', 'webrtc-direct', 'certhash']

/**
 * Signs what others shall know. Addresses that do not fit are left out, the last first.
 * @param about addresses with or without `/p2p/…`; `now` in ms since 1970
 */
export async function signRelayRecord(
  key: PrivateKey,
  about: { readonly addresses: readonly string[]; readonly realms: readonly string[]; readonly now: number },
): Promise<Uint8Array> {
  const addresses = about.addresses.map((address) => multiaddr(address.replace(/\/p2p\/[^/]+$/, '')).bytes)
  for (let count = Math.min(addresses.length, MAX_RELAY_ADDRESSES); ; count--) {
    const payload = encodePayload(about.now, addresses.slice(0, count), about.realms.slice(0, MAX_REALMS))
    const signature = await key.sign(envelopeMessage(RELAY_PURPOSE, payload))
    const record = encodeEnvelope(RELAY_PURPOSE, { key: key.publicKey.raw, payload, signature })
    if (record.length <= MAX_RELAY_RECORD_BYTES || count === 0) return record
  }
}

/** @returns the record if its signature holds and it is of now; undefined for anything else */
export async function readRelayRecord(bytes: Uint8Array, now: number): Promise<RelayRecord | undefined> {
  if (bytes.length > MAX_RELAY_RECORD_BYTES) return undefined
  const envelope = decodeEnvelope(RELAY_PURPOSE, bytes)
  if (!envelope.ok) return undefined
  const { key, payload, check } = envelope.value
  try {
    const signer = publicKeyFromRaw(key)
    const record = decodeRelayPayload(payload, peerIdFromPublicKey(signer).toString())
    if (record === undefined || record.time > now + CLOCK_MS || record.expires < now - CLOCK_MS) return undefined
    return await signer.verify(check.message, check.signature) ? record : undefined
  } catch {
    return undefined // 32 bytes that are no point of the curve
  }
}

function encodePayload(now: number, addresses: readonly Uint8Array[], realms: readonly string[]): Uint8Array {
  const to = writer()
  to.uint32(tag(1, 0)).uint32(VERSION)
  to.uint32(tag(2, 0)).uint64Number(now)
  to.uint32(tag(3, 0)).uint64Number(now + LIFETIME_MS)
  for (const address of addresses) to.uint32(tag(4, 2)).bytes(address)
  for (const realm of realms) to.uint32(tag(5, 2)).bytes(Uint8Array.from(realm.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
  return to.finish().slice()
}

/** What the signed bytes say, whoever signed them; undefined for anything malformed. */
export function decodeRelayPayload(bytes: Uint8Array, peer: PeerId): RelayRecord | undefined {
  try {
    const record = readFields(bytes, peer)
    const isWhole = record !== undefined && Number.isSafeInteger(record.time) && record.expires > record.time && record.expires <= record.time + LIFETIME_MS
    return isWhole ? record : undefined
  } catch {
    return undefined // the reader throws where the bytes end too early
  }
}

function readFields(bytes: Uint8Array, peer: PeerId): RelayRecord | undefined {
  const from = reader(bytes)
  let [version, time, expires] = [0, 0, 0]
  const addresses: string[] = []
  const realms: string[] = []
  while (from.pos < from.len) {
    const field = from.uint32()
    if (field === tag(1, 0)) version = from.uint32()
    else if (field === tag(2, 0)) time = from.uint64Number()
    else if (field === tag(3, 0)) expires = from.uint64Number()
    else if (field === tag(4, 2)) {
      const address = readAddress(from.bytes())
      if (address !== undefined && addresses.push(`${address}/p2p/${peer}`) > MAX_RELAY_ADDRESSES) return undefined
    } else if (field === tag(5, 2)) {
      const realm = from.bytes()
      if (realm.length !== REALM_BYTES || realms.push(hexOf(realm)) > MAX_REALMS) return undefined
    } else return undefined
  }
  return version === VERSION ? { peer, time, expires, addresses, realms } : undefined
}

/** A host and a transport to it; another address (of another peer, a circuit, one to be resolved into others, a newer transport) is passed over. */
function readAddress(bytes: Uint8Array): string | undefined {
  try {
    const address = multiaddr(bytes)
    const [first, ...rest] = address.getComponents().map(({ name }) => name)
    return first !== undefined && HOSTS.includes(first) && rest.every((name) => TRANSPORTS.includes(name)) ? address.toString() : undefined
  } catch {
    return undefined // a protocol that libp2p does not know here
  }
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function tag(field: number, type: number): number {
  return (field << 3) | type
}
