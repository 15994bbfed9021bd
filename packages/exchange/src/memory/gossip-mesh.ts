// Whom one member of the gossip model sends each message at once: grafting up to D when there are fewer than D_lo, pruning
// down to D when there are more than D_hi, never whom it thinks ill of, with a quota of neighbours that it dialled itself.

import type { PeerId } from '../ports.ts'
import type { GossipWires } from './gossip-router.ts'
import type { GossipScores } from './gossip-score.ts'
import type { GossipSettings } from './gossip-settings.ts'
import { pick } from './pick.ts'

export interface GossipMesh {
  connected(peer: PeerId, isOutbound: boolean): void
  disconnected(peer: PeerId): void
  isConnected(peer: PeerId): boolean
  /** Who subscribed. */
  known(): readonly PeerId[]
  has(peer: PeerId): boolean
  mesh(): readonly PeerId[]
  receiversOfOwn(): readonly PeerId[]
  subscribed(from: PeerId): void
  grafted(from: PeerId): void
  pruned(from: PeerId, backoffMs: number): void
  beat(): void
}

/** Expired backoffs are cleared every so many heartbeats only, and until then bar our own grafts. */
const CLEAR_TICKS = 15

export function createGossipMesh(wires: GossipWires, settings: GossipSettings, scores: GossipScores): GossipMesh {
  const { degree, leastDegree, mostDegree, scoredDegree, outboundDegree, thresholds } = settings
  /** Connected: whether we dialled. */
  const outbound = new Map<PeerId, boolean>()
  const subscribers = new Set<PeerId>()
  const mesh = new Set<PeerId>()
  const backoffs = new Map<PeerId, number>()
  let ticks = 0

  const isOutbound = (peer: PeerId): boolean => outbound.get(peer) === true
  const isEligible = (peer: PeerId): boolean => !mesh.has(peer) && !backoffs.has(peer) && scores.of(peer) >= 0

  function backOff(peer: PeerId, ms: number): void {
    backoffs.set(peer, Math.max(backoffs.get(peer) ?? 0, wires.now() + ms))
  }

  function add(peer: PeerId): void {
    scores.grafted(peer, wires.now())
    mesh.add(peer)
  }

  function graft(peer: PeerId): void {
    add(peer)
    wires.send(peer, { graft: true })
  }

  function drop(peer: PeerId): void {
    mesh.delete(peer)
    scores.pruned(peer)
    backOff(peer, settings.pruneBackoffMs)
    wires.send(peer, { prune: settings.pruneBackoffMs })
  }

  /** The best few by score stay, the rest by lot, and among those who stay enough that we dialled. */
  function keepers(): ReadonlySet<PeerId> {
    const ranked = [...mesh].sort((a, b) => scores.of(b) - scores.of(a))
    const order = [...ranked.slice(0, scoredDegree), ...pick(ranked.slice(scoredDegree), ranked.length, wires.random)]
    const kept = order.slice(0, degree)
    const missing = outboundDegree - kept.filter(isOutbound).length
    if (missing <= 0) return new Set(kept)
    // Who we dialled moves to the front, so that the last of the others give way.
    return new Set([...kept.filter(isOutbound), ...order.slice(degree).filter(isOutbound), ...kept.filter((peer) => !isOutbound(peer))].slice(0, degree))
  }

  /** Whom to graft: by lot, of those that may be. */
  function candidates(count: number, isFit: (peer: PeerId) => boolean = () => true): readonly PeerId[] {
    return pick([...subscribers].filter((peer) => isEligible(peer) && isFit(peer)), count, wires.random)
  }

  function graftBetter(): void {
    const ranked = [...mesh].map((peer) => scores.of(peer)).sort((a, b) => a - b)
    const median = ranked[Math.floor(ranked.length / 2)]!
    if (median >= thresholds.opportunisticGraft) return
    for (const peer of candidates(settings.opportunisticPeers, (id) => scores.of(id) > median)) graft(peer)
  }

  return {
    connected: (peer, dialled) => void outbound.set(peer, dialled),
    disconnected(peer) {
      outbound.delete(peer)
      subscribers.delete(peer)
      mesh.delete(peer)
    },
    isConnected: (peer) => outbound.has(peer),
    known: () => [...subscribers],
    has: (peer) => mesh.has(peer),
    mesh: () => [...mesh],
    receiversOfOwn() {
      const willing = [...subscribers].filter((peer) => scores.of(peer) >= thresholds.publish)
      if (settings.floodPublish) return willing
      const others = willing.filter((peer) => !mesh.has(peer))
      return [...mesh, ...pick(others, Math.max(0, degree - mesh.size), wires.random)]
    },
    subscribed(from) {
      subscribers.add(from)
      if (mesh.size < leastDegree && isEligible(from)) graft(from)
    },
    grafted(from) {
      if (mesh.has(from)) return
      const now = wires.now()
      const until = backoffs.get(from)
      if (until !== undefined && now < until) {
        scores.misbehaved(from, now < until - settings.pruneBackoffMs + settings.graftFloodMs ? 2 : 1)
      } else if (scores.of(from) >= 0 && (mesh.size < mostDegree || isOutbound(from))) return add(from)
      backOff(from, settings.pruneBackoffMs)
      wires.send(from, { prune: settings.pruneBackoffMs })
    },
    pruned(from, backoffMs) {
      mesh.delete(from)
      scores.pruned(from)
      backOff(from, backoffMs > 0 ? backoffMs : settings.pruneBackoffMs)
    },
    beat() {
      const now = wires.now()
      ticks++
      if (ticks % CLEAR_TICKS === 0) for (const [peer, until] of backoffs) if (until + settings.heartbeatMs < now) backoffs.delete(peer)
      for (const peer of mesh) if (scores.of(peer) < 0) drop(peer)
      if (mesh.size < leastDegree) for (const peer of candidates(degree - mesh.size)) graft(peer)
      if (mesh.size > mostDegree) {
        const kept = keepers()
        for (const peer of [...mesh]) if (!kept.has(peer)) drop(peer)
      }
      if (mesh.size >= leastDegree) {
        const missing = outboundDegree - [...mesh].filter(isOutbound).length
        if (missing > 0) for (const peer of candidates(missing, isOutbound)) graft(peer)
      }
      if (ticks % settings.opportunisticTicks === 0 && mesh.size > 1) graftBetter()
    },
  }
}
