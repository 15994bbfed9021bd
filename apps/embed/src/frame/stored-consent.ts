// The visitor's consent as this browser keeps it: for one site, one operator, one team and one wording, for 30 days. What is not
// exactly that is no consent.

export interface Scope {
  /** Origin whose code runs. */
  readonly operator: string
  /** Origin of the page that shows it. */
  readonly place: string
  /** Invitation to the site's team; empty: none. */
  readonly team: string
}

type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** Raised when the question comes to say something else: who agreed to the old one is asked again. */
const WORDING = 1
const CONSENT_MS = 30 * 86_400_000
const KEY = 'megabrain.embed.consent'

/** @param now milliseconds since 1970; a consent from the future counts as none */
export function hasConsent(drawer: Drawer, scope: Scope, now: number): boolean {
  const [given, ...rest] = (drawer.getItem(keyOf(scope)) ?? '').split('\n')
  const at = Number(given === '' ? Number.NaN : given)
  return rest.join('\n') === termsOf(scope) && at <= now && now - at < CONSENT_MS
}

export function rememberConsent(drawer: Drawer, scope: Scope, now: number): void {
  drawer.setItem(keyOf(scope), `${now}\n${termsOf(scope)}`)
}

export function forgetConsent(drawer: Drawer, scope: Scope): void {
  drawer.removeItem(keyOf(scope))
}

/** One site's pages share a storage with those of its other origins: https://a.example and https://b.example apart. */
function keyOf({ place }: Scope): string {
  return `${KEY} ${place}`
}

function termsOf({ operator, team }: Scope): string {
  return `${WORDING}\n${operator}\n${team}`
}
