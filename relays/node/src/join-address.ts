// How an operator names another relay: the address of its page, or the multiaddr of its WebSocket. Both lead to the same port, where the relay
// answers with its document and where it can be dialled.

import { multiaddr } from '@multiformats/multiaddr'

export interface JoinAddress {
  /** Of its page, as in `https://relay.example:8443`. */
  readonly origin: string
  /** Host name or IP address, IPv6 without brackets. */
  readonly host: string
  /** Multiaddr of its WebSocket, without `/p2p`. */
  readonly webSocket: string
  /** Whom the operator expects there; undefined: whoever the page says. */
  readonly peer: string | undefined
}

/** Peer id of an Ed25519 key: every relay has one. */
const PEER = /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/

export function isRelayPeer(text: unknown): text is string {
  return typeof text === 'string' && PEER.test(text)
}

/** Undefined for anything but the two forms. */
export function readJoin(text: string): JoinAddress | undefined {
  try {
    return text.startsWith('/') ? fromMultiaddr(text) : fromUrl(new URL(text))
  } catch {
    return undefined
  }
}

function fromUrl({ protocol, hostname, port, pathname, search, hash, username, password }: URL): JoinAddress | undefined {
  const isSecure = protocol === 'https:'
  if ((!isSecure && protocol !== 'http:') || pathname !== '/' || `${search}${hash}${username}${password}` !== '' || hostname === '') return undefined
  return join(hostname.replace(/^\[|\]$/g, ''), port === '' ? (isSecure ? '443' : '80') : port, isSecure, undefined)
}

function fromMultiaddr(text: string): JoinAddress | undefined {
  const parts = multiaddr(text).getComponents()
  const [host, tcp] = parts
  const names = parts.map(({ name }) => name).join('/')
  const isSecure = /^(ip4|ip6|dns|dns4|dns6)\/tcp\/(tls\/ws|wss)\/p2p$/.test(names)
  if (!isSecure && !/^(ip4|ip6|dns|dns4|dns6)\/tcp\/ws\/p2p$/.test(names)) return undefined
  const peer = parts.at(-1)?.value ?? ''
  if (host?.value === undefined || tcp?.value === undefined || !isRelayPeer(peer)) return undefined
  return join(host.value, tcp.value, isSecure, peer)
}

function join(host: string, port: string, isSecure: boolean, peer: string | undefined): JoinAddress | undefined {
  const origin = new URL(`http${isSecure ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin
  const kind = host.includes(':') ? 'ip6' : /^\d+(\.\d+){3}$/.test(host) ? 'ip4' : 'dns'
  return { origin, host, webSocket: `/${kind}/${host}/tcp/${port}${isSecure ? '/tls' : ''}/ws`, peer }
}
