// Settings that the attacks are run against: what the mesh has, and what it could have.

import { gossipSettingsFor, type GossipSettings } from '../src/memory/gossip-settings.ts'
import type { WorldOptions } from '../zoo/gossip/gossip-world.ts'

const now = gossipSettingsFor(6)
/** A neighbour's first deliveries count for minutes, as rare as our announcements are, and a mesh that brings nothing is replaced. */
const hardened: GossipSettings = {
  ...now,
  floodPublish: true,
  outboundDegree: 2,
  opportunisticTicks: 15,
  thresholds: { ...now.thresholds, opportunisticGraft: 2 },
  score: { ...now.score, timeInMeshWeight: 0.002, firstDeliveryDecay: 0.99, firstDeliveryCap: 40 },
}

const pinned: GossipSettings = { ...now, score: { ...now.score, appScore: (peer) => (peer.startsWith('r') ? 100 : 0) } }
const both: GossipSettings = { ...hardened, score: { ...hardened.score, appScore: (peer) => (peer.startsWith('r') ? 100 : 0) } }
/** A relay that grafts whoever subscribes, instead of leaving it to members from the 200th on. */
const relaySettings: GossipSettings = { ...gossipSettingsFor(2_000), leastDegree: 2_000 }
const rotated = { inbound: 16, rotateMs: 10_000, worth: 0.5 }
const reserved = { inbound: 16, rotateMs: Number.POSITIVE_INFINITY, worth: 0.5 }

export const variants: Readonly<Record<string, Partial<WorldOptions>>> = {
  'settings as they are': { settings: now },
  'flood publishing': { settings: { ...now, floodPublish: true } },
  hardened: { settings: hardened },
  'pinned relays': { settings: pinned },
  'pinned relays, hardened': { settings: both },
  'grafting relays': { settings: now, relaySettings },
  'pinned and grafting relays': { settings: pinned, relaySettings },
  'pinned and grafting relays, hardened': { settings: both, relaySettings },
  'half of the links reserved for own dials': { settings: hardened, links: reserved, countsInbound: false },
  'the same, and links rotated': { settings: hardened, links: rotated, countsInbound: false },
}
