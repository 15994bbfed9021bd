// How broadcasts find their way through the memory network: the model decides to whom a message goes and when, the network
// carries it with its delays and faults. Separate, so that plain flooding and a model of gossipsub stand on the same links.

import type { Random } from '@megabrain/evolve'
import type { Delivery, PeerId, Verdict } from '../ports.ts'

/** A member as the models see it. */
export interface Station {
  readonly peer: PeerId
  /** Counts up from 0 in the order of joining; never given twice. */
  readonly index: number
  readonly links: ReadonlyMap<PeerId, Station>
}

/** What a model may do. Each of its random decisions comes from a stream of its own. */
export interface ChannelMedium {
  readonly random: Random
  now(): number
  after(ms: number, action: () => void): void
  station(peer: PeerId): Station | undefined
  /**
   * Sends `bytes` bytes over the link from one to the other, with the network's loss, delay, duplication and reordering. `arrive` runs
   * at the receiver unless the link is gone by then; `again` for a duplicate.
   */
  carry(from: Station, to: Station, bytes: number, arrive: (again: boolean) => void): void
  /** Counts a message whose arrival would change nothing. */
  waste(bytes: number): void
  /** Hands a broadcast to the member's listener. */
  deliver(to: Station, delivery: Delivery): void
}

/** All calls come from the network, synchronously. Duties are those of `Channel` in `ports.ts`. */
export interface ChannelModel {
  publish(from: Station, id: string, bytes: Uint8Array): void
  verdict(at: Station, id: string, verdict: Verdict): void
  joined?(station: Station): void
  left?(station: Station): void
  linked?(a: Station, b: Station): void
  unlinked?(a: Station, b: Station): void
}

export type CreateChannelModel = (medium: ChannelMedium) => ChannelModel
