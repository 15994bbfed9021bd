// Puts a budget before gossipsub: broadcasts beyond what their sender may send are gone before anybody hashes them or checks
// a signature. Reaches into gossipsub, whose public way (a validator) runs after both; the version is pinned and a test watches it.

import type { PeerId as LibP2PPeerId } from '@libp2p/interface'
import type { Gossip } from '../gossip.ts'

interface ReceivedRpc {
  messages: readonly { readonly data?: Uint8Array }[]
}

interface GossipInside {
  handleReceivedRpc(from: LibP2PPeerId, rpc: ReceivedRpc): Promise<void>
}

/** @param admits asked once for each broadcast as it arrives, duplicates too, with its size in bytes */
export function guardGossip(gossip: Gossip, admits: (peer: string, bytes: number) => boolean): void {
  const inside = gossip as unknown as GossipInside
  const handle = inside.handleReceivedRpc.bind(gossip)
  inside.handleReceivedRpc = (from, rpc) => {
    const peer = from.toString()
    rpc.messages = rpc.messages.filter(({ data }) => admits(peer, data?.length ?? 0))
    return handle(from, rpc)
  }
}
