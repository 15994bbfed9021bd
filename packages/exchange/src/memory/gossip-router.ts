// Where a member's gossip meets the memory network: what travels over a link, and what a router gets and must do. Apart
// from the honest router, so that attackers can bring their own.

import type { Random } from '@megabrain/evolve'
import type { PeerId, Verdict } from '../ports.ts'
import type { GossipMessage } from './gossip-cache.ts'

/** What travels over a link at once. */
export interface GossipRpc {
  readonly subscribe?: true
  readonly messages?: readonly GossipMessage[]
  readonly ihave?: readonly string[]
  readonly iwant?: readonly string[]
  readonly graft?: true
  /** How long the receiver must not graft the sender, ms. */
  readonly prune?: number
}

/** What a router needs from the network it lives in. */
export interface GossipWires {
  readonly self: PeerId
  readonly random: Random
  now(): number
  send(to: PeerId, rpc: GossipRpc): void
  /** Hands a message to the member, who owes a verdict. */
  deliver(message: GossipMessage, from: PeerId): void
}

/** One member's gossip. Attackers bring their own. */
export interface GossipRouter {
  /** @param isOutbound whether we dialled */
  connected(peer: PeerId, isOutbound: boolean): void
  disconnected(peer: PeerId): void
  received(from: PeerId, rpc: GossipRpc): void
  publish(message: GossipMessage): void
  verdict(id: string, verdict: Verdict): void
  /** Once a heartbeat, as often as the settings say. */
  beat(): void
  /** Neighbours that get each message at once. */
  mesh(): readonly PeerId[]
  scoreOf(peer: PeerId): number
}

export type CreateRouter = (wires: GossipWires) => GossipRouter
