// What the benchmark tells the processes that hold its clients, and what they answer. One program serves every row.

import { createHash } from 'node:crypto'

/** What a client is. */
export type ClientKind =
  /** A member's mesh with its channel and requests, and nothing on top: judges everything `forward`. */
  | { readonly kind: 'ports'; readonly pulls: boolean; readonly neighbours: number }
  /** A whole member on that mesh: admission, pulling, synchronising. Measuring is faked: a machine holds hundreds of them. */
  | { readonly kind: 'member'; readonly neighbours: number }
  /** js-libp2p with gossipsub and nothing else of ours. */
  | { readonly kind: 'stock'; readonly colocation: boolean }

export interface Place {
  /** Multiaddr of the relay. */
  readonly relay: string
  readonly realmId: string
  /** The realm's signed document. */
  readonly document: Uint8Array
}

export type Order = { readonly ticket: number } & (
  | { readonly kind: 'join'; readonly client: ClientKind; readonly place: Place; readonly count: number }
  | { readonly kind: 'leave'; readonly count: number }
  | { readonly kind: 'publish'; readonly client: number; readonly bytes: Uint8Array; readonly body?: Uint8Array }
  /** Requests for bodies that nobody has, `perSecond` from one client for `ms`. */
  | { readonly kind: 'pester'; readonly client: number; readonly perSecond: number; readonly ms: number }
  | { readonly kind: 'view' }
  /** Hands over what was heard since the last time, and forgets it. */
  | { readonly kind: 'collect' }
  | { readonly kind: 'end' }
)

export interface View {
  readonly clients: number
  /** Clients with a direct connection to the relay on which it has shown that it speaks the realm. */
  readonly connected: number
  /** Clients that others can reach through the relay. */
  readonly reserved: number
  /** WebRTC neighbours, mean over the clients. */
  readonly neighbours: number
  readonly residentBytes: number
}

/** Times are of the machine's monotonic clock, ms, the same in all processes. */
export interface Heard {
  /** Broadcast → when it was handed to the publisher's channel. */
  readonly published: readonly (readonly [string, number])[]
  /** Broadcast → when a client had it, once per client. */
  readonly heard: readonly (readonly [string, number])[]
  /** Broadcast → when a client had the body that it names, checked against its digest. */
  readonly pulled: readonly (readonly [string, number])[]
  /** Pulls that needed another try, and those given up. */
  readonly retried: number
  readonly failed: number
}

export function merged(records: readonly Heard[]): Heard {
  const sum = (of: (record: Heard) => number): number => records.reduce((total, record) => total + of(record), 0)
  return {
    published: records.flatMap(({ published }) => published), heard: records.flatMap(({ heard }) => heard), pulled: records.flatMap(({ pulled }) => pulled),
    retried: sum(({ retried }) => retried), failed: sum(({ failed }) => failed),
  }
}

export type Answer = { readonly ticket: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }
)

/** What a broadcast is called in `Heard`: the same in every process. */
export function nameOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/** The machine's monotonic clock, ms. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
