// What a link says after its `#`: relays to join and the realm's signed document, `#relay=MULTIADDR&relay=…&realm=BASE64URL`. Anybody may have
// written it, so anything unexpected in it is dropped; the document is checked by the island like every other.

import { fromBase64, toBase64 } from '@megabrain/mesh/relay-notice'

export interface Invitation {
  /** Multiaddrs as text. */
  readonly relays: readonly string[]
  readonly realm: Uint8Array | undefined
}

const MAX_RELAYS = 8
const MAX_CHARACTERS = 32_768

/** @param fragment `location.hash` */
export function parseInvitation(fragment: string): Invitation {
  if (fragment.length > MAX_CHARACTERS) return { relays: [], realm: undefined }
  const words = new URLSearchParams(fragment.replace(/^#(?:\/[a-z]*\?)?/, ''))
  const relays = words.getAll('relay').filter((address) => address.startsWith('/')).slice(0, MAX_RELAYS)
  const text = words.get('realm')
  const realm = text === null ? undefined : fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
  return { relays, realm }
}

/** The fragment, `#` included, of a link that leads to a realm through these relays. */
export function invitationTo(relays: readonly string[], realm: Uint8Array): string {
  const words = new URLSearchParams(relays.slice(0, MAX_RELAYS).map((address) => ['relay', address]))
  words.append('realm', toBase64(realm).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
  return `#${words.toString()}`
}
