// Puts one visit together: what the relay said, what this browser remembers, the island and its mesh. The only file of
// the page that knows all of them; components get values and one `command`.

import { openIsland, type Command, type Island, type MeshSettings, type Snapshot } from '@megabrain/island'
import type { Mesh } from '@megabrain/mesh'
import { parseInvitation } from './invitation.ts'
import { loadLater } from './load-later.ts'
import { createMeshWatch, meshChannel, type MeshState, type MeshWatch } from './mesh-watch.ts'
import { findObstacle, type Obstacle } from './obstacles.ts'
import { relayAddresses } from '@megabrain/mesh/relay-addresses'
import { iceServersOf, relayNotice, type RealmNotice, type RelayNotice } from '@megabrain/mesh/relay-notice'
import { hasConsent, rememberConsent, namedRelays, rememberedRealm, rememberedRelays, rememberRealm, rememberRelays } from './remembered.ts'
import { watchRoute, type Route } from './route.ts'
import type { Source } from './source.ts'
import { wakeWithThePage } from './waking.ts'

export interface Visit {
  readonly island: Source<Snapshot>
  /** What the mesh of a realm looks like: the same source for the same realm. */
  readonly meshOf: (realm: string | undefined) => Source<MeshState>
  /** Ids of the first realm's tasks, as its relay lists them; the island goes by the signed document. */
  readonly tasks: readonly string[]
  /** What the relay that served the page offers. */
  readonly realms: readonly RealmNotice[]
  /** Whether Start must ask first. */
  readonly needsConsent: boolean
  /** The visitor agreed: remembers it and starts. */
  readonly start: () => void
  readonly command: (command: Command) => void
  /** Everybody's credit as a signed file; undefined while this tab does not run. */
  readonly exportCredit: () => Promise<Uint8Array | undefined>
  readonly route: Source<Route>
}

export type Opened = { readonly kind: 'obstacle'; readonly obstacle: Obstacle } | { readonly kind: 'visit'; readonly visit: Visit }

/** Starts no worker, no connection and no evaluation. */
export async function openVisit(page: Window & typeof globalThis): Promise<Opened> {
  const obstacle = findObstacle(page)
  if (obstacle !== undefined) return { kind: 'obstacle', obstacle }
  const notice = relayNotice(page.document)
  const invitation = parseInvitation(page.location.hash)
  const invited = invitation.realm === undefined ? undefined : { policy: invitation.realm, tasks: [] }
  const realm = invited ?? notice?.realms[0] ?? rememberedRealm(page.localStorage)
  if (realm === undefined) return { kind: 'obstacle', obstacle: { kind: 'no-realm' } }

  const watches = new Map<string, MeshWatch>()
  const meshOf = (id = ''): MeshWatch => {
    const watch = watches.get(id) ?? createMeshWatch(meshChannel(page, id))
    watches.set(id, watch)
    return watch
  }
  const island: Island = await openIsland({
    realm: realm.policy,
    openMesh: (id, settings) => openMeshOf(page, id, { notice, invited: invitation.relays, settings }, meshOf(id), () => isOn(island.snapshot())),
  })
  const command = (given: Command): void => island.command(given)
  return {
    kind: 'visit',
    visit: {
      island: { current: () => island.snapshot(), subscribe: (listener) => island.subscribe(listener) },
      meshOf,
      tasks: realm.tasks,
      realms: notice?.realms ?? [],
      needsConsent: !hasConsent(page.localStorage, Date.now()),
      start: () => {
        rememberConsent(page.localStorage, Date.now())
        rememberRealm(page.localStorage, realm)
        command({ kind: 'start' })
      },
      command,
      exportCredit: () => island.exportCredit(),
      route: watchRoute(page),
    },
  }
}

interface KnownRelays {
  readonly notice: RelayNotice | undefined
  /** By the link that led here. */
  readonly invited: readonly string[]
  readonly settings: MeshSettings
}

async function openMeshOf(page: Window, realm: string, { notice, invited, settings }: KnownRelays, watch: MeshWatch, isWanted: () => boolean) {
  watch.loading(undefined)
  const relays = relayAddresses(page.location, notice, [...invited, ...namedRelays(page.localStorage)])
  const spareRelays = relayAddresses(page.location, undefined, rememberedRelays(page.localStorage))
  let mesh: Mesh
  try {
    const { openMesh } = await loadLater(() => import('@megabrain/mesh'), { onFailure: (reason) => watch.loading(reason), isWanted })
    const iceServers = notice === undefined ? [] : iceServersOf(notice, page.location.hostname)
    mesh = await openMesh({ relays, spareRelays, realm, iceServers, ...settings })
  } catch (error) {
    watch.closed()
    throw error
  }
  rememberRelays(page.localStorage, relays)
  const stopRemembering = rememberMet(page.localStorage, mesh)
  const detach = watch.attach(mesh)
  const unwire = wakeWithThePage(page, mesh)
  return {
    ...mesh,
    close: async () => {
      unwire()
      detach()
      stopRemembering()
      await mesh.close()
    },
  }
}

/** Relays that others told of and that answered: this browser finds them again when the page's own is gone. */
function rememberMet(drawer: Storage, mesh: Mesh): () => void {
  let last = ''
  return mesh.onView(({ relays }) => {
    const met = relays.filter(({ state, reason }) => state === 'connected' && reason === undefined).map(({ address }) => address)
    if (met.length === 0 || met.join() === last) return
    last = met.join()
    rememberRelays(drawer, met)
  })
}

function isOn({ phase }: Snapshot): boolean {
  return phase === 'starting' || phase === 'running' || phase === 'paused'
}
