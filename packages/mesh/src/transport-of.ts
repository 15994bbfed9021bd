// Which transport a connection uses, in the exchange's words, read from its address.

import type { Connection } from '@libp2p/interface'
import type { Transport } from '@megabrain/exchange'

/** A limited connection is always a circuit, whatever its address says. */
export function transportOf(connection: Connection): Transport {
  if (isLimited(connection)) return 'circuit'
  const names = new Set(connection.remoteAddr.getComponents().map((component) => component.name))
  if (names.has('webrtc-direct')) return 'webrtc-direct'
  if (names.has('webtransport')) return 'webtransport'
  if (names.has('webrtc')) return 'webrtc'
  if (names.has('p2p-circuit')) return 'circuit'
  return names.has('memory') ? 'memory' : 'websocket'
}

/** Runs through a relay and dies after its time or data limit. Only signalling may use it. */
export function isLimited(connection: Connection): boolean {
  return connection.limits !== undefined
}

/** @returns the open connections that do not run through a relay, the longest-lived first */
export function directOf(connections: readonly Connection[]): readonly Connection[] {
  return connections
    .filter((connection) => connection.status === 'open' && transportOf(connection) !== 'circuit')
    .sort((left, right) => left.timeline.open - right.timeline.open)
}
