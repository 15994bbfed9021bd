// Which relay addresses a visit dials, best first. The only place of a page that knows how a libp2p address is
// written; components get names.

import type { RelayNotice } from './relay-notice.ts'

/** Where the page came from: the parts of `location` that matter. */
export interface PageHost {
  readonly protocol: string
  readonly hostname: string
  readonly port: string
}

const MAX_RELAYS = 12

/** The page's own host, then what its relay lists, then others, as far as such a page can dial them. */
export function relayAddresses(host: PageHost, notice: RelayNotice | undefined, others: readonly string[]): readonly string[] {
  const own = notice === undefined ? [] : [addressOfHost(host, notice.peer)]
  const listed = [...(notice?.addresses ?? []), ...others].filter((address) => isDialable(address, host))
  return [...new Set([...own, ...listed])].slice(0, MAX_RELAYS)
}

/** The WebSocket of the server that served the page, on the page's own port. */
export function addressOfHost(host: PageHost, peer: string): string {
  const secure = host.protocol === 'https:'
  const port = host.port === '' ? (secure ? '443' : '80') : host.port
  return `/${family(host.hostname)}/${bare(host.hostname)}/tcp/${port}${secure ? '/tls' : ''}/ws/p2p/${peer}`
}

/** `127.0.0.1:8787` for `/ip4/127.0.0.1/tcp/8787/ws/p2p/…`; the text itself when it has another form. */
export function nameOfRelay(address: string): string {
  const [, kind, name, , port] = address.split('/')
  if (kind === undefined || name === undefined || port === undefined) return address
  return kind === 'ip6' ? `[${name}]:${port}` : `${name}:${port}`
}

/** Loopback means somebody else's machine to a page from elsewhere, and plain WebSockets are mixed content on https. */
function isDialable(address: string, host: PageHost): boolean {
  if (isLoopback(nameInside(address)) && !isLoopback(bare(host.hostname))) return false
  return !(host.protocol === 'https:' && /\/tcp\/\d+\/ws(\/|$)/.test(address))
}

function nameInside(address: string): string {
  return address.split('/')[2] ?? ''
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || name.startsWith('127.')
}

/** `location.hostname` writes IPv6 in brackets, addresses do not. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function family(hostname: string): 'ip4' | 'ip6' | 'dns4' {
  if (hostname.startsWith('[')) return 'ip6'
  return /^\d+(\.\d+){3}$/.test(hostname) ? 'ip4' : 'dns4'
}
