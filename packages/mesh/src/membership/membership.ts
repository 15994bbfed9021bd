// Runs the exchange's membership on this member's links: carries its messages, ticks it, and ends the links of whom it gives
// up, so that the seeker finds others. What it decides and why is in `@megabrain/exchange`.

import type { Libp2p } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import {
  createMembership, healthOf, stepMembership,
  type Members, type MembershipEvent, type MembershipSettings, type NeighbourHealth, type PeerId,
} from '@megabrain/exchange'
import { directOf } from '../transport-of.ts'
import { openLines } from './lines.ts'

export interface Membership {
  /** Once the node runs: `members` are who is looked after from now on. */
  follow(members: Members): void
  health(): ReadonlyMap<PeerId, NeighbourHealth>
  /** Nothing from before counts: this machine slept, or its network changed. */
  wake(): void
  close(): void
}

const TICK_MS = 500

/**
 * Must run before the node starts.
 * @param onChange after a neighbour's health or round trip changed
 */
export async function openMembership(
  node: Libp2p, protocol: string, settings: MembershipSettings, onChange: () => void,
): Promise<Membership> {
  const state = createMembership(node.peerId.toString(), settings, Math.floor(Math.random() * 2 ** 32))
  const linked = new Set<PeerId>()
  let clock: ReturnType<typeof setInterval> | undefined
  let shown = '[]'

  function happen(event: MembershipEvent): void {
    for (const effect of stepMembership(state, event, Date.now())) {
      if (effect.kind === 'send') lines.send(effect.to, effect.message)
      else end(effect.peer, effect.reason)
    }
    const picture = JSON.stringify(healthOf(state).map(({ peer, health, roundTripMs }) => [peer, health, Math.round(roundTripMs ?? -1)]))
    if (picture === shown) return
    shown = picture
    onChange()
  }

  function end(peer: PeerId, reason: 'dead' | 'link'): void {
    const why = reason === 'dead' ? 'The neighbour does not answer' : 'The neighbour answers only through others'
    for (const connection of directOf(node.getConnections(peerIdFromString(peer)))) connection.abort(new Error(why))
  }

  const lines = await openLines(node, protocol, {
    onMessage: (from, message) => happen({ kind: 'received', from, message }),
    onDeaf: (peer) => happen({ kind: 'unlinked', peer }),
  })

  return {
    follow(members) {
      const meet = (): void => {
        const current = new Map(members.current().map((member) => [member.peer, member]))
        for (const peer of linked) {
          if (current.has(peer)) continue
          linked.delete(peer)
          happen({ kind: 'unlinked', peer })
        }
        for (const { peer, kind } of current.values()) {
          if (linked.has(peer)) continue
          linked.add(peer)
          happen({ kind: 'linked', peer, isRelay: kind === 'relay' })
        }
      }
      members.subscribe(meet)
      meet()
      clock = setInterval(() => happen({ kind: 'tick' }), TICK_MS)
    },
    health: () => new Map(healthOf(state).map((neighbour) => [neighbour.peer, neighbour])),
    wake: () => happen({ kind: 'woke' }),
    close: () => clearInterval(clock),
  }
}
