// What a visitor pasted to name a relay: a multiaddr, the address of a relay's page, or a link that brings others. Late code: people
// type anything, so the answer is addresses or a sentence that says what is wrong.

import { relayAddresses, type PageHost } from '@megabrain/mesh/relay-addresses'
import { parseInvitation } from './invitation.ts'

export type PastedRelay =
  | { readonly ok: true; readonly relays: readonly string[]; readonly realm: Uint8Array | undefined }
  | { readonly ok: false; readonly reason: string }

const MAX_CHARACTERS = 40_000
const MULTIADDR = /^(\/[A-Za-z0-9._:%-]+)+$/

/** @param host where this page came from: what it may dial depends on it */
export function parsePastedRelay(text: string, host: PageHost): PastedRelay {
  const pasted = text.trim()
  if (pasted === '' || pasted.length > MAX_CHARACTERS) return no('Paste the address of a relay: its page, a link that brings others, or a multiaddr.')
  if (pasted.startsWith('/')) return MULTIADDR.test(pasted) ? dialable([pasted], undefined, host) : no('This multiaddr has a part that no address has.')
  let url: URL
  try {
    url = new URL(pasted)
  } catch {
    return no('This is no address. That of a relay begins with https://, http:// or a slash.')
  }
  const { relays, realm } = parseInvitation(url.hash)
  if (relays.length > 0) return dialable(relays, realm, host)
  if (!/^(https?|wss?):$/.test(url.protocol)) return no(`An address that begins with ${url.protocol} is not that of a relay.`)
  return dialable([socketOf(url)], realm, host)
}

function dialable(addresses: readonly string[], realm: Uint8Array | undefined, host: PageHost): PastedRelay {
  const relays = relayAddresses(host, undefined, addresses)
  if (relays.length > 0) return { ok: true, relays, realm }
  return no(host.protocol === 'https:'
    ? 'A page that came over https can only reach relays with https, and none on your own machine.'
    : 'That address is on the machine of whoever reads it: this page came from elsewhere and cannot reach it.')
}

/** The WebSocket of a relay's page. Who answers there is learned by dialling. */
function socketOf({ protocol, hostname, port }: URL): string {
  const secure = protocol === 'https:' || protocol === 'wss:'
  const family = hostname.startsWith('[') ? 'ip6' : /^\d+(\.\d+){3}$/.test(hostname) ? 'ip4' : 'dns4'
  return `/${family}/${hostname.replace(/^\[|\]$/g, '')}/tcp/${port === '' ? (secure ? 443 : 80) : port}${secure ? '/tls' : ''}/ws`
}

function no(reason: string): PastedRelay {
  return { ok: false, reason }
}
