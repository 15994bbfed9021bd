// What one member of the gossip model remembers of messages: which it has seen, and for a few heartbeats their content, so
// that it can offer them and answer who asks.

import type { PeerId } from '../ports.ts'

export interface GossipMessage {
  readonly id: string
  readonly bytes: Uint8Array
}

export type Fate = 'unknown' | 'valid' | 'ignored' | 'invalid'

export interface CachedMessage {
  readonly message: GossipMessage
  /** Nothing unvalidated is offered or forwarded. */
  validated: boolean
  /** Who handed it over first; undefined for our own. */
  readonly source: PeerId | undefined
  /** Who else handed it over before it was judged. */
  readonly others: Set<PeerId>
  /** How often each neighbour asked for it. */
  readonly asked: Map<PeerId, number>
}

export interface GossipCache {
  /** @returns the fate of a message seen before; forgets what is older than the seen time */
  fateOf(id: string, now: number): Fate | undefined
  setFate(id: string, fate: Fate, now: number): void
  put(message: GossipMessage, source: PeerId | undefined, validated: boolean): void
  get(id: string): CachedMessage | undefined
  remove(id: string): void
  /** Ids of validated messages of the last heartbeats. */
  offers(): readonly string[]
  shift(): void
}

/** Messages remembered as seen; the oldest goes first. */
const MAX_SEEN = 65_536

export function createGossipCache(options: { readonly seenMs: number; readonly historyLength: number; readonly historyGossip: number }): GossipCache {
  const seen = new Map<string, { fate: Fate; readonly until: number }>()
  const messages = new Map<string, CachedMessage>()
  const history: string[][] = Array.from({ length: options.historyLength }, () => [])

  function forgetOld(now: number): void {
    for (const [id, { until }] of seen) {
      if (until > now && seen.size <= MAX_SEEN) return
      seen.delete(id)
    }
  }

  return {
    fateOf(id, now) {
      const known = seen.get(id)
      return known === undefined || known.until <= now ? undefined : known.fate
    },
    setFate(id, fate, now) {
      const known = seen.get(id)
      if (known !== undefined && known.until > now) known.fate = fate
      else {
        seen.delete(id)
        seen.set(id, { fate, until: now + options.seenMs })
        forgetOld(now)
      }
    },
    put(message, source, validated) {
      if (messages.has(message.id)) return
      messages.set(message.id, { message, validated, source, others: new Set(), asked: new Map() })
      history[0]!.push(message.id)
    },
    get: (id) => messages.get(id),
    remove: (id) => void messages.delete(id),
    offers: () => history.slice(0, options.historyGossip).flat().filter((id) => messages.get(id)?.validated === true),
    shift() {
      for (const id of history.pop()!) messages.delete(id)
      history.unshift([])
    },
  }
}
