// The visitor's consent as this browser keeps it: for one operator, one place, one team and one wording, for 30 days. Separate
// because it is read before anything else runs; what is not exactly such a record is no consent.

/** What an answer is for. Another scope needs another answer. */
export interface ConsentScope {
  /** Origin whose relay and realm the work is for. */
  readonly operator: string
  /** Origin of the page on which it runs. */
  readonly place: string
  /** Who gets the credit instead of the visitor alone; empty: nobody. */
  readonly team: string
}

export interface Consent extends ConsentScope {
  /** Wording that was agreed to. */
  readonly version: number
  /** Milliseconds since 1970. */
  readonly givenAt: number
}

export type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Raised when the dialog comes to say something else: who agreed to the words before is asked again. */
export const CONSENT_VERSION = 1
export const CONSENT_MS = 30 * 86_400_000

const KEY = 'megabrain.package.consent'
const MAX_CHARACTERS = 4_096

export function createConsent(scope: ConsentScope, now: number): Consent {
  return { version: CONSENT_VERSION, operator: scope.operator, place: scope.place, team: scope.team, givenAt: now }
}

/** The inverse of `decodeConsent`. */
export function encodeConsent({ version, givenAt, operator, place, team }: Consent): string {
  return JSON.stringify({ version, givenAt, operator, place, team })
}

/** Undefined when `text` is no record of a consent; whether it still holds is another question. */
export function decodeConsent(text: string): Consent | undefined {
  if (text.length > MAX_CHARACTERS) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof json !== 'object' || json === null) return undefined
  const { version, givenAt, operator, place, team } = json as Readonly<Record<string, unknown>>
  if (typeof operator !== 'string' || typeof place !== 'string' || typeof team !== 'string') return undefined
  if (typeof version !== 'number' || typeof givenAt !== 'number' || !Number.isFinite(givenAt)) return undefined
  return { version, givenAt, operator, place, team }
}

/** Whether `consent` covers `scope` at `now` (milliseconds since 1970). One from the future counts as none. */
export function consentHolds(consent: Consent, scope: ConsentScope, now: number): boolean {
  const sameScope = consent.operator === scope.operator && consent.place === scope.place && consent.team === scope.team
  return sameScope && consent.version === CONSENT_VERSION && consent.givenAt <= now && now - consent.givenAt < CONSENT_MS
}

/** Storage that refuses is the same as storage that is empty. */
export function hasConsent(drawer: Drawer, scope: ConsentScope, now: number): boolean {
  try {
    const consent = decodeConsent(drawer.getItem(keyOf(scope)) ?? '')
    return consent !== undefined && consentHolds(consent, scope, now)
  } catch {
    return false
  }
}

export function rememberConsent(drawer: Drawer, scope: ConsentScope, now: number): void {
  try {
    drawer.setItem(keyOf(scope), encodeConsent(createConsent(scope, now)))
  } catch {
    // It is asked again next time.
  }
}

export function revokeConsent(drawer: Drawer, scope: ConsentScope): void {
  try {
    drawer.removeItem(keyOf(scope))
  } catch {
    // A drawer that cannot be opened holds no consent either.
  }
}

/** One record for each operator and place, so that an answer to one does not take away another's. */
function keyOf({ operator, place }: ConsentScope): string {
  return `${KEY} ${operator} ${place}`
}
