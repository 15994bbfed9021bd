// The island's mesh through a relay elsewhere. Its code is large and comes only once an island runs.

import type { IslandOptions } from '@megabrain/island'
import { relayAddresses } from '@megabrain/mesh/relay-addresses'
import { iceServersOf, type RelayNotice } from '@megabrain/mesh/relay-notice'

export function meshThrough(relay: URL, notice: RelayNotice): NonNullable<IslandOptions['openMesh']> {
  const relays = relayAddresses(relay, notice, [])
  const iceServers = iceServersOf(notice, relay.hostname)
  return async (realm, settings) => {
    const { openMesh } = await import('@megabrain/mesh')
    const mesh = await openMesh({ relays, realm, iceServers, ...settings })
    // Connections may have died without a word while the network was away.
    const wake = (): void => mesh.wake()
    addEventListener('online', wake)
    return {
      ...mesh,
      async close() {
        removeEventListener('online', wake)
        await mesh.close()
      },
    }
  }
}
