// What a mesh looks like from outside: the exchange's ports, and a picture of who is connected how. No libp2p type
// appears here, so a page can draw a mesh without knowing what a multiaddr is.

import type { MeshPorts, Neighbour, PeerId, Streams, Unsubscribe } from '@megabrain/exchange'
import type { TrafficView } from './traffic.ts'

export interface RelayView {
  /** The address that was dialled, as text. */
  readonly address: string
  readonly peer: PeerId | undefined
  readonly state: 'connecting' | 'connected' | 'waiting'
  /** Why it is not connected, in words; undefined while it is. */
  readonly reason: string | undefined
  /** Whether other islands can reach us through it (a circuit reservation is held). */
  readonly reserved: boolean
}

export interface NeighbourView extends Neighbour {
  /** `suspect`: it does not answer, neither us nor others for us. It has a while to do so before its link is ended. */
  readonly health: 'alive' | 'suspect'
  /** How long a message there and back takes, ms; undefined for relays, and until the first answer. */
  readonly roundTripMs: number | undefined
}

/** Plain data, replaced as a whole on every change. */
export interface MeshView {
  readonly self: PeerId
  /** Those that the app named, and those in use of which other relays told; the rest are in reserve. */
  readonly relays: readonly RelayView[]
  /** Connected members of the realm, relays included. */
  readonly neighbours: readonly NeighbourView[]
  /** What has gone out and come in, at most two seconds old. */
  readonly traffic: TrafficView
}

export interface MeshOptions {
  /** Relay addresses to keep connections to, best first: multiaddrs as text. May be empty. */
  readonly relays: readonly string[]
  /** Relays to use while fewer than three are connected, such as those of earlier visits; `relays` come first. @default none */
  readonly spareRelays?: readonly string[]
  /** Realm id, 64 hex characters. Scopes topic and protocols. */
  readonly realm: string
  /** STUN and TURN servers for WebRTC; empty on loopback. */
  readonly iceServers?: readonly { readonly urls: string; readonly username?: string; readonly credential?: string }[]
  /** Connect to relays alone: nobody is dialled and nobody can dial us, so no other member sees this machine's address. @default false */
  readonly relayOnly?: boolean
  /** Two neighbours instead of eight and rarer heartbeats; nothing is offered in the directory. @default false */
  readonly lowData?: boolean
  /** How many WebRTC neighbours to seek. @default 8, or 2 with `lowData` */
  readonly targetNeighbours?: number
}

/** A member's connection to others. Opening never fails because a relay is down; it keeps trying until closed. */
export interface Mesh extends MeshPorts {
  readonly streams: Streams
  view(): MeshView
  onView(listener: (view: MeshView) => void): Unsubscribe
  /** Keeps a connection to one more relay. */
  addRelay(address: string): void
  /** The machine slept, came online or changed its network: looks at every connection at once. Found out alone after a sleep. */
  wake(): void
  close(): Promise<void>
}
