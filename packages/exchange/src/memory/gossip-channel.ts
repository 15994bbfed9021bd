// Gossip as a channel model: one router for each member of the memory network, its heartbeats on the virtual clock, its
// RPCs over the network's links. Attackers replace their own router and nothing else.

import { createRandom } from '@megabrain/evolve'
import type { PeerId } from '../ports.ts'
import type { ChannelMedium, ChannelModel, Station } from './channel-model.ts'
import { createGossipRouter } from './gossip-model.ts'
import type { CreateRouter, GossipRouter, GossipRpc } from './gossip-router.ts'
import { gossipSettingsFor, type GossipSettings } from './gossip-settings.ts'

export interface GossipChannelOptions {
  /** @default those of a member of degree 6, for all */
  readonly settingsOf?: (peer: PeerId) => GossipSettings
  /** Gossip of its own making for some; undefined for the honest. */
  readonly routerOf?: (peer: PeerId) => CreateRouter | undefined
}

export interface GossipCounts {
  /** Sent at once, whatever they carry. */
  readonly rpcs: number
  /** Broadcasts in them. */
  readonly copies: number
  /** Those that offer something, and those that graft. */
  readonly ihaves: number
  readonly grafts: number
}

/** What the network needs, and a view into it for experiments. */
export interface GossipChannel {
  createModel(medium: ChannelMedium): ChannelModel
  /** @throws RangeError for a member that is not there */
  routerOf(peer: PeerId): GossipRouter
  counts(): GossipCounts
}

/** What a signed gossipsub message adds to its data: author, sequence number, topic, signature and frame, bytes. */
const MESSAGE_FRAME_BYTES = 200
/** A message id in IHAVE or IWANT with its frame, bytes. */
const ID_BYTES = 22
/** An RPC without content, bytes. */
const RPC_BYTES = 8

/** A value for `channelModel`: `createGossipChannel(options).createModel`. */
export function createGossipChannel(options: GossipChannelOptions = {}): GossipChannel {
  const routers = new Map<PeerId, GossipRouter>()
  const counts = { rpcs: 0, copies: 0, ihaves: 0, grafts: 0 }

  function createModel(medium: ChannelMedium): ChannelModel {
    function send(from: Station, to: PeerId, rpc: GossipRpc): void {
      const target = from.links.get(to)
      if (target === undefined) return
      counts.rpcs++
      counts.copies += rpc.messages?.length ?? 0
      if (rpc.ihave !== undefined) counts.ihaves++
      if (rpc.graft === true) counts.grafts++
      medium.carry(from, target, bytesOf(rpc), () => routers.get(to)?.received(from.peer, rpc))
    }

    function start(station: Station): void {
      const { peer } = station
      const settings = (options.settingsOf ?? (() => gossipSettingsFor(6)))(peer)
      const random = createRandom(medium.random.integer(4_294_967_296))
      const create: CreateRouter = options.routerOf?.(peer) ?? ((wires) => createGossipRouter(wires, settings))
      const router = create({
        self: peer,
        random,
        now: () => medium.now(),
        send: (to, rpc) => send(station, to, rpc),
        deliver: ({ id, bytes }, from) => medium.deliver(station, { id, from, bytes }),
      })
      routers.set(peer, router)
      const beat = (): void => {
        if (routers.get(peer) !== router) return
        router.beat()
        medium.after(settings.heartbeatMs, beat)
      }
      medium.after(random.integer(settings.heartbeatMs), beat)
    }

    return {
      publish: ({ peer }, id, bytes) => routers.get(peer)?.publish({ id, bytes }),
      verdict: ({ peer }, id, verdict) => routers.get(peer)?.verdict(id, verdict),
      joined: start,
      left: ({ peer }) => void routers.delete(peer),
      linked(a, b) {
        routers.get(a.peer)?.connected(b.peer, true)
        routers.get(b.peer)?.connected(a.peer, false)
      },
      unlinked(a, b) {
        routers.get(a.peer)?.disconnected(b.peer)
        routers.get(b.peer)?.disconnected(a.peer)
      },
    }
  }

  return {
    createModel,
    routerOf(peer) {
      const router = routers.get(peer)
      if (router === undefined) throw new RangeError(`A member must be there to look into its gossip, got ${peer}`)
      return router
    },
    counts: () => ({ ...counts }),
  }
}

function bytesOf({ messages = [], ihave = [], iwant = [] }: GossipRpc): number {
  return messages.reduce((sum, { bytes }) => sum + bytes.length + MESSAGE_FRAME_BYTES, RPC_BYTES + (ihave.length + iwant.length) * ID_BYTES)
}
