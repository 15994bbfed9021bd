// Gossip as an attacker runs it: lighter than an honest node's, so that many are cheap. It wants a place in everybody's mesh
// and then passes on only what its plan says. All sybils of one attack share a plan.

import type { GossipMessage } from '../../src/memory/gossip-cache.ts'
import type { CreateRouter, GossipRouter, GossipWires } from '../../src/memory/gossip-router.ts'
import type { PeerId } from '../../src/ports.ts'

export interface SybilPlan {
  /** Whether a message is passed on; asked once per sybil and message. */
  forwards(message: GossipMessage, now: number, uniform: number): boolean
  /** Whether it grafts everybody, again and again as soon as a backoff allows it. */
  readonly grafts: boolean
  /** Offers at heartbeats ids that it will not deliver. @default 0 */
  readonly emptyOffers?: number
  /** Messages at heartbeats that honest members must reject. @default 0 */
  readonly invalid?: number
  /** From when on `emptyOffers` and `invalid` are sent, ms. @default at once */
  readonly turnsAt?: number
}

/** A backoff as honest members ask for it, and a little more: grafting within it costs score. */
const REGRAFT_MS = 61_000

export function createSybilRouter(plan: SybilPlan): CreateRouter {
  return (wires) => sybilRouter(wires, plan)
}

function sybilRouter(wires: GossipWires, plan: SybilPlan): GossipRouter {
  const peers = new Set<PeerId>()
  const mesh = new Set<PeerId>()
  const backoffs = new Map<PeerId, number>()
  const seen = new Set<string>()
  let beats = 0

  function spread(message: GossipMessage, except: PeerId | undefined): void {
    for (const peer of mesh) if (peer !== except) wires.send(peer, { messages: [message] })
  }

  return {
    connected(peer) {
      peers.add(peer)
      wires.send(peer, { subscribe: true, ...(plan.grafts ? { graft: true } : {}) })
      if (plan.grafts) mesh.add(peer)
    },
    disconnected(peer) {
      peers.delete(peer)
      mesh.delete(peer)
    },
    received(from, rpc) {
      if (rpc.graft === true) mesh.add(from)
      if (rpc.prune !== undefined) {
        mesh.delete(from)
        backoffs.set(from, wires.now() + REGRAFT_MS)
      }
      for (const message of rpc.messages ?? []) {
        if (seen.has(message.id)) continue
        seen.add(message.id)
        if (plan.forwards(message, wires.now(), wires.random.uniform())) spread(message, from)
      }
    },
    publish: (message) => spread(message, undefined),
    verdict: () => undefined,
    beat() {
      const now = wires.now()
      beats++
      if (plan.grafts) {
        for (const peer of peers) {
          if (mesh.has(peer) || (backoffs.get(peer) ?? 0) > now) continue
          mesh.add(peer)
          wires.send(peer, { graft: true })
        }
      }
      if (now < (plan.turnsAt ?? 0)) return
      const offers = Array.from({ length: plan.emptyOffers ?? 0 }, (_, i) => `${wires.self}/${beats}/${i}`)
      if (offers.length > 0) for (const peer of peers) wires.send(peer, { ihave: offers })
      const broken = Array.from({ length: plan.invalid ?? 0 }, (_, i) => ({ id: `${wires.self}!${beats}/${i}`, bytes: INVALID }))
      if (broken.length > 0) for (const peer of peers) wires.send(peer, { messages: broken })
    },
    mesh: () => [...mesh],
    scoreOf: () => 0,
  }
}

/** What the honest members of the experiment reject. */
export const INVALID = Uint8Array.of(255)
