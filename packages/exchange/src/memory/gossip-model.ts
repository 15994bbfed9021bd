// One member's gossip on the virtual clock: what gossipsub v1.1 does for one topic (graft, prune, backoff, score, IHAVE and
// IWANT on heartbeats, seen cache), written after the specification and held against real nodes by an experiment
// (`docs/experiments/2026-11-25-gossip-model.md`). IDONTWANT is left out: real nodes send it from 512 bytes up.
// https://github.com/libp2p/specs/blob/master/pubsub/gossipsub/gossipsub-v1.1.md

import type { PeerId } from '../ports.ts'
import { createGossipCache, type GossipMessage } from './gossip-cache.ts'
import { createGossipMesh } from './gossip-mesh.ts'
import type { GossipRouter, GossipWires } from './gossip-router.ts'
import { createGossipScores } from './gossip-score.ts'
import type { GossipSettings } from './gossip-settings.ts'
import { pick } from './pick.ts'

export function createGossipRouter(wires: GossipWires, settings: GossipSettings): GossipRouter {
  const { thresholds } = settings
  const scores = createGossipScores(settings.score)
  const cache = createGossipCache(settings)
  const links = createGossipMesh(wires, settings, scores)
  /** What neighbours promised by IHAVE and owe since an IWANT: message → neighbour → until when, ms. */
  const promises = new Map<string, Map<PeerId, number>>()
  /** Since the last heartbeat, by neighbour. */
  const ihaves = new Map<PeerId, number>()
  const iwants = new Map<PeerId, number>()
  const asked = new Map<PeerId, number>()

  const countOf = (counts: Map<PeerId, number>, peer: PeerId): number => {
    const count = (counts.get(peer) ?? 0) + 1
    counts.set(peer, count)
    return count
  }

  function takeMessage(from: PeerId, message: GossipMessage): void {
    const now = wires.now()
    promises.delete(message.id)
    const fate = cache.fateOf(message.id, now)
    if (fate === undefined) {
      cache.setFate(message.id, 'unknown', now)
      cache.put(message, from, false)
      return wires.deliver(message, from)
    }
    if (fate === 'invalid') scores.deliveredInvalid(from)
    if (fate === 'unknown') cache.get(message.id)?.others.add(from)
  }

  function takeIhave(from: PeerId, ids: readonly string[]): void {
    if (scores.of(from) < thresholds.gossip || countOf(ihaves, from) > settings.maxIhaveMessages) return
    const room = settings.maxIhaveLength - (asked.get(from) ?? 0)
    const now = wires.now()
    const wanted = pick(ids.slice(0, settings.maxIhaveLength).filter((id) => cache.fateOf(id, now) === undefined), Math.max(0, room), wires.random)
    if (wanted.length === 0) return
    asked.set(from, (asked.get(from) ?? 0) + wanted.length)
    // One of them stands for all: gossipsub tracks a random one per IWANT.
    const promised = wanted[wires.random.integer(wanted.length)]!
    const debtors = promises.get(promised) ?? new Map<PeerId, number>()
    if (!debtors.has(from)) debtors.set(from, now + settings.iwantFollowupMs)
    promises.set(promised, debtors)
    wires.send(from, { iwant: wanted })
  }

  function takeIwant(from: PeerId, ids: readonly string[]): void {
    if (scores.of(from) < thresholds.gossip || countOf(iwants, from) > settings.maxIwantMessages) return
    const messages: GossipMessage[] = []
    for (const id of ids.slice(0, settings.maxIhaveLength)) {
      const cached = cache.get(id)
      if (cached !== undefined && countOf(cached.asked, from) <= settings.retransmissions) messages.push(cached.message)
    }
    if (messages.length > 0) wires.send(from, { messages })
  }

  function settlePromises(now: number): void {
    for (const [id, debtors] of promises) {
      for (const [peer, until] of debtors) {
        if (until >= now) continue
        debtors.delete(peer)
        scores.misbehaved(peer, 1)
      }
      if (debtors.size === 0) promises.delete(id)
    }
  }

  function offer(): void {
    const ids = cache.offers()
    if (ids.length === 0) return
    const outside = links.known().filter((peer) => !links.has(peer) && scores.of(peer) >= thresholds.gossip)
    const count = Math.max(settings.lazyDegree, Math.floor(settings.gossipFactor * outside.length))
    for (const peer of pick(outside, count, wires.random)) wires.send(peer, { ihave: ids })
  }

  return {
    connected(peer, isOutbound) {
      scores.joined(peer)
      links.connected(peer, isOutbound)
      wires.send(peer, { subscribe: true })
    },
    disconnected(peer) {
      links.disconnected(peer)
      scores.left(peer, wires.now())
    },
    received(from, rpc) {
      if (!links.isConnected(from) || scores.of(from) < thresholds.graylist) return
      if (rpc.subscribe === true) links.subscribed(from)
      for (const message of rpc.messages ?? []) takeMessage(from, message)
      if (rpc.ihave !== undefined) takeIhave(from, rpc.ihave)
      if (rpc.iwant !== undefined) takeIwant(from, rpc.iwant)
      if (rpc.graft === true) links.grafted(from)
      if (rpc.prune !== undefined) links.pruned(from, rpc.prune)
    },
    publish(message) {
      const now = wires.now()
      if (cache.fateOf(message.id, now) !== undefined) return
      const receivers = links.receiversOfOwn()
      // Without neighbours it is lost, and must not count as seen, or the same bytes could never be sent again.
      if (receivers.length === 0) return
      cache.setFate(message.id, 'valid', now)
      cache.put(message, undefined, true)
      for (const peer of receivers) wires.send(peer, { messages: [message] })
    },
    verdict(id, verdict) {
      const cached = cache.get(id)
      if (cached?.source === undefined || cached.validated) return
      const { message, source, others } = cached
      const now = wires.now()
      if (verdict === 'forward') {
        cached.validated = true
        cache.setFate(id, 'valid', now)
        scores.deliveredFirst(source)
        for (const peer of links.mesh()) if (peer !== source && !others.has(peer)) wires.send(peer, { messages: [message] })
        return
      }
      cache.remove(id)
      cache.setFate(id, verdict === 'reject' ? 'invalid' : 'ignored', now)
      if (verdict === 'reject') for (const peer of [source, ...others]) scores.deliveredInvalid(peer)
    },
    beat() {
      const now = wires.now()
      scores.decay(now)
      ihaves.clear()
      iwants.clear()
      asked.clear()
      settlePromises(now)
      links.beat()
      offer()
      cache.shift()
    },
    mesh: () => links.mesh(),
    scoreOf: (peer) => scores.of(peer),
  }
}
