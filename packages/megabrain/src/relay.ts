// The relay that a page works with: what it offers, asked over HTTP after consent, and which of its realms a name means.

import { parseRelayNotice } from '@megabrain/mesh/relay-notice'
import type { RealmNotice, RelayNotice } from '@megabrain/mesh/relay-notice'

const WELL_KNOWN_PATH = '/.well-known/megabrain.json'
const PATIENCE_MS = 10_000
const FIRST = 'default'

/** Undefined when nobody answers there, or something else than a relay. */
export async function askRelay(relay: URL): Promise<RelayNotice | undefined> {
  try {
    const answer = await fetch(new URL(WELL_KNOWN_PATH, relay), { credentials: 'omit', signal: AbortSignal.timeout(PATIENCE_MS) })
    return answer.ok ? parseRelayNotice(await answer.text()) : undefined
  } catch {
    return undefined
  }
}

/** By id, by name, or the first one for `default` where none is called so. */
export function realmCalled(name: string, realms: readonly RealmNotice[]): RealmNotice | undefined {
  const found = realms.find((realm) => realm.id === name) ?? realms.find((realm) => realm.name === name)
  return found ?? (name === FIRST ? realms[0] : undefined)
}
