// What a simulation has to say about itself. Every figure is measured; nothing here knows what it should be.

import { compareText } from '../bytes/compare.ts'
import type { MemoryNetwork } from '../memory/memory-network.ts'
import type { FederationReport } from './federation-watch.ts'
import type { Invariants } from './invariants.ts'
import type { ArchipelagoOptions } from './options.ts'
import { areEqual, type PartitionWatch } from './partition.ts'
import type { SimulatedIsland } from './simulated-island.ts'
import type { Delivery, Spread } from './spread.ts'
import type { Trace } from './trace.ts'
import type { Traffic } from './traffic.ts'

export interface ArchipelagoReport {
  readonly islands: number
  readonly virtualMinutes: number
  readonly messages: number
  /** Messages that were lost, doubled or held back, and islands that crashed. */
  readonly faults: number
  readonly bytesPerIslandPerSecond: number
  /** Bytes per island and second of the busiest and of the quietest whole minute. */
  readonly traffic: { readonly busiest: number | null; readonly idlest: number | null }
  /** Over pairs of a published claim and an honest island connected to its author at that time. */
  readonly delivery: Delivery
  /** From the heal until every honest archive dominates the join of all at the heal; null without a partition or when never. */
  readonly convergedAfterHealMs: number | null
  /** From the heal until all honest archives were equal for the first time; null without a partition or when never. */
  readonly equalAfterHealMs: number | null
  /** Honest archives that lacked something of that join at the heal; null without a partition. */
  readonly behindAtHeal: number | null
  /** Whether the archives of all honest islands that are up are equal at the end. */
  readonly archivesEqual: boolean
  /** Entries kept by honest islands whose fitness does not re-evaluate. */
  readonly falseEntries: number
  /** Sentences about invariants that did not hold. */
  readonly violations: readonly string[]
  readonly invariantChecks: number
  readonly published: number
  readonly admitted: number
  /** Strangers' bodies that honest islands measured. */
  readonly measured: number
  /** Times that an island's own search went on from a stranger's champion. */
  readonly adoptions: number
  /** By reason, over honest islands. */
  readonly refused: Readonly<Record<string, number>>
  readonly bestFitness: number
  /** Of the largest archive: entries, and the mean sizes of a claim and a body in it, bytes. */
  readonly archive: { readonly entries: number; readonly claimBytes: number | null; readonly bodyBytes: number | null }
  /** Of a realm of Model 2. */
  readonly federation?: FederationReport
  /** 128 bits over every event of every island, hex. */
  readonly traceHash: string
}

export interface ReportParts {
  readonly options: ArchipelagoOptions
  readonly network: MemoryNetwork
  readonly islands: readonly SimulatedIsland[]
  readonly partition: PartitionWatch
  readonly spread: Spread
  readonly traffic: Traffic
  readonly invariants: Invariants
  readonly trace: Trace
  readonly counts: { readonly adoptions: number; readonly published: number }
  readonly crashes: number
  /** Network time of the start, ms. */
  readonly start: number
  readonly elapsedMs: number
  readonly federation: FederationReport | undefined
}

/** Claims this young at the end are not counted as undelivered. */
const TOO_YOUNG_MS = 5_000

export function composeReport(parts: ReportParts): ArchipelagoReport {
  const { options, network, islands, partition, spread, traffic, invariants, trace, counts, start, elapsedMs } = parts
  const honest = islands.filter(({ lies }) => lies === undefined)
  const up = honest.filter(({ isUp }) => isUp)
  const { messages, bytes, faults } = network.counters()
  const minutes = traffic.byMinute
  const sum = (of: (island: SimulatedIsland) => number): number => honest.reduce((total, island) => total + of(island), 0)
  return {
    islands: options.islands,
    virtualMinutes: elapsedMs / 60_000,
    messages,
    faults: faults + parts.crashes,
    bytesPerIslandPerSecond: bytes / options.islands / (elapsedMs / 1_000),
    traffic: { busiest: minutes.length === 0 ? null : Math.max(...minutes), idlest: minutes.length === 0 ? null : Math.min(...minutes) },
    delivery: spread.delivery(start + elapsedMs - TOO_YOUNG_MS),
    convergedAfterHealMs: partition.convergedAfterHealMs(),
    equalAfterHealMs: partition.equalAfterHealMs(),
    behindAtHeal: partition.behindAtHeal(),
    archivesEqual: areEqual(up.map(({ state }) => state.niches)),
    falseEntries: invariants.falseEntries(),
    violations: invariants.violations,
    invariantChecks: invariants.checks(),
    ...counts,
    admitted: sum(({ state }) => state.counters.admitted),
    measured: sum(({ state }) => state.counters.measured),
    refused: refusedBy(honest),
    bestFitness: honest.reduce((best, { state }) => Math.max(best, ...Array.from(state.niches.values(), ({ claim }) => claim.fitness)), 0),
    archive: archiveOf(honest),
    ...(parts.federation === undefined ? {} : { federation: parts.federation }),
    traceHash: trace.digest(),
  }
}

function archiveOf(islands: readonly SimulatedIsland[]): ArchipelagoReport['archive'] {
  let largest: SimulatedIsland['state']['niches'] = new Map()
  for (const { state } of islands) if (state.niches.size > largest.size) largest = state.niches
  const mean = (sizes: readonly number[]): number | null => (sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0) / sizes.length)
  const entries = [...largest.values()]
  return { entries: entries.length, claimBytes: mean(entries.map(({ envelope }) => envelope.length)), bodyBytes: mean(entries.map(({ body }) => body.length)) }
}

function refusedBy(islands: readonly SimulatedIsland[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>()
  for (const { state } of islands) for (const [reason, count] of state.counters.refused) sums.set(reason, (sums.get(reason) ?? 0) + count)
  return Object.fromEntries([...sums].sort(([a], [b]) => compareText(a, b)))
}
