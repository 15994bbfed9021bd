// Stops a libp2p node so that nothing of it stays behind. Apart because members and relays end alike.

import type { Libp2p } from '@libp2p/interface'

/** The address manager's debounced write, which libp2p does not stop: its timer holds a Node process for a second. */
interface NodeInside {
  readonly components: { readonly addressManager: { readonly _updatePeerStoreAddresses: { stop(): void } } }
}

export async function endNode(node: Libp2p): Promise<void> {
  await node.stop()
  const { components } = node as unknown as NodeInside
  components.addressManager._updatePeerStoreAddresses.stop()
}
