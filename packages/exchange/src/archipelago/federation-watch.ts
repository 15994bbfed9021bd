// What a simulation has to say about Model 2: its rounds, what they cost the coordinators, what a killed coordinator or a
// liar changes. Only looks, except when it is asked to kill one.

import type { Notice } from '../member/events.ts'
import { modelViewOf } from '../member/model.ts'
import type { MemoryNetwork } from '../memory/memory-network.ts'
import type { FederationView, RoundView } from '../models/model.ts'
import type { SimulatedIsland } from './simulated-island.ts'

export interface FederationReport {
  /** Rounds that were decided, each shard's for itself. */
  readonly rounds: number
  /** From one decision of a shard to the next, ms: half of them took no more than this, and the longest. */
  readonly roundMs: { readonly p50: number | null; readonly most: number | null }
  /** Mean reports in a round, and of how many members. */
  readonly reports: number | null
  readonly members: number | null
  readonly survivors: number | null
  /** Of the busiest round, bytes of one coordinator. */
  readonly coordinatorBytes: { readonly in: number; readonly out: number } | null
  /** Of all coordinators in a minute, the mean, bytes. */
  readonly coordinatorsBytesPerMinute: { readonly in: number; readonly out: number }
  /** From a kill to the next decision of that shard, as its members heard it, ms; null when none came. */
  readonly nextRoundAfterKillMs: readonly (number | null)[]
  /** From the first proof against a coordinator until all honest islands that are up knew it, ms; null while some do not. */
  readonly liarKnownMs: readonly (number | null)[]
  /** Different coordinators that islands of one shard follow at the end; 1 where all agree. */
  readonly coordinatorsPerShard: number
  readonly shards: number
  /** Share of the islands that have a living coordinator at the end. */
  readonly led: number
}

export interface FederationWatch {
  noticed(island: SimulatedIsland, notice: Notice): void
  /** Kills the coordinator with the most members once its next round is half over. @param ms from the start */
  killAt(ms: number): void
  report(): FederationReport
}

interface WatchScene {
  readonly network: MemoryNetwork
  readonly islands: readonly SimulatedIsland[]
  readonly start: number
  changed(): void
}

interface Round extends RoundView {
  readonly at: number
}

export function watchFederation({ network, islands, start, changed }: WatchScene): FederationWatch {
  /** By shard and round: as it was heard first. */
  const rounds = new Map<string, Round>()
  const kills: { readonly at: number; readonly shard: number; next: number | null }[] = []
  const liars = new Map<string, { readonly since: number; readonly known: Set<number>; all: number | null }>()

  const viewOf = (island: SimulatedIsland): FederationView | undefined =>
    island.isUp ? modelViewOf(island.state, island.state.clock.passed)?.federation : undefined
  const honest = (): readonly SimulatedIsland[] => islands.filter(({ isUp, lies }) => isUp && lies === undefined)

  function kill(): void {
    let [victim, most] = [undefined as SimulatedIsland | undefined, -1]
    for (const island of islands) {
      const view = viewOf(island)
      const members = view?.rounds.at(-1)?.members ?? 0
      if (view?.isOurs === true && members > most) [victim, most] = [island, members]
    }
    if (victim === undefined) return
    const { shard } = viewOf(victim)!
    kills.push({ at: network.now(), shard, next: null })
    victim.crash()
    changed()
  }

  return {
    noticed(island, notice) {
      if (notice.kind === 'round') {
        const { round } = notice
        const name = `${round.shard}/${round.round}`
        const known = rounds.get(name)
        if (known === undefined) rounds.set(name, { ...round, at: network.now() })
        else if (known.coordinatorBytes === undefined && round.coordinatorBytes !== undefined) rounds.set(name, { ...known, coordinatorBytes: round.coordinatorBytes })
        for (const killed of kills) if (killed.next === null && killed.shard === round.shard) killed.next = network.now() - killed.at
      } else if (notice.kind === 'liar') {
        const liar = liars.get(notice.device) ?? { since: network.now(), known: new Set<number>(), all: null }
        liars.set(notice.device, liar)
        liar.known.add(island.index)
        if (liar.all === null && honest().every(({ index }) => liar.known.has(index))) liar.all = network.now() - liar.since
      }
    },
    killAt: (ms) => network.after(ms, kill),
    report() {
      const all = [...rounds.values()]
      const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length)
      const gaps = [...new Set(all.map(({ shard }) => shard))].flatMap((shard) => {
        const times = all.filter((round) => round.shard === shard).map(({ at }) => at).sort((a, b) => a - b)
        return times.slice(1).map((at, i) => at - times[i]!)
      }).sort((a, b) => a - b)
      const costs = all.flatMap(({ coordinatorBytes }) => coordinatorBytes ?? [])
      const most = costs.reduce<{ in: number; out: number } | null>((top, { in: taken, out }) => ({ in: Math.max(top?.in ?? 0, taken), out: Math.max(top?.out ?? 0, out) }), null)
      const minutes = Math.max(1, (network.now() - start) / 60_000)
      const sum = (of: 'in' | 'out'): number => costs.reduce((total, cost) => total + cost[of], 0) / minutes
      const views = honest().flatMap((island) => viewOf(island) ?? [])
      const followed = new Map<number, Set<string>>()
      for (const { shard, coordinator } of views) if (coordinator !== undefined) followed.set(shard, (followed.get(shard) ?? new Set()).add(coordinator))
      return {
        rounds: all.length,
        roundMs: { p50: gaps[gaps.length >> 1] ?? null, most: gaps.at(-1) ?? null },
        reports: mean(all.map(({ reports }) => reports)),
        members: mean(all.map(({ members }) => members)),
        survivors: mean(all.map(({ survivors }) => survivors)),
        coordinatorBytes: most,
        coordinatorsBytesPerMinute: { in: sum('in'), out: sum('out') },
        nextRoundAfterKillMs: kills.map(({ next }) => next),
        liarKnownMs: [...liars.values()].map(({ all: ms }) => ms),
        coordinatorsPerShard: Math.max(0, ...[...followed.values()].map(({ size }) => size)),
        shards: followed.size,
        led: views.length === 0 ? 0 : views.filter(({ coordinator }) => coordinator !== undefined).length / views.length,
      }
    },
  }
}
