// Who is linked to whom in a gossip experiment: a member takes so many links and no more, and may give up those that turned
// out to be worth little. The policy is a proposal for the mesh; without one links stay as they were made.

import type { Random } from '@megabrain/evolve'
import type { GossipChannel } from '../../src/memory/gossip-channel.ts'
import type { MemoryNetwork } from '../../src/memory/memory-network.ts'
import type { PeerId } from '../../src/ports.ts'
import type { WorldOptions } from './gossip-world.ts'

export interface LinkPolicy {
  /** Links that others may dial. */
  readonly inbound: number
  /** How often a member gives up the link that is worth least to it, and dials another; Infinity for never. */
  readonly rotateMs: number
  /** A link is not given up above this score, nor within its first half minute. */
  readonly worth: number
}

export interface Links {
  /** @returns whether there is a new link */
  dial(from: PeerId, to: PeerId): boolean
  /** Relays not counted. */
  countOf(member: PeerId): number
  /** Starts the rotation of `members`, who know `known`. */
  rotate(members: readonly PeerId[], known: readonly PeerId[]): void
}

/** A link this young has had no chance to show its worth, ms. */
const YOUNG_MS = 30_000

export function createLinks(network: MemoryNetwork, gossip: GossipChannel, { maxLinks = Number.POSITIVE_INFINITY, links: policy, dials }: WorldOptions, random: Random): Links {
  /** Honest member → peer → when it was linked and who dialled. */
  const made = new Map<PeerId, Map<PeerId, { readonly at: number; readonly dialled: boolean }>>()
  const isHonest = (peer: PeerId): boolean => peer.startsWith('h')
  const isRelay = (peer: PeerId): boolean => peer.startsWith('r')
  const neighboursOf = (peer: PeerId): readonly PeerId[] => network.neighboursOf(peer).map((neighbour) => neighbour.peer).filter((other) => !isRelay(other))
  const recordOf = (peer: PeerId, other: PeerId): { readonly at: number; readonly dialled: boolean } | undefined => made.get(peer)?.get(other)

  function note(peer: PeerId, other: PeerId, dialled: boolean): void {
    const records = made.get(peer) ?? new Map<PeerId, { readonly at: number; readonly dialled: boolean }>()
    records.set(other, { at: network.now(), dialled })
    made.set(peer, records)
  }

  /** The link that is worth least, if it is worth little and not young. */
  function least(peer: PeerId, of: readonly PeerId[]): PeerId | undefined {
    if (policy === undefined) return undefined
    const router = gossip.routerOf(peer)
    const old = of.filter((other) => network.now() - (recordOf(peer, other)?.at ?? 0) > YOUNG_MS)
    const ranked = old.map((other) => ({ other, worth: router.scoreOf(other) })).sort((a, b) => a.worth - b.worth)
    return ranked[0] !== undefined && ranked[0].worth < policy.worth ? ranked[0].other : undefined
  }

  /** Makes room for one more that dials in, if it can. */
  function hasRoomFor(peer: PeerId): boolean {
    if (!isHonest(peer)) return true
    const all = neighboursOf(peer)
    if (policy === undefined) return all.length < maxLinks
    const inbound = all.filter((other) => recordOf(peer, other)?.dialled !== true)
    if (inbound.length < policy.inbound && all.length < maxLinks) return true
    const given = least(peer, inbound)
    if (given === undefined) return false
    network.disconnect(peer, given)
    return true
  }

  function dial(from: PeerId, to: PeerId): boolean {
    if (from === to || network.isConnected(from, to) || (isHonest(from) && neighboursOf(from).length >= maxLinks) || !hasRoomFor(to)) return false
    network.connect(from, to)
    if (isHonest(from)) note(from, to, true)
    if (isHonest(to)) note(to, from, false)
    return true
  }

  return {
    dial,
    countOf: (member) => neighboursOf(member).length,
    rotate(members, known) {
      if (policy === undefined || !Number.isFinite(policy.rotateMs)) return
      for (const member of members) {
        const turn = (): void => {
          const dialled = neighboursOf(member).filter((other) => recordOf(member, other)?.dialled === true)
          const given = dialled.length >= dials ? least(member, dialled) : undefined
          if (given !== undefined) network.disconnect(member, given)
          if (given !== undefined || dialled.length < dials) for (let i = 0; i < 4; i++) if (dial(member, known[random.integer(known.length)]!)) break
          network.after(policy.rotateMs, turn)
        }
        network.after(random.integer(policy.rotateMs), turn)
      }
    },
  }
}
