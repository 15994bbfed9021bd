// What this browser remembers between visits beside the island's own archive: the visitor's consent, relays met and
// the realm. Written only after the visitor has agreed; storage that refuses is the same as storage that is empty.

import { fromBase64, toBase64 } from '@megabrain/mesh/relay-notice'

const CONSENT = 'megabrain.consent'
const RELAYS = 'megabrain.relays'
/** By the visitor's own hand. */
const NAMED = 'megabrain.named'
const REALM = 'megabrain.realm'
const LANGUAGE = 'megabrain.language'
const CONSENT_DAYS = 30
const DAY_MS = 86_400_000
const MAX_REMEMBERED = 8

export type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Whether the visitor agreed less than 30 days before `now` (milliseconds since 1970). */
export function hasConsent(drawer: Drawer, now: number): boolean {
  const given = Number(read(drawer, CONSENT) ?? Number.NaN)
  return given <= now && now - given < CONSENT_DAYS * DAY_MS
}

export function rememberConsent(drawer: Drawer, now: number): void {
  write(drawer, CONSENT, String(now))
}

const relaysIn = (key: string) => (drawer: Drawer): readonly string[] => (read(drawer, key) ?? '').split('\n').filter((address) => address.startsWith('/'))

/** Newest first; the oldest are forgotten. */
const relaysTo = (key: string) => (drawer: Drawer, addresses: readonly string[]): void => {
  const all = [...new Set([...addresses, ...relaysIn(key)(drawer)])]
  write(drawer, key, all.slice(0, MAX_REMEMBERED).join('\n'))
}

/** Met by earlier visits. */
export const rememberedRelays = relaysIn(RELAYS)
export const rememberRelays = relaysTo(RELAYS)
/** Named by the visitor. */
export const namedRelays = relaysIn(NAMED)
export const nameRelays = relaysTo(NAMED)

/** As the visitor chose it, whatever it says. */
export function rememberedLanguage(drawer: Drawer): string | undefined {
  return read(drawer, LANGUAGE)
}

export function rememberLanguage(drawer: Drawer, language: string): void {
  write(drawer, LANGUAGE, language)
}

export interface RememberedRealm {
  /** The signed document. */
  readonly policy: Uint8Array
  readonly tasks: readonly string[]
}

/** The realm joined last. */
export function rememberedRealm(drawer: Drawer): RememberedRealm | undefined {
  const [tasks = '', text] = (read(drawer, REALM) ?? '').split('\n')
  const policy = text === undefined ? undefined : fromBase64(text)
  return policy === undefined ? undefined : { policy, tasks: tasks.split(' ').filter((task) => task !== '') }
}

export function rememberRealm(drawer: Drawer, { policy, tasks }: RememberedRealm): void {
  write(drawer, REALM, `${tasks.join(' ')}\n${toBase64(policy)}`)
}

function read(drawer: Drawer, key: string): string | undefined {
  try {
    return drawer.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

function write(drawer: Drawer, key: string, value: string): void {
  try {
    drawer.setItem(key, value)
  } catch {
    // A full or forbidden storage costs the visitor one question next time, nothing else.
  }
}
