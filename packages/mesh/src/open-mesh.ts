// Opens a member's mesh: the node, the ports on it, a keeper per relay, the neighbour seeker, and one clock that ticks for
// all of them. The same for a tab and for Node.

import type { ConnectionGater } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { PeerId } from '@megabrain/exchange'
import { openChannel } from './channel.ts'
import { onServer } from './directory/confined-dht.ts'
import { openDirectory } from './directory/directory.ts'
import { endNode } from './end-node.ts'
import { createGossipRepair } from './gossip-repair.ts'
import { DEFAULT_TARGET_NEIGHBOURS, MAX_NEIGHBOURS } from './limits.ts'
import { createMemberNode, type MemberNode } from './member-node.ts'
import { openMembers } from './members.ts'
import type { Mesh, MeshOptions, MeshView, RelayView } from './mesh.ts'
import { assertRealm, exchangeProtocolOf, topicOf } from './names.ts'
import { createNeighbourSeeker, type NeighbourSeeker } from './neighbour-seeker.ts'
import { keepRelay, peerIn, type RelayKeeper } from './relay-keeper.ts'
import { openRequests } from './requests.ts'
import { expectAnotherReservation, redialOurselves } from './reservation.ts'

const TICK_MS = 1_000

/** What the tests of this package reach behind a mesh. */
export interface Member {
  readonly mesh: Mesh
  readonly node: MemberNode
  /** Stops keeping connections to relays; those that are open stay. */
  forgetRelays(): void
}

/**
 * Joins a realm's mesh under a new peer id. Resolves as soon as the node runs, whether or not a relay answers.
 * @throws RangeError for a realm that is not 64 hex characters or a target outside 0..32
 */
export async function openMesh(options: MeshOptions): Promise<Mesh> {
  return (await openMember(options)).mesh
}

export async function openMember(options: MeshOptions): Promise<Member> {
  assertRealm(options.realm)
  const relayOnly = options.relayOnly ?? false
  const target = relayOnly ? 0 : options.targetNeighbours ?? DEFAULT_TARGET_NEIGHBOURS
  if (!(target >= 0 && target <= MAX_NEIGHBOURS)) throw new RangeError(`A target is 0 to ${MAX_NEIGHBOURS} neighbours, got ${target}`)

  const keepers = new Map<string, RelayKeeper>()
  let seeker: NeighbourSeeker | undefined
  const addresses = new Set<string>()
  const dialling = new Set<string>()
  const protocol = exchangeProtocolOf(options.realm)
  const topic = topicOf(options.realm)

  const gater = memberGater(dialling, relayOnly, () => seeker?.isFull() ?? false)
  const node = await createMemberNode(options, topic, gater, {
    isNamedRelay: (peer) => keepers.has(peer),
    isKeptRelay: (peer) => [...keepers.values()].some((keeper) => keeper.view().peer === peer),
  })
  const { requests } = await openRequests(node, protocol)
  await node.start()
  const { channel } = openChannel(node.services.gossip, topic, 'ignore')
  const members = openMembers(node, protocol)
  const repair = createGossipRepair(node, node.services.gossip, members)
  const isMember = (peer: PeerId): boolean => members.current().some((member) => member.peer === peer)
  const neighbours = seeker = createNeighbourSeeker(node, target, isMember)
  redialOurselves(node)

  const self = node.peerId.toString()
  const directory = openDirectory({
    self,
    dht: node.services.directory.dht,
    realm: options.realm,
    isReachable: () => !relayOnly,
    reach: async (peer, relays, timeoutMs) => isMember(peer) || (!relayOnly && await neighbours.reach(peer, relays, timeoutMs)),
  })
  onServer(node, directory.serverCame)
  const listeners = new Set<(view: MeshView) => void>()
  let view: MeshView = { self, relays: [], neighbours: [] }

  function refresh(): void {
    const relays: RelayView[] = [...new Set(keepers.values())].map((keeper) => keeper.view())
    view = { self, relays, neighbours: members.current() }
    for (const listener of listeners) listener(view)
  }

  function addRelay(address: string): void {
    if (closed || addresses.has(address)) return
    addresses.add(address)
    const key = peerIn(address) ?? address
    const keeper = keepers.get(key)
    if (keeper !== undefined) return keeper.addAddress(address)
    if (keepers.size > 0 && !relayOnly) expectAnotherReservation(node) // the first one's listener is in the node's own settings
    keepers.set(key, keepRelay({
      node,
      addresses: [address],
      dialling,
      realm: options.realm,
      reserves: !relayOnly,
      want: () => seeker?.wanted() ?? 0,
      onIntroduced: (relay, peers) => seeker?.introduced(relay, peers),
      onChange: refresh,
    }))
    refresh()
  }

  let closed = false
  members.subscribe(refresh)
  const clock = setInterval(() => {
    seeker?.tick()
    directory.tick()
    repair()
  }, TICK_MS)
  for (const address of options.relays) addRelay(address)

  function forgetRelays(): void {
    for (const keeper of keepers.values()) keeper.stop()
  }

  const mesh: Mesh = {
    self,
    channel,
    requests,
    members,
    directory: directory.directory,
    view: () => view,
    onView(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    addRelay,
    async close() {
      if (closed) return
      closed = true
      clearInterval(clock)
      listeners.clear()
      forgetRelays()
      await endNode(node)
    },
  }
  return { mesh, node, forgetRelays }
}

/**
 * Whom we may dial: relays that the app named, when their keeper says so, and members through a relay. Never an address that a
 * stranger sent; and libp2p's own search for relays may not come before the keeper's jitter.
 * @param dialling addresses as text
 */
function memberGater(dialling: ReadonlySet<string>, relayOnly: boolean, isFull: () => boolean): ConnectionGater {
  return {
    denyDialMultiaddr(address: Multiaddr) {
      const text = address.toString()
      return !dialling.has(text) && (relayOnly || !text.includes('/p2p-circuit/'))
    },
    denyInboundRelayedConnection: () => relayOnly || isFull(),
  }
}
