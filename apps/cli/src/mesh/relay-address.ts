// Which relay and which realm a command means: `--relay` as a web address or a multiaddr, `--realm` as a name or id that the relay
// offers, or a signed document in a file.

import { existsSync } from 'node:fs'
import { readRealmFile } from '../realm/realm-file.ts'
import { UsageError } from '../usage.ts'

export interface MeshPlace {
  /** Multiaddrs of the relay, best first. */
  readonly relays: readonly string[]
  readonly realmId: string
  readonly name: string
  /** The signed policy. */
  readonly document: Uint8Array
}

interface RelayDocument {
  readonly addresses: readonly string[]
  readonly realms: readonly { readonly id: string; readonly name: string; readonly policy: string }[]
}

const WELL_KNOWN = '/.well-known/megabrain.json'
const PATIENCE_MS = 10_000
const MAX_DOCUMENT_CHARACTERS = 1_048_576

/** @throws UsageError naming what does not answer or is not there */
export async function findMeshPlace(relay: string, realm: string | undefined): Promise<MeshPlace> {
  const file = realm !== undefined && existsSync(realm) ? await readRealmFile(realm) : undefined
  const web = webAddressOf(relay)
  if (web === undefined) {
    if (file === undefined) throw new UsageError('--realm must be the file of a realm document, since this relay address has no web address to ask')
    return { relays: [relay], realmId: file.id, name: file.realm.name, document: file.bytes }
  }
  const document = await fetchDocument(web)
  const relays = relay.startsWith('/') ? [relay, ...document.addresses] : document.addresses
  if (file !== undefined) return { relays, realmId: file.id, name: file.realm.name, document: file.bytes }
  const offered = document.realms
  const found = realm === undefined ? offered[0] : offered.find(({ id, name }) => id === realm || name === realm)
  if (found === undefined) throw new UsageError(`the relay offers ${offered.map(({ name }) => name).join(', ') || 'no realm'}, not ${realm}`)
  return { relays, realmId: found.id, name: found.name, document: Uint8Array.from(Buffer.from(found.policy, 'base64')) }
}

/** A relay's WebSocket shares its port with its pages. */
function webAddressOf(relay: string): string | undefined {
  if (/^https?:\/\//.test(relay)) return new URL(relay).origin
  const [, host, port, secure] = /^\/(?:ip4|dns4|dns6|dns)\/([^/]+)\/tcp\/(\d+)(\/tls)?\/ws/.exec(relay) ?? []
  if (host !== undefined) return `http${secure === undefined ? '' : 's'}://${host}:${port}`
  if (relay.startsWith('/')) return undefined
  throw new UsageError(`--relay must be a web address or a multiaddr, got ${JSON.stringify(relay)}`)
}

async function fetchDocument(web: string): Promise<RelayDocument> {
  const fault = (why: string): UsageError => new UsageError(`--relay ${web} ${why}`)
  let text: string
  try {
    const answer = await fetch(`${web}${WELL_KNOWN}`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    if (!answer.ok) throw fault(`answers ${answer.status}: it is no relay`)
    text = await answer.text()
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw fault('does not answer')
  }
  const document = text.length > MAX_DOCUMENT_CHARACTERS ? undefined : parse(text)
  if (document === undefined) throw fault('is no relay: its document cannot be read')
  return document
}

function parse(text: string): RelayDocument | undefined {
  try {
    const { version, addresses, realms } = JSON.parse(text) as Partial<RelayDocument> & { version?: unknown }
    if (version !== 1 || !Array.isArray(addresses) || !Array.isArray(realms)) return undefined
    const isText = (value: unknown): value is string => typeof value === 'string'
    const whole = realms.filter(({ id, name, policy }) => isText(id) && isText(name) && isText(policy))
    return { addresses: addresses.filter(isText), realms: whole }
  } catch {
    return undefined
  }
}
