// What a check says beside its findings: what dialling from this machine cannot find out, and the link by which people get here.

import type { Configuration } from '../configuration.ts'
import type { Answers } from '../operator-socket.ts'
import type { CheckedAddress } from './check.ts'
import { placeOf } from './place.ts'

/** Addresses in a link. */
const MAX_LINKED = 4

/**
 * The fragment by which a page on https, wherever it is hosted, joins this relay and its realm.
 * @returns undefined when no address that such a page can use is known not to fail
 */
export function linkTo({ announced, realm }: Answers['addresses'], checked: readonly CheckedAddress[]): string | undefined {
  const failed = checked.filter(({ outcome }) => outcome === 'fails').map(({ address }) => address)
  const working = announced.filter((address) => !isLocal(address) && !failed.includes(withoutPeer(address)))
  const lasting = working.filter((address) => /\/(tls\/ws|wss|webtransport)/.test(address))
  // The certificate of webrtc-direct, and so its address, is new at every start.
  const usable = (lasting.length > 0 ? lasting : working.filter((address) => address.includes('/webrtc-direct'))).slice(0, MAX_LINKED)
  if (usable.length === 0) return undefined
  const words = new URLSearchParams()
  for (const address of usable) words.append('relay', address)
  words.append('realm', Buffer.from(realm, 'base64').toString('base64url'))
  return `#${words.toString()}`
}

function isLocal(address: string): boolean {
  const { host } = placeOf(address)
  return host === '::1' || host === 'localhost' || host.startsWith('127.')
}

export function withoutPeer(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}

/** What no dialling from this machine can find out. */
export function notesOn({ announced }: Answers['addresses'], { host, tlsCert }: Configuration): readonly string[] {
  if (announced.every(isLocal)) return ['It can be reached from this machine only. For others, set --host 0.0.0.0 or put a proxy in front and set --announce.']
  const notes = ['This machine dialled itself: a firewall or router in front of it was not in the way. Open the ports there too (TCP and UDP).']
  const isSecure = announced.some((address) => /\/(tls\/ws|wss|webtransport)/.test(address))
  if (!isSecure) notes.push('Pages on https cannot use any of these addresses: they need WebTransport, or a certificate (--tls-cert, or a proxy and --announce).')
  if (tlsCert === '' && host !== '127.0.0.1' && !announced.some((address) => /\/(tls\/ws|wss)/.test(address))) {
    notes.push('The page that this relay serves is plain http, where browsers compute for this machine only. Others use a page on https, with a link to this relay.')
  }
  return notes
}
