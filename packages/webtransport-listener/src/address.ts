// WebTransport multiaddrs: `/ip4/…/udp/…/quic-v1/webtransport/certhash/…/p2p/…` taken apart and put together.

import { InvalidMultiaddrError, type PeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { getNetConfig } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { base64url } from 'multiformats/bases/base64'

/** Path and query of every libp2p session (specification of WebTransport, "Connection Establishment"). */
const SESSION_PATH = '/.well-known/libp2p-webtransport'

export interface DialTarget {
  readonly url: string
  /** sha2-256 multihashes, 34 bytes each. */
  readonly certhashes: readonly Uint8Array[]
  readonly remotePeer: PeerId | undefined
}

/** @throws InvalidMultiaddrError for hashes that are not base64url sha2-256 multihashes */
export function dialTargetOf(address: Multiaddr): DialTarget {
  const { host, port, type } = getNetConfig(address)
  const components = address.getComponents()
  const certhashes = components.flatMap(({ name, value }) => (name === 'certhash' ? [multihashOf(value ?? '')] : []))
  const peer = components.find(({ name }) => name === 'p2p')?.value
  return {
    url: `https://${type === 'ip6' ? `[${host}]` : host}:${port}${SESSION_PATH}?type=noise`,
    certhashes,
    remotePeer: peer === undefined ? undefined : peerIdFromString(peer),
  }
}

export function isSessionUrl(text: string): boolean {
  const url = URL.parse(text)
  return url?.pathname === SESSION_PATH && url.searchParams.get('type') === 'noise'
}

export function withCerthashes(address: Multiaddr, multihashes: readonly Uint8Array[]): Multiaddr {
  return address.encapsulate(multihashes.map((hash) => `/certhash/${base64url.encode(hash)}`).join(''))
}

function multihashOf(text: string): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = base64url.decode(text)
  } catch {
    throw new InvalidMultiaddrError(`A certhash must be base64url, got ${text}`)
  }
  if (bytes.length !== 34 || bytes[0] !== 0x12 || bytes[1] !== 0x20) throw new InvalidMultiaddrError(`A certhash must be of sha2-256, got ${text}`)
  return bytes
}
