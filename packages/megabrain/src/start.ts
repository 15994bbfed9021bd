// `start` and `stop`: from nothing to an island that works for a realm, with the person's consent in between. One island per page, since
// one person is asked and one machine lends its time. Nothing is fetched, opened or counted before the answer.

import { defaultSettings, openIsland } from '@megabrain/island'
import type { Island } from '@megabrain/island'
import type { RealmNotice } from '@megabrain/mesh/relay-notice'
import { askConsent } from './consent/ask-consent.ts'
import type { ConsentAnswer } from './consent/ask-consent.ts'
import type { ConsentTerms } from './consent/consent-words.ts'
import { hasConsent, rememberConsent, revokeConsent } from './consent/stored-consent.ts'
import type { ConsentScope } from './consent/stored-consent.ts'
import { meshThrough } from './open-mesh.ts'
import { askRelay, realmCalled } from './relay.ts'
import { completeMegabrainSettings } from './settings.ts'
import type { MegabrainSettings } from './settings.ts'

export interface StartOptions {
  /** Address of a relay's page, such as `https://relay.example`. @default the page's own origin */
  readonly relay?: string | URL
  readonly settings?: Partial<MegabrainSettings>
  /** Your own dialog instead of ours: it must show the terms and resolve with what the person answered, right after their click. */
  readonly consent?: (terms: ConsentTerms) => Promise<ConsentAnswer>
}

/** Why nothing was started. */
export type NotStarted =
  | 'no-page' // not in a browser's window: a worker or Node
  | 'insecure-context' // neither https nor localhost
  | 'missing-feature' // the browser lacks workers, locks, storage or broadcast channels
  | 'no-gesture' // nobody has clicked or pressed a key just now, and there is no consent from before
  | 'declined' // the person said no
  | 'relay-unreachable' // no relay answers at the address
  | 'no-realm' // the relay does not offer the realm `meshRealm`, or it has no task for this release
  | 'stopped' // `stop` was called meanwhile

export type Started = { readonly started: true; readonly island: Island } | { readonly started: false; readonly reason: NotStarted }

export interface Running {
  readonly island: Island
  readonly realms: readonly RealmNotice[]
  readonly scope: ConsentScope
}

/** An island ends within a second; one that another tab runs says so when it does. */
const STOP_PATIENCE_MS = 1_500

let starting: Promise<Started> | undefined
let running: Running | undefined
/** Given up by `stop`, also while the person is being asked. */
let wanted: AbortController | undefined
const followers = new Set<(running: Running | undefined) => void>()

/**
 * Starts evolving in this page, once, after the person agreed. Call it from a click's handler. Called again while it runs, or while
 * the person is being asked, it gives the same answer.
 * @throws RangeError for a setting that there is not, TypeError for a relay that is no URL
 */
export function start(options: StartOptions = {}): Promise<Started> {
  if (starting !== undefined) return starting
  const settings = completeMegabrainSettings(options.settings ?? {})
  if (typeof window === 'undefined' || typeof document === 'undefined') return Promise.resolve(refuse('no-page'))
  const relay = new URL(options.relay ?? location.href, location.href)
  const obstacle = obstacleHere()
  if (obstacle !== undefined) return Promise.resolve(refuse(obstacle))
  const mine = new AbortController()
  wanted = mine
  const attempt = begin(relay, settings, options.consent, mine.signal)
    .catch((error: unknown) => {
      forget(mine)
      throw error
    })
    .then((result) => {
      if (!result.started) forget(mine)
      return result
    })
  starting = attempt
  return attempt
}

function forget(mine: AbortController): void {
  if (wanted !== mine) return
  wanted = undefined
  starting = undefined
}

/** Ends everything within a second and takes the consent back: the next `start` asks again. What was found is kept. */
export async function stop(): Promise<void> {
  wanted?.abort()
  wanted = undefined
  starting = undefined
  const ending = running
  running = undefined
  for (const follow of followers) follow(undefined)
  if (ending === undefined) return
  revokeConsent(localStorage, ending.scope)
  await stopped(ending.island)
  await ending.island.close()
}

/** A tab that only watches hears of the end as long as it is open. */
function stopped(island: Island): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      unsubscribe()
      clearTimeout(late)
      resolve()
    }
    const unsubscribe = island.subscribe(({ phase }) => { if (phase === 'stopped') end() })
    const late = setTimeout(end, STOP_PATIENCE_MS)
    island.command({ kind: 'stop' })
  })
}

/** Calls `follow` with what runs, now and at each start and stop. */
export function followRunning(follow: (running: Running | undefined) => void): void {
  followers.add(follow)
  follow(running)
}

export const runningNow = (): Running | undefined => running

async function begin(relay: URL, settings: MegabrainSettings, ask: StartOptions['consent'], signal: AbortSignal): Promise<Started> {
  const scope: ConsentScope = { operator: relay.origin, place: location.origin, team: '' }
  const refused = await consentTo(scope, settings, ask, signal)
  if (refused !== undefined) return refuse(refused)
  const notice = await askRelay(relay)
  if (signal.aborted) return refuse('stopped')
  if (notice === undefined) return refuse('relay-unreachable')
  const realm = realmCalled(settings.meshRealm, notice.realms)
  if (realm === undefined || realm.tasks.length === 0) return refuse('no-realm')

  const openMesh = settings.meshEnabled ? { openMesh: meshThrough(relay, notice) } : {}
  const island = await openIsland({ realm: realm.policy, ...openMesh })
  if (signal.aborted) {
    await island.close()
    return refuse('stopped')
  }
  island.command({ kind: 'configure', settings: { publishFrom: Math.round(settings.publishBestFitnessThreshold * 1_000_000) } })
  island.command({ kind: 'start' })
  joinOthers(island, realm, settings.subscribeToRealms.flatMap((name) => realmCalled(name, notice.realms) ?? []))
  running = { island, realms: notice.realms, scope }
  for (const follow of followers) follow(running)
  return { started: true, island }
}

async function consentTo(
  scope: ConsentScope, { meshEnabled }: MegabrainSettings, ask: StartOptions['consent'], signal: AbortSignal,
): Promise<NotStarted | undefined> {
  if (hasConsent(localStorage, scope, Date.now())) return undefined
  if (!isSomebodyActing()) return 'no-gesture'
  const terms: ConsentTerms = { ...scope, task: undefined, dutyPercent: defaultSettings.dutyPercent, workers: 1, meets: meshEnabled }
  const answer = await (ask === undefined ? askConsent(terms, { signal }) : ask(terms))
  if (signal.aborted) return 'stopped'
  if (answer !== 'agreed') return 'declined'
  // Our own dialog takes a person's click alone; another one has to show that there was one.
  if (ask !== undefined && !isSomebodyActing()) return 'no-gesture'
  rememberConsent(localStorage, scope, Date.now())
  return undefined
}

/** Once the island has read its storage it knows what it has joined before; joining what is joined is answered in its log. */
function joinOthers(island: Island, own: RealmNotice, others: readonly RealmNotice[]): void {
  const missing = new Set(others.filter(({ id }) => id !== own.id))
  const unsubscribe = island.subscribe(({ phase, realms, watching }) => {
    if (watching || (phase !== 'running' && phase !== 'paused')) return
    for (const realm of missing) if (!realms.some(({ id }) => id === realm.id)) island.command({ kind: 'join', document: realm.policy })
    island.command({ kind: 'focus', realm: own.id })
    unsubscribe()
  })
}

function obstacleHere(): NotStarted | undefined {
  if (!isSecureContext) return 'insecure-context'
  const parts: readonly unknown[] = [globalThis.Worker, navigator.locks, globalThis.indexedDB, crypto.subtle, globalThis.BroadcastChannel]
  return parts.every((part) => part !== undefined && part !== null) ? undefined : 'missing-feature'
}

/** A browser that does not tell counts as nobody acting: what cannot be shown is not assumed. */
function isSomebodyActing(): boolean {
  return (navigator as { readonly userActivation?: UserActivation }).userActivation?.isActive === true
}

function refuse(reason: NotStarted): { readonly started: false; readonly reason: NotStarted } {
  return { started: false, reason }
}
