// The realms that a relay serves: topic, requests, members and introductions of each. They come and go while the relay runs; who
// asked for one before it came, or is in one that goes, is disconnected, since its picture of the relay is out of date.

import type { Libp2p } from '@libp2p/interface'
import type { MeshPorts, PeerId } from '@megabrain/exchange'
import { openChannel, type OpenChannel } from '../channel.ts'
import { onServer, type ConfinedDht } from '../directory/confined-dht.ts'
import { openDirectory } from '../directory/directory.ts'
import { allowTopic, type Gossip } from '../gossip.ts'
import { createGossipRepair } from '../gossip-repair.ts'
import type { Introducer } from '../introduction/introducer.ts'
import { MAX_RELAY_REQUESTS } from '../limits.ts'
import { openMembers } from '../members.ts'
import { openHelp } from '../membership/help.ts'
import { assertRealm, exchangeProtocolOf, membershipProtocolOf, topicOf } from '../names.ts'
import { openRequests, type OpenRequests } from '../requests.ts'
import type { RelayGuard } from './relay-guard.ts'

export interface ServedRealms {
  /** Before the node starts, so that the first identify message names it. @throws RangeError for no realm id */
  prepare(realm: string): Promise<readonly PeerId[]>
  /** After the node has started. */
  open(realm: string): MeshPorts
  /** @returns its members */
  drop(realm: string): Promise<readonly PeerId[]>
  portsFor(realm: string): MeshPorts | undefined
  ids(): readonly string[]
  /** Runs no more errands. */
  close(): void
  /** Once a second. */
  repair(): void
  /** Counts of all realms together, those that were dropped too. */
  counts(): { readonly gossip: Counts; readonly requests: Counts }
}

export type Counts = Readonly<Record<string, number>>

interface ServedRealm {
  readonly ports: MeshPorts
  readonly channel: OpenChannel
  readonly ended: AbortController
  readonly repair: () => void
}

export interface RelayServices {
  readonly gossip: Gossip
  readonly directory: Pick<ConfinedDht, 'dht'>
}

export function createServedRealms(node: Libp2p, { gossip, directory: { dht } }: RelayServices, introducer: Introducer, guard: RelayGuard): ServedRealms {
  const realms = new Map<string, ServedRealm>()
  const requestsOf = new Map<string, OpenRequests>()
  /** What ends the errands of members of a realm. */
  const errands = new Map<string, () => void>()
  let past: { readonly gossip: Counts; readonly requests: Counts } = { gossip: {}, requests: {} }

  return {
    async prepare(realm) {
      assertRealm(realm)
      if (requestsOf.has(realm)) return []
      requestsOf.set(realm, await openRequests(node, exchangeProtocolOf(realm), {
        most: MAX_RELAY_REQUESTS,
        admits: (from) => guard.faultOfRequest(from, realm) === undefined,
        affords: (bytes) => guard.faultOfAnswer(realm, bytes) === undefined,
      }))
      errands.set(realm, await openHelp(node, membershipProtocolOf(realm), () => realms.get(realm)?.ports.members))
      allowTopic(gossip, topicOf(realm), true)
      return introducer.serve(realm)
    },
    open(realm) {
      const found = realms.get(realm)
      if (found !== undefined) return found.ports
      const requests = requestsOf.get(realm)
      if (requests === undefined) throw new RangeError(`The realm "${realm}" is opened before it is prepared`)
      const ended = new AbortController()
      const channel = openChannel(gossip, topicOf(realm), 'forward', (bytes) => guard.faultOfBroadcast(realm, bytes * introducer.membersOf(realm)) === undefined)
      const members = openMembers(node, exchangeProtocolOf(realm), ended.signal)
      const self = node.peerId.toString()
      const isMember = (peer: PeerId): boolean => members.current().some((member) => member.peer === peer)
      // It dials nobody: who is not a member here cannot be reached.
      const directory = openDirectory({ self, dht, realm, isReachable: () => true, reach: async (peer) => isMember(peer) })
      ended.signal.addEventListener('abort', onServer(node, directory.serverCame), { once: true })
      const ports: MeshPorts = { self, channel: channel.channel, requests: requests.requests, members, directory: directory.directory }
      const repairGossip = createGossipRepair(node, gossip, members)
      realms.set(realm, {
        ports,
        channel,
        ended,
        repair() {
          repairGossip()
          directory.tick()
        },
      })
      return ports
    },
    async drop(realm) {
      const [served, requests] = [realms.get(realm), requestsOf.get(realm)]
      if (served === undefined || requests === undefined) return []
      realms.delete(realm)
      requestsOf.delete(realm)
      past = { gossip: sum([past.gossip, { ...served.channel.counts }]), requests: sum([past.requests, { ...requests.counts }]) }
      served.channel.close()
      served.ended.abort()
      allowTopic(gossip, topicOf(realm), false)
      errands.get(realm)?.()
      errands.delete(realm)
      await node.unhandle([exchangeProtocolOf(realm), membershipProtocolOf(realm)])
      return introducer.leave(realm)
    },
    portsFor: (realm) => realms.get(realm)?.ports,
    ids: () => [...realms.keys()],
    close() {
      for (const stop of errands.values()) stop()
    },
    repair() {
      for (const { repair } of realms.values()) repair()
    },
    counts: () => ({
      gossip: sum([past.gossip, ...[...realms.values()].map(({ channel }) => ({ ...channel.counts }))]),
      requests: sum([past.requests, ...[...requestsOf.values()].map(({ counts }) => ({ ...counts }))]),
    }),
  }
}

function sum(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {}
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
  return sums
}
