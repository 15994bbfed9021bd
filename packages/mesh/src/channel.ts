// The exchange's Channel on one gossipsub topic. Holds what gossipsub needs to hear with a verdict (who handed it over).

import { TopicValidatorResult, type GossipSubEvents } from '@libp2p/gossipsub'
import { MAX_ANNOUNCEMENT_BYTES, type Channel, type Delivery, type Verdict } from '@megabrain/exchange'
import type { Gossip } from './gossip.ts'
import { MAX_DELIVERED_BYTES, MAX_UNJUDGED } from './limits.ts'

export interface ChannelCounts {
  published: number
  delivered: number
  forwarded: number
  ignored: number
  rejected: number
}

export interface OpenChannel {
  readonly channel: Channel
  readonly counts: Readonly<ChannelCounts>
  /** Leaves the topic. */
  close(): void
}

const RESULTS: Readonly<Record<Verdict, TopicValidatorResult>> = {
  forward: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

/**
 * Subscribes to `topic`; closing the node ends it too.
 * @param unread what happens to a broadcast while nobody listens: a relay passes it on, a tab ignores it
 * @param admits whether there is room for one more of so many bytes; without it there always is. What it does not admit is ignored
 */
export function openChannel(gossip: Gossip, topic: string, unread: Verdict, admits: (bytes: number) => boolean = () => true): OpenChannel {
  const listeners = new Set<(delivery: Delivery) => void>()
  /** Message id → the neighbour that handed it over, in order of arrival. */
  const unjudged = new Map<string, string>()
  const counts: ChannelCounts = { published: 0, delivered: 0, forwarded: 0, ignored: 0, rejected: 0 }

  function judge(id: string, verdict: Verdict): void {
    const from = unjudged.get(id)
    if (from === undefined) return
    unjudged.delete(id)
    counts[verdict === 'forward' ? 'forwarded' : verdict === 'ignore' ? 'ignored' : 'rejected']++
    gossip.reportMessageValidationResult(id, from, RESULTS[verdict])
  }

  gossip.subscribe(topic)
  const onMessage = ({ detail: { msg, msgId, propagationSource } }: GossipSubEvents['gossipsub:message']): void => {
    if (msg.topic !== topic) return
    const from = propagationSource.toString()
    unjudged.set(msgId, from)
    if (unjudged.size > MAX_UNJUDGED) judge(unjudged.keys().next().value ?? '', 'ignore')
    if (msg.data.length > MAX_DELIVERED_BYTES) return judge(msgId, 'reject')
    if (!admits(msg.data.length)) return judge(msgId, 'ignore')
    if (listeners.size === 0) return judge(msgId, msg.data.length > MAX_ANNOUNCEMENT_BYTES ? 'reject' : unread)
    counts.delivered++
    for (const listener of [...listeners]) listener({ id: msgId, from, bytes: msg.data.slice() })
  }
  gossip.addEventListener('gossipsub:message', onMessage)

  const channel: Channel = {
    publish(bytes) {
      if (bytes.length > MAX_ANNOUNCEMENT_BYTES) {
        throw new RangeError(`A broadcast has at most ${MAX_ANNOUNCEMENT_BYTES} bytes, got ${bytes.length}`)
      }
      counts.published++
      // Fails without neighbours and while closing: then the broadcast is lost, as the port allows.
      gossip.publish(topic, bytes.slice()).catch(() => {})
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    verdict: judge,
  }
  return {
    channel,
    counts,
    close() {
      gossip.removeEventListener('gossipsub:message', onMessage)
      gossip.unsubscribe(topic)
    },
  }
}
