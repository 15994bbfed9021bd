// What a relay says about itself to pages and to other relays: its peer id, its addresses and its realms. The same JSON
// is `/.well-known/megabrain.json` and a data block inside the page.

import manifest from '../package.json' with { type: 'json' }
import type { TurnServers } from './turn.ts'

export const WELL_KNOWN_PATH = '/.well-known/megabrain.json'

export interface RelayDocument {
  readonly version: 1
  /** Name and version, as in a User-Agent. */
  readonly software: string
  /** libp2p peer id. */
  readonly peer: string
  /** Multiaddrs that end in `/p2p/` and the peer id, best first. */
  readonly addresses: readonly string[]
  /** UDP port of the same host that answers STUN binding requests. */
  readonly stun?: number
  /** TURN servers of the operator's choice, with a password that ends. */
  readonly turn?: TurnServers
  /** Where the frames of `<mega-brain>` are served: a TCP port of the same host, or an origin. */
  readonly embed?: number | string
  readonly realms: readonly RealmDescription[]
}

export interface RealmDescription {
  /** 64 hex characters. */
  readonly id: string
  readonly name: string
  readonly tasks: readonly string[]
  /** Public key that signs the policy, hex. */
  readonly owner: string
  /** Who holds its private half: this relay keeps that of its own realm, those of the others are kept by whoever made them. */
  readonly ownerKeyHeldBy: 'this-relay' | 'its-owner'
  /** Base64 of the signed realm document; the fields above only repeat it for readers without a decoder. */
  readonly policy: string
}

export const software = `megabrain-relay/${manifest.version}`

/** A document as the content of a `<script type="application/json">`: no character of it can end the element. */
export function escapedForScript(document: object): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(document).replace(/[<>&\u2028\u2029]/g, escape)
}
