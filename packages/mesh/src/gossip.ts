// The gossipsub settings, in one place for tabs and relays, each with its reason. `docs/mesh.md` has the measurements.

import { gossipsub, StrictSign, type GossipsubOpts, type GossipSub, type TopicValidatorResult } from '@libp2p/gossipsub'
import { sha256 } from '@noble/hashes/sha2.js'
import { openStreamsSideBySide } from './gossip-streams.ts'
import { MAX_GOSSIP_BACKLOG_BYTES, MAX_GOSSIP_RPC_BYTES } from './limits.ts'

/** Bytes of the content's sha-256 that name a message. */
const MESSAGE_ID_BYTES = 20

export interface GossipOptions {
  readonly topics: readonly string[]
  /** How many neighbours get each message at once. A relay's must cover its members: 400 delivers 100 %, 6 delivers 59 %. */
  readonly degree: number
  /** With fewer, more are taken in. A relay's is its degree, so that it carries for everybody. @default half the degree */
  readonly leastDegree?: number
  /** Peers that are never pruned for their score and count as good neighbours: the relays that the app named. */
  readonly trusts?: (peer: string) => boolean
}

export const TAB_DEGREE = 6
/** Of a member that saves data: with a relay beside it, two are enough to hear everything. */
export const LOW_DATA_DEGREE = 2
/** More than time and deliveries can earn a stranger: 0.01 · 600 + 0.5 · 20 = 16, capped at 50 with all topics. */
const TRUSTED_SCORE = 100

const TOPIC_SCORE = {
  topicWeight: 1,
  timeInMeshWeight: 0.01,
  timeInMeshQuantum: 1_000,
  timeInMeshCap: 600,
  firstMessageDeliveriesWeight: 0.5,
  firstMessageDeliveriesDecay: 0.9,
  firstMessageDeliveriesCap: 20,
  // P3 and P3b off: messages are rare and hidden tabs are slow, neither of which is misbehaviour.
  meshMessageDeliveriesWeight: 0,
  meshMessageDeliveriesDecay: 0.5,
  meshMessageDeliveriesCap: 1,
  meshMessageDeliveriesThreshold: 1,
  meshMessageDeliveriesWindow: 10,
  meshMessageDeliveriesActivation: 5_000,
  meshFailurePenaltyWeight: 0,
  meshFailurePenaltyDecay: 0.5,
  // P4: nine rejected messages within seconds graylist a neighbour; a minute later it is forgiven.
  invalidMessageDeliveriesWeight: -1,
  invalidMessageDeliveriesDecay: 0.9,
}

/** Where gossipsub keeps its topics; private in its types. */
interface TopicsInside {
  readonly allowedTopics: Set<string>
  readonly score: { readonly params: { readonly topics: Record<string, typeof TOPIC_SCORE> } }
}

/** Topics come and go while a relay runs. Who subscribed to one before it was allowed must connect anew. */
export function allowTopic(gossip: Gossip, topic: string, isAllowed: boolean): void {
  const { allowedTopics, score } = gossip as unknown as TopicsInside
  if (isAllowed) {
    allowedTopics.add(topic)
    score.params.topics[topic] = TOPIC_SCORE
  } else {
    // Its scores stay: peers that were in it still have theirs.
    allowedTopics.delete(topic)
  }
}

/** The service's interface leaves out what asyncValidation needs. */
export interface Gossip extends GossipSub {
  reportMessageValidationResult(id: string, propagationSource: string, result: TopicValidatorResult): void
}

export function gossipService(options: GossipOptions): (components: Parameters<ReturnType<typeof gossipsub>>[0]) => Gossip {
  const create = gossipsub(gossipSettings(options))
  return (components) => {
    const gossip = create(components) as Gossip
    openStreamsSideBySide(gossip)
    return gossip
  }
}

export function gossipSettings({ topics, degree, leastDegree, trusts }: GossipOptions): Partial<GossipsubOpts> {
  return {
    D: degree,
    Dlo: leastDegree ?? Math.max(1, Math.ceil(degree / 2)),
    Dhi: degree * 2,
    Dscore: Math.ceil(degree / 2),
    Dout: Math.min(2, Math.floor(degree / 4)),
    allowedTopics: [...topics],
    globalSignaturePolicy: StrictSign,
    // By content: the same claim from two authors is one message, and the exchange can name a delivery.
    msgIdFn: (message) => sha256(message.data).subarray(0, MESSAGE_ID_BYTES),
    // Nothing is forwarded before the exchange's verdict.
    asyncValidation: true,
    ignoreDuplicatePublishError: true,
    // Without neighbours a publish must not count as seen, or the same bytes could never be sent again.
    allowPublishToZeroTopicPeers: false,
    emitSelf: false,
    floodPublish: false,
    fallbackToFloodsub: false,
    runOnLimitedConnection: false,
    doPX: false,
    maxInboundDataLength: MAX_GOSSIP_RPC_BYTES,
    maxOutboundBufferSize: MAX_GOSSIP_BACKLOG_BYTES,
    decodeRpcLimits: {
      maxSubscriptions: 64,
      maxMessages: 2_048,
      maxIhaveMessageIDs: 5_000,
      maxIwantMessageIDs: 5_000,
      maxIdontwantMessageIDs: 512,
      maxControlMessages: 64,
      maxPeerInfos: 0,
    },
    scoreParams: {
      // Sybils that behaved for long enough outrank an honest relay and take its place in everybody's mesh; then one message in two is lost.
      appSpecificScore: (peer) => (trusts?.(peer) === true ? TRUSTED_SCORE : 0),
      appSpecificWeight: 1,
      // A WebRTC neighbour's address is its relay's, and a school is one address: colocation would graylist them all.
      IPColocationFactorWeight: 0,
      behaviourPenaltyThreshold: 6,
      behaviourPenaltyWeight: -1,
      behaviourPenaltyDecay: 0.9,
      topicScoreCap: 50,
      retainScore: 600_000,
      topics: Object.fromEntries(topics.map((topic) => [topic, TOPIC_SCORE])),
    },
    scoreThresholds: {
      // Peer exchange would let strangers choose whom we dial.
      acceptPXThreshold: 1e9,
      opportunisticGraftThreshold: 0,
    },
  }
}
