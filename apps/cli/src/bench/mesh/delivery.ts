// Broadcasts through one relay to clients behind one address: what share arrives, and how late. One figure per broadcast and
// client that should have it; the publisher itself does not count.

import type { Spread } from '../spread.ts'
import { spreadOf } from '../spread.ts'
import { createAnnouncement } from './claims.ts'
import type { BenchRealm } from './claims.ts'
import type { Crowd } from './crowd.ts'
import { merged, nameOf } from './orders.ts'
import type { Heard } from './orders.ts'

export interface Delivery {
  readonly broadcasts: number
  /** Pairs that should be, and that were. */
  readonly expected: number
  readonly delivered: number
  /** ms; null when nothing arrived. */
  readonly p50: number | null
  readonly p99: number | null
  readonly most: number | null
  /** Pulls that needed a second try. */
  readonly retried: number
}

export interface Traffic {
  /** What each broadcast is, made ahead. */
  readonly messages: readonly { readonly bytes: Uint8Array; readonly body?: Uint8Array }[]
  readonly everyMs: number
  /** How long the last ones may take, ms. */
  readonly drainMs: number
}

/** Signed claims about genotypes of `bodyBytes`; `from` keeps them apart from those made before. */
export function claimsAbout(realm: BenchRealm, from: number, count: number, bodyBytes: number): Traffic['messages'] {
  return Array.from({ length: count }, (_, i) => createAnnouncement(realm, from + i, bodyBytes))
}

const LOOK_MS = 500

/**
 * Publishes all and waits until everybody has everything, or as long as the traffic's drain allows.
 * @param publishers clients take turns among this many
 * @param reached whether a client has it when it `heard` or `pulled`
 */
export async function deliver(crowd: Crowd, publishers: number, { messages, everyMs, drainMs }: Traffic, reached: 'heard' | 'pulled'): Promise<Delivery> {
  const names = new Set(messages.map(({ bytes }) => nameOf(bytes)))
  await crowd.collect()
  const start = performance.now()
  for (const [i, { bytes, body }] of messages.entries()) {
    await sleep(start + i * everyMs - performance.now())
    await crowd.publish(i % publishers, bytes, body)
  }
  const end = performance.now() + drainMs
  let record = await crowd.collect()
  for (;;) {
    // Others may publish meanwhile: an attacker does.
    const outcome = outcomeOf({ ...record, published: record.published.filter(([name]) => names.has(name)) }, crowd.size, reached)
    if (outcome.delivered >= outcome.expected || performance.now() > end) return outcome
    await sleep(LOOK_MS)
    record = merged([record, await crowd.collect()])
  }
}

export function outcomeOf(record: Heard, clients: number, reached: 'heard' | 'pulled'): Delivery {
  const publishedAt = new Map(record.published)
  const times = record[reached].flatMap(([name, at]) => (publishedAt.has(name) ? [at - publishedAt.get(name)!] : [])).sort((a, b) => a - b)
  const at = (share: number): number | null => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? null
  const expected = publishedAt.size * (clients - 1)
  return { broadcasts: publishedAt.size, expected, delivered: times.length, p50: at(0.5), p99: at(0.99), most: times.at(-1) ?? null, retried: record.retried }
}

export interface DeliverySummary {
  readonly runs: readonly Delivery[]
  /** Delivered of all that should be, 0..1. */
  readonly ratio: number
  readonly p50: Spread | null
  readonly p99: Spread | null
}

export function summaryOf(runs: readonly Delivery[]): DeliverySummary {
  const sum = (of: (run: Delivery) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const spread = (of: (run: Delivery) => number | null): Spread | null => {
    const values = runs.map(of).filter((value) => value !== null)
    return values.length === 0 ? null : spreadOf(values)
  }
  return { runs, ratio: sum(({ delivered }) => delivered) / sum(({ expected }) => expected), p50: spread(({ p50 }) => p50), p99: spread(({ p99 }) => p99) }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
