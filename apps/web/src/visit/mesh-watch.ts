// The mesh as this browser's tabs see it. Only the running tab has one; it tells the watching tabs through a
// BroadcastChannel, so that their picture is live too.

import type { Mesh, MeshView } from '@megabrain/mesh'
import { createSignal, type Source } from './source.ts'

export type MeshState =
  | { readonly kind: 'closed' }
  /** Its code is not here yet; `reason` when the host does not answer. */
  | { readonly kind: 'loading'; readonly reason: string | undefined }
  | { readonly kind: 'open'; readonly view: MeshView }

export interface MeshWatch extends Source<MeshState> {
  loading(reason: string | undefined): void
  closed(): void
  /** Follows `mesh` until `detach` is called. */
  attach(mesh: Watched): () => void
}

type Message =
  | { readonly kind: 'ask' }
  /** A visitor named a relay, in any tab. */
  | { readonly kind: 'name'; readonly address: string }
  | { readonly kind: 'told'; readonly state: MeshState }

type Watched = Pick<Mesh, 'view' | 'onView' | 'addRelay'>

const CLOSED: MeshState = { kind: 'closed' }

export function meshChannel(page: Window & typeof globalThis, realm: string): BroadcastChannel {
  return new page.BroadcastChannel(`megabrain-mesh-view/${realm}`)
}

/** @param channel shared by the tabs of this origin; the watch lives as long as the tab */
export function createMeshWatch(channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>): MeshWatch {
  const signal = createSignal(CLOSED)
  let running = false
  let watched: Watched | undefined

  const tell = (state: MeshState): void => {
    running = state.kind !== 'closed'
    signal.set(state)
    channel.postMessage({ kind: 'told', state } satisfies Message)
  }
  channel.addEventListener('message', (event) => {
    const message = event.data as Message
    if (message.kind === 'ask' && running) channel.postMessage({ kind: 'told', state: signal.current() } satisfies Message)
    if (message.kind === 'name') watched?.addRelay(message.address)
    if (message.kind === 'told' && !running) signal.set(message.state)
  })
  channel.postMessage({ kind: 'ask' } satisfies Message)

  return {
    current: signal.current,
    subscribe: signal.subscribe,
    loading: (reason) => tell({ kind: 'loading', reason }),
    closed: () => tell(CLOSED),
    attach: (mesh) => {
      watched = mesh
      tell({ kind: 'open', view: mesh.view() })
      const unsubscribe = mesh.onView((view) => tell({ kind: 'open', view }))
      return () => {
        watched = undefined
        unsubscribe()
        tell(CLOSED)
      }
    },
  }
}
