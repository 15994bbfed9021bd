// Opens a member's mesh: the node, the ports on it, a keeper per relay, the neighbour seeker, and one clock that ticks for
// all of them. The same for a tab and for Node.

import type { ConnectionGater } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import { LOW_DATA_MEMBERSHIP, MEMBERSHIP, SLEPT_MS, type MembershipSettings, type PeerId } from '@megabrain/exchange'
import { openChannel } from './channel.ts'
import { onServer } from './directory/confined-dht.ts'
import { openDirectory } from './directory/directory.ts'
import { endNode } from './end-node.ts'
import { createGossipRepair } from './gossip-repair.ts'
import { createKnownRelays, type KnownRelays } from './known-relays.ts'
import { CHANGE_MS, DEFAULT_TARGET_NEIGHBOURS, LOW_DATA_MOST_NEIGHBOURS, LOW_DATA_NEIGHBOURS, MAX_NEIGHBOURS } from './limits.ts'
import { createMemberNode, type MemberNode, type MemberTransport } from './member-node.ts'
import { openMembers } from './members.ts'
import { openMembership } from './membership/membership.ts'
import type { Mesh, MeshOptions, MeshView, NeighbourView } from './mesh.ts'
import { assertRealm, exchangeProtocolOf, membershipProtocolOf, streamProtocolOf, topicOf } from './names.ts'
import { createNeighbourSeeker, type NeighbourSeeker } from './neighbour-seeker.ts'
import { openRequests } from './requests.ts'
import { redialOurselves } from './reservation.ts'
import { openStreams } from './streams.ts'
import { createTraffic } from './traffic.ts'

const TICK_MS = 1_000
/** Traffic is shown as it grows, every so many ticks. */
const TICKS_PER_VIEW = 2

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

/** How fast things go: what a user need not choose and a test cannot wait for. */
export interface Pace {
  readonly membership?: MembershipSettings
  /** How often an own link is changed for another, ms. */
  readonly changeMs?: number
  /** Of the waits between dials of a relay: uniform in [0, 1). */
  readonly random?: () => number
}

/** @param webTransport in place of the browser's. @default the browser's, which dials nobody where there is none */
export async function openMember(options: MeshOptions, pace: Pace = {}, webTransport?: MemberTransport): Promise<Member> {
  assertRealm(options.realm)
  const relayOnly = options.relayOnly ?? false
  const lowData = options.lowData ?? false
  const target = relayOnly ? 0 : options.targetNeighbours ?? (lowData ? LOW_DATA_NEIGHBOURS : DEFAULT_TARGET_NEIGHBOURS)
  if (!(target >= 0 && target <= MAX_NEIGHBOURS)) throw new RangeError(`A target is 0 to ${MAX_NEIGHBOURS} neighbours, got ${target}`)

  let seeker: NeighbourSeeker | undefined
  let relays: KnownRelays | undefined
  const dialling = new Set<string>()
  const protocol = exchangeProtocolOf(options.realm)
  const topic = topicOf(options.realm)

  const gater = memberGater(dialling, relayOnly, () => seeker?.isFull() ?? false)
  const traffic = createTraffic(options.realm)
  const node = await createMemberNode(options, topic, gater, traffic.metrics, {
    isNamedRelay: (peer) => relays?.isNamed(peer) ?? false,
    isKeptRelay: (peer) => relays?.views().some((view) => view.peer === peer) ?? false,
  }, webTransport)
  const { requests } = await openRequests(node, protocol)
  const streams = await openStreams(node, streamProtocolOf(options.realm))
  const membership = await openMembership(node, membershipProtocolOf(options.realm), pace.membership ?? (lowData ? LOW_DATA_MEMBERSHIP : MEMBERSHIP), () => refresh())
  await node.start()
  const { channel } = openChannel(node.services.gossip, topic, 'ignore')
  const members = openMembers(node, protocol)
  const repair = createGossipRepair(node, node.services.gossip, members)
  const isMember = (peer: PeerId): boolean => members.current().some((member) => member.peer === peer)
  const most = lowData ? LOW_DATA_MOST_NEIGHBOURS : MAX_NEIGHBOURS
  const neighbours = seeker = createNeighbourSeeker({ node, target, most, isMember, changeMs: pace.changeMs ?? CHANGE_MS })
  redialOurselves(node)

  const self = node.peerId.toString()
  const directory = openDirectory({
    self,
    dht: node.services.directory.dht,
    realm: options.realm,
    isReachable: () => !relayOnly && !lowData,
    reach: async (peer, relays, timeoutMs) => isMember(peer) || (!relayOnly && await neighbours.reach(peer, relays, timeoutMs)),
  })
  onServer(node, directory.serverCame)
  const listeners = new Set<(view: MeshView) => void>()
  let view: MeshView = { self, relays: [], neighbours: [], traffic: traffic.view() }

  function refresh(): void {
    const health = membership.health()
    const neighbours = members.current().map((neighbour): NeighbourView => {
      const known = health.get(neighbour.peer)
      return { ...neighbour, health: known?.health ?? 'alive', roundTripMs: known?.roundTripMs }
    })
    view = { self, relays: relays?.views() ?? [], neighbours, traffic: traffic.view() }
    for (const listener of listeners) listener(view)
  }

  const known = relays = createKnownRelays(node, {
    node,
    dialling,
    random: pace.random ?? Math.random,
    realm: options.realm,
    reserves: !relayOnly,
    want: () => seeker?.wanted() ?? 0,
    onIntroduced: (relay, peers) => seeker?.introduced(relay, peers) ?? false,
    onChange: refresh,
  })
  let closed = false
  membership.follow(members)
  members.subscribe(refresh)
  let ticks = 0
  let tickedAt = Date.now()
  let wokenAt = Number.NEGATIVE_INFINITY
  const clock = setInterval(() => {
    const now = Date.now()
    if (now - tickedAt > SLEPT_MS) wake() // the membership sees it by its own clock as well
    tickedAt = now
    seeker?.tick()
    known.tick()
    directory.tick()
    repair()
    ticks++
    if (ticks % TICKS_PER_VIEW === 0) refresh()
  }, TICK_MS)
  for (const address of options.relays) known.name(address)
  known.spare(options.spareRelays ?? [])

  function wake(): void {
    const now = Date.now()
    if (now - wokenAt < TICK_MS) return // a visitor may flip between tabs as fast as she likes
    wokenAt = now
    known.wake()
    membership.wake()
    seeker?.wake()
  }

  const mesh: Mesh = {
    self,
    channel,
    requests,
    streams,
    members,
    directory: directory.directory,
    view: () => view,
    onView(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    addRelay: (address) => known.name(address),
    wake,
    async close() {
      if (closed) return
      closed = true
      clearInterval(clock)
      membership.close()
      listeners.clear()
      known.forget()
      await endNode(node)
    },
  }
  return { mesh, node, forgetRelays: () => known.forget() }
}

/**
 * Whom we may dial: relays, when their keeper says so, and members through a relay. Never an address that a stranger sent: those of
 * relays are signed by the relay that answers there; and libp2p's own search for relays may not come before the keeper's jitter.
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
