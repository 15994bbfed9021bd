// Counts the bytes of a member's mesh by what they are for, in one place: libp2p shows every stream to its metrics. What streams carry
// is counted, before encryption and framing, which add some per cent; what runs inside a circuit counts twice.

import type { Metrics, Stream } from '@libp2p/interface'
import { DIRECTORY_PROTOCOL, exchangeProtocolOf, INTRODUCTION_PROTOCOL, membershipProtocolOf } from './names.ts'

export const trafficKinds = [
  'gossip', // announcements, our own and those passed on
  'fetched', // what we asked others: genotypes, comparisons of archives
  'served', // what others asked us
  'heartbeats', // who is alive
  'introductions', // relays naming other members
  'directory', // who holds which genotype
  'circuits', // links made through relays
  'other', // identification, pings, connection set-up
] as const

export type TrafficKind = (typeof trafficKinds)[number]

/** Bytes since the mesh was opened. Plain data. */
export interface TrafficView {
  readonly sent: Readonly<Record<TrafficKind, number>>
  readonly received: Readonly<Record<TrafficKind, number>>
}

/** Of all kinds together. */
export function bytesIn(side: TrafficView['sent']): number {
  return Object.values(side).reduce((sum, bytes) => sum + bytes, 0)
}

export interface Traffic {
  /** For `createLibp2p`. */
  readonly metrics: () => Metrics
  view(): TrafficView
}

/** @param realm realm id, 64 hex characters */
export function createTraffic(realm: string): Traffic {
  const kindOf = kindsOf(realm)
  const sent = nothing()
  const received = nothing()

  function trackProtocolStream(stream: Stream): void {
    const kind = kindOf(stream)
    // Not by listening for messages: a stream with a listener stops keeping what arrives before its reader is there.
    const dispatch = stream.dispatchEvent.bind(stream)
    stream.dispatchEvent = (event) => {
      if (event.type === 'message') received[kind] += (event as Event & { readonly data: { readonly byteLength: number } }).data.byteLength
      return dispatch(event)
    }
    const send = stream.send.bind(stream)
    stream.send = (data) => {
      sent[kind] += data.byteLength
      return send(data)
    }
  }

  return {
    metrics: () => ({ ...NO_METRICS, trackProtocolStream }),
    view: () => ({ sent: { ...sent }, received: { ...received } }),
  }
}

function kindsOf(realm: string): (stream: Stream) => TrafficKind {
  const [exchange, membership] = [exchangeProtocolOf(realm), membershipProtocolOf(realm)]
  return ({ protocol, direction }) => {
    if (protocol === exchange) return direction === 'outbound' ? 'fetched' : 'served'
    if (protocol === membership) return 'heartbeats'
    if (protocol === INTRODUCTION_PROTOCOL) return 'introductions'
    if (protocol === DIRECTORY_PROTOCOL) return 'directory'
    if (protocol.startsWith('/meshsub/')) return 'gossip'
    return protocol.startsWith('/libp2p/circuit/') ? 'circuits' : 'other'
  }
}

function nothing(): Record<TrafficKind, number> {
  return { gossip: 0, fetched: 0, served: 0, heartbeats: 0, introductions: 0, directory: 0, circuits: 0, other: 0 }
}

/** Everything else that libp2p would measure. */
const NO_METRIC = { update: ignore, increment: ignore, decrement: ignore, reset: ignore, observe: ignore, timer: () => ignore }
const NO_METRICS = {
  trackMultiaddrConnection: ignore,
  registerMetric: () => NO_METRIC,
  registerMetricGroup: () => NO_METRIC,
  registerCounter: () => NO_METRIC,
  registerCounterGroup: () => NO_METRIC,
  registerHistogram: () => NO_METRIC,
  registerHistogramGroup: () => NO_METRIC,
  registerSummary: () => NO_METRIC,
  registerSummaryGroup: () => NO_METRIC,
  traceFunction: (_name: string, traced: unknown) => traced,
  createTrace: ignore,
} as unknown as Metrics

function ignore(): void {}
