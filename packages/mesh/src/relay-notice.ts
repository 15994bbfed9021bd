// What the relay that served a page says about itself, read from the JSON it wrote into the page. Separate because
// it is strangers' data: anything unexpected in it is dropped, never thrown. It loads no libp2p: pages read it before consent.

import type { MeshOptions } from './mesh.ts'

export interface RealmNotice {
  /** Realm id, 64 hex characters. */
  readonly id: string
  readonly name: string
  readonly tasks: readonly string[]
  /** The signed realm document. */
  readonly policy: Uint8Array
}

export interface TurnServer {
  readonly urls: string
  readonly username: string
  readonly credential: string
}

export interface RelayNotice {
  readonly peer: string
  readonly addresses: readonly string[]
  /** UDP port of the page's host that answers STUN. */
  readonly stun: number | undefined
  /** TURN servers of the relay's operator, as RTCPeerConnection takes them. */
  readonly turn: readonly TurnServer[]
  /** Where `<mega-brain>` frames of this relay are served: a port of the page's host, or an origin of their own. */
  readonly embed: number | string | undefined
  readonly realms: readonly RealmNotice[]
}

const MAX_NOTICE_CHARACTERS = 64 * 1024
const MAX_LISTED = 16
const MAX_ORIGIN_CHARACTERS = 300
const ORIGIN = /^https?:\/\/[a-z0-9.:[\]-]+$/i
/** RFC 7065, as far as relays write it. */
const TURN_URL = /^turns?:([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:(?<port>[1-9]\d{0,4}))?(\?transport=(udp|tcp))?$/i

/** The notice in `page`, or undefined when the page came from plain static hosting. */
export function relayNotice(page: Document): RelayNotice | undefined {
  const text = page.getElementById('megabrain-relay')?.textContent
  return text === null || text === undefined ? undefined : parseRelayNotice(text)
}

/** The relay's own STUN, which is on the host that it was found at, and its operator's TURN. @param hostname undefined when that is another's */
export function iceServersOf({ stun, turn }: Pick<RelayNotice, 'stun' | 'turn'>, hostname: string | undefined): NonNullable<MeshOptions['iceServers']> {
  return [...(stun === undefined || hostname === undefined ? [] : [{ urls: `stun:${hostname}:${stun}` }]), ...turn]
}

export function parseRelayNotice(text: string): RelayNotice | undefined {
  if (text.length > MAX_NOTICE_CHARACTERS) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const notice = record(json)
  if (notice?.['version'] !== 1 || typeof notice['peer'] !== 'string') return undefined
  return {
    peer: notice['peer'],
    addresses: texts(notice['addresses']),
    stun: portIn(notice['stun']),
    turn: turnIn(notice['turn']),
    embed: portIn(notice['embed']) ?? originIn(notice['embed']),
    realms: list(notice['realms']).flatMap((realm) => parseRealm(realm)),
  }
}

function parseRealm(json: unknown): readonly RealmNotice[] {
  const realm = record(json)
  if (typeof realm?.['id'] !== 'string' || typeof realm['name'] !== 'string' || typeof realm['policy'] !== 'string') return []
  const policy = fromBase64(realm['policy'])
  return policy === undefined ? [] : [{ id: realm['id'], name: realm['name'], tasks: texts(realm['tasks']), policy }]
}

/** Undefined when `text` is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** An address that RTCPeerConnection would throw on is left out. */
function turnIn(json: unknown): readonly TurnServer[] {
  const turn = record(json)
  const { username, credential } = turn ?? {}
  if (typeof username !== 'string' || typeof credential !== 'string') return []
  return texts(turn?.['urls']).filter(isTurnUrl).map((urls) => ({ urls, username, credential }))
}

function isTurnUrl(text: string): boolean {
  const match = TURN_URL.exec(text)
  return match !== null && Number(match.groups?.['port'] ?? 1) < 65_536
}

function portIn(json: unknown): number | undefined {
  return typeof json === 'number' && Number.isInteger(json) && json > 0 && json < 65_536 ? json : undefined
}

function originIn(json: unknown): string | undefined {
  return typeof json === 'string' && json.length <= MAX_ORIGIN_CHARACTERS && ORIGIN.test(json) ? json : undefined
}

function record(json: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : undefined
}

function list(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json.slice(0, MAX_LISTED) : []
}

function texts(json: unknown): readonly string[] {
  return list(json).filter((item) => typeof item === 'string')
}
