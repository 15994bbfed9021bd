// Tells the tab that runs to use a relay, and the next visits too. Late code, and by channel: the mesh is in whichever tab runs.

import { meshChannel } from './mesh-watch.ts'
import { nameRelays } from './remembered.ts'

/** @param realms ids of the realms whose meshes should use it */
export function nameRelay(page: Window & typeof globalThis, addresses: readonly string[], realms: readonly string[]): void {
  nameRelays(page.localStorage, addresses)
  for (const realm of realms) {
    const channel = meshChannel(page, realm)
    for (const address of addresses) channel.postMessage({ kind: 'name', address })
    channel.close()
  }
}
