// What one member of the gossip model thinks of its neighbours: gossipsub v1.1's score with the parts that our mesh
// switches on (P1 time in mesh, P2 first deliveries, P4 rejected messages, P7 broken promises and rude grafts).

import type { PeerId } from '../ports.ts'
import type { GossipScoring } from './gossip-settings.ts'

export interface GossipScores {
  joined(peer: PeerId): void
  left(peer: PeerId, now: number): void
  grafted(peer: PeerId, now: number): void
  pruned(peer: PeerId): void
  deliveredFirst(peer: PeerId): void
  deliveredInvalid(peer: PeerId): void
  misbehaved(peer: PeerId, times: number): void
  /** Once a second. */
  decay(now: number): void
  of(peer: PeerId): number
}

interface Stats {
  isConnected: boolean
  expiresAt: number
  /** While it is in the mesh. */
  graftedAt: number | undefined
  meshMs: number
  firstDeliveries: number
  invalid: number
  misbehaviour: number
}

export function createGossipScores(scoring: GossipScoring): GossipScores {
  const peers = new Map<PeerId, Stats>()
  const faded = (value: number, decay: number): number => (value * decay < scoring.decayToZero ? 0 : value * decay)

  function of(peer: PeerId): number {
    const stats = peers.get(peer)
    if (stats === undefined) return 0
    const meshSeconds = stats.graftedAt === undefined ? 0 : Math.min(scoring.timeInMeshCap, stats.meshMs / 1_000)
    const good = meshSeconds * scoring.timeInMeshWeight + stats.firstDeliveries * scoring.firstDeliveryWeight
    const topic = Math.min(scoring.cap, good + stats.invalid * stats.invalid * scoring.invalidWeight)
    const excess = Math.max(0, stats.misbehaviour - scoring.behaviourThreshold)
    return topic + (scoring.appScore?.(peer) ?? 0) + excess * excess * scoring.behaviourWeight
  }

  function change(peer: PeerId, apply: (stats: Stats) => void): void {
    const stats = peers.get(peer)
    if (stats !== undefined) apply(stats)
  }

  return {
    joined(peer) {
      const kept = peers.get(peer)
      if (kept !== undefined) kept.isConnected = true
      else {
        peers.set(peer, {
          isConnected: true, expiresAt: 0, graftedAt: undefined, meshMs: 0, firstDeliveries: 0, invalid: 0, misbehaviour: 0,
        })
      }
    },
    left(peer, now) {
      // A good name is forgotten at once, a bad one kept: leaving must not wash it.
      if (of(peer) > 0) return void peers.delete(peer)
      change(peer, (stats) => Object.assign(stats, { isConnected: false, expiresAt: now + scoring.retainMs, graftedAt: undefined, firstDeliveries: 0 }))
    },
    grafted: (peer, now) => change(peer, (stats) => Object.assign(stats, { graftedAt: now, meshMs: 0 })),
    pruned: (peer) => change(peer, (stats) => (stats.graftedAt = undefined)),
    deliveredFirst: (peer) => change(peer, (stats) => (stats.firstDeliveries = Math.min(scoring.firstDeliveryCap, stats.firstDeliveries + 1))),
    deliveredInvalid: (peer) => change(peer, (stats) => stats.invalid++),
    misbehaved: (peer, times) => change(peer, (stats) => (stats.misbehaviour += times)),
    decay(now) {
      for (const [peer, stats] of peers) {
        if (!stats.isConnected) {
          if (now > stats.expiresAt) peers.delete(peer)
          continue
        }
        if (stats.firstDeliveries > 0) stats.firstDeliveries = faded(stats.firstDeliveries, scoring.firstDeliveryDecay)
        if (stats.invalid > 0) stats.invalid = faded(stats.invalid, scoring.invalidDecay)
        if (stats.misbehaviour > 0) stats.misbehaviour = faded(stats.misbehaviour, scoring.behaviourDecay)
        if (stats.graftedAt !== undefined) stats.meshMs = now - stats.graftedAt
      }
    },
    of,
  }
}
