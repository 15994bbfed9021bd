// The island's mesh through a relay elsewhere. Its code is large and comes only once an island runs.

import type { IslandOptions } from '@megabrain/island'
import { relayAddresses } from '@megabrain/mesh/relay-addresses'
import type { RelayNotice } from '@megabrain/mesh/relay-notice'

export function meshThrough(relay: URL, notice: RelayNotice): NonNullable<IslandOptions['openMesh']> {
  const relays = relayAddresses(relay, notice, [])
  const iceServers = [...(notice.stun === undefined ? [] : [{ urls: `stun:${relay.hostname}:${notice.stun}` }]), ...notice.turn]
  return async (realm, { relayOnly }) => {
    const { openMesh } = await import('@megabrain/mesh')
    const mesh = await openMesh({ relays, realm, relayOnly, iceServers })
    // Connections may have died without a word while the network was away.
    const wake = (): void => mesh.wake()
    addEventListener('online', wake)
    return {
      self: mesh.self,
      channel: mesh.channel,
      requests: mesh.requests,
      members: mesh.members,
      directory: mesh.directory,
      async close() {
        removeEventListener('online', wake)
        await mesh.close()
      },
    }
  }
}
