// The knobs of the gossip model: those of gossipsub v1.1 that our mesh uses, with the values of `mesh/gossip.ts` where it
// sets them and of @libp2p/gossipsub 17.1 where it does not. Apart, so that experiments can vary them.

import type { PeerId } from '../ports.ts'

export interface GossipScoring {
  /** P1: per second in our mesh, and after how many seconds it stops growing. */
  readonly timeInMeshWeight: number
  readonly timeInMeshCap: number
  /** P2: per message that came from this neighbour first and was forwarded. */
  readonly firstDeliveryWeight: number
  readonly firstDeliveryDecay: number
  readonly firstDeliveryCap: number
  /** P4: times the square of rejected messages. */
  readonly invalidWeight: number
  readonly invalidDecay: number
  /** P7: times the square of the misbehaviour above the threshold. */
  readonly behaviourWeight: number
  readonly behaviourThreshold: number
  readonly behaviourDecay: number
  /** P5: what the member itself thinks of a neighbour. @default 0 for all */
  readonly appScore?: (peer: PeerId) => number
  /** Most that the good parts of P1 and P2 may sum up to. */
  readonly cap: number
  /** Counters below this are zero. */
  readonly decayToZero: number
  /** How long a neighbour that left with a score of zero or less is remembered, ms. */
  readonly retainMs: number
}

export interface GossipSettings {
  /** D, D_lo, D_hi, D_score and D_out of the specification. */
  readonly degree: number
  readonly leastDegree: number
  readonly mostDegree: number
  readonly scoredDegree: number
  readonly outboundDegree: number
  /** Neighbours outside the mesh that hear IHAVE at a heartbeat: so many, or this share of them if that is more. */
  readonly lazyDegree: number
  readonly gossipFactor: number
  readonly heartbeatMs: number
  /** Heartbeats that a message can be asked for, and those in which it is offered. */
  readonly historyLength: number
  readonly historyGossip: number
  readonly seenMs: number
  readonly pruneBackoffMs: number
  /** A graft this soon after a prune counts twice, ms. */
  readonly graftFloodMs: number
  readonly opportunisticTicks: number
  readonly opportunisticPeers: number
  readonly maxIhaveMessages: number
  readonly maxIhaveLength: number
  readonly maxIwantMessages: number
  /** Answers to one neighbour's repeated IWANT of one message. */
  readonly retransmissions: number
  readonly iwantFollowupMs: number
  /** Own messages go to every neighbour, not only to the mesh. */
  readonly floodPublish: boolean
  readonly thresholds: { readonly gossip: number; readonly publish: number; readonly graylist: number; readonly opportunisticGraft: number }
  readonly score: GossipScoring
}

/** What a member (degree 6) or a relay (degree 400) of our mesh runs. */
export function gossipSettingsFor(degree: number): GossipSettings {
  return {
    degree,
    leastDegree: Math.max(1, Math.ceil(degree / 2)),
    mostDegree: degree * 2,
    scoredDegree: Math.ceil(degree / 2),
    outboundDegree: Math.min(2, Math.floor(degree / 4)),
    lazyDegree: 6,
    gossipFactor: 0.25,
    heartbeatMs: 1_000,
    historyLength: 5,
    historyGossip: 3,
    seenMs: 120_000,
    pruneBackoffMs: 60_000,
    graftFloodMs: 10_000,
    opportunisticTicks: 60,
    opportunisticPeers: 2,
    maxIhaveMessages: 10,
    maxIhaveLength: 5_000,
    maxIwantMessages: 10,
    retransmissions: 3,
    iwantFollowupMs: 3_000,
    floodPublish: false,
    thresholds: { gossip: -10, publish: -50, graylist: -80, opportunisticGraft: 0 },
    score: {
      timeInMeshWeight: 0.01,
      timeInMeshCap: 600,
      firstDeliveryWeight: 0.5,
      firstDeliveryDecay: 0.9,
      firstDeliveryCap: 20,
      invalidWeight: -1,
      invalidDecay: 0.9,
      behaviourWeight: -1,
      behaviourThreshold: 6,
      behaviourDecay: 0.9,
      cap: 50,
      decayToZero: 0.1,
      retainMs: 600_000,
    },
  }
}
