// Who is connected to a relay, for its operator's eyes: one row per connection. Apart from the exchange's Members, which know
// neither addresses nor bytes, because nobody but the operator may see those.

import type { Connection, Libp2p } from '@libp2p/interface'
import type { PeerId, Transport } from '@megabrain/exchange'
import { transportOf } from '../transport-of.ts'

export interface ConnectionView {
  readonly peer: PeerId
  /** IP address, as far as the transport tells it; a reverse proxy's when there is one. */
  readonly address: string
  readonly transport: Transport
  /** Milliseconds since 1970. */
  readonly since: number
  /** Realm that it is a member of. */
  readonly realm: string | undefined
  /** Whether others can reach it through this relay. */
  readonly isReserved: boolean
  /** Bytes, as the network saw them; undefined where the transport does not tell. */
  readonly bytes: { readonly read: number; readonly written: number } | undefined
}

export interface Acquaintance {
  realmOf(peer: PeerId): string | undefined
  isReserved(peer: PeerId): boolean
  traffic(ip: string, port: number): ConnectionView['bytes']
}

/** @returns all connections that are open, the oldest first */
export function connectionsOf(node: Libp2p, { realmOf, isReserved, traffic }: Acquaintance): readonly ConnectionView[] {
  return node.getConnections().map((connection) => {
    const peer = connection.remotePeer.toString()
    const { ip, port } = remoteOf(connection)
    const transport = transportOf(connection)
    return {
      peer,
      address: ip,
      transport,
      since: connection.timeline.open,
      realm: realmOf(peer),
      isReserved: isReserved(peer),
      bytes: transport === 'websocket' ? traffic(ip, port) : undefined,
    }
  }).sort((left, right) => left.since - right.since)
}

/** What a multiaddr says about the other end: its address, or nothing; its TCP port, or 0. */
export function remoteOf({ remoteAddr }: Pick<Connection, 'remoteAddr'>): { readonly ip: string; readonly port: number } {
  const valueOf = (names: readonly string[]): string | undefined =>
    remoteAddr.getComponents().find(({ name }) => names.includes(name))?.value
  return { ip: valueOf(['ip4', 'ip6']) ?? '', port: Number(valueOf(['tcp']) ?? 0) }
}
