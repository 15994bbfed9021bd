// What goes wrong in an archipelago besides lost messages: islands crash and come back, lose their stores, have clocks that
// are off or jump, leave and join. Drawn from a stream of its own, so that another fault does not move the others.

import { log, type Random } from '@megabrain/evolve'
import type { MemoryNetwork } from '../memory/memory-network.ts'
import type { SimulatedIsland } from './simulated-island.ts'
import type { Topology } from './topology.ts'

export interface IslandFaults {
  /** Crashes per island and hour; the island comes back with what it had stored. @default 0 */
  readonly crashes?: number
  /** Share of crashes after which the store is empty. @default 0 */
  readonly wipes?: number
  /** Mean time that a crashed island is away, ms. @default 10_000 */
  readonly awayMs?: number
  /** Largest error of an island's clock at the start, ms, either way. @default 0 */
  readonly skewMs?: number
  /** Clock jumps per island and hour, forward or back by up to `jumpMs`. @default 0 */
  readonly jumps?: number
  /** @default 3_600_000 */
  readonly jumpMs?: number
  /** Share of the islands that is there only at times: each stays and is away for about `awayMs` × 6. @default 0 */
  readonly churn?: number
}

export interface FaultScene {
  readonly network: MemoryNetwork
  readonly islands: readonly SimulatedIsland[]
  readonly topology: Topology
  readonly random: Random
  /** Virtual time after which nothing goes wrong any more and everybody is back. */
  readonly until: number
  /** Who is up or linked has changed. */
  changed(): void
}

const HOUR_MS = 3_600_000

export function startFaults(faults: IslandFaults, scene: FaultScene): void {
  const { network, islands, random, until } = scene
  const { crashes = 0, wipes = 0, awayMs = 10_000, skewMs = 0, jumps = 0, jumpMs = HOUR_MS, churn = 0 } = faults

  const within = (limit: number): number => (random.uniform() * 2 - 1) * limit
  /** Time to the next of events that come at random. */
  const pause = (meanMs: number): number => 1 - meanMs * log(1 - random.uniform())

  function leave(island: SimulatedIsland, ms: number, wiped: boolean): void {
    if (!island.isUp) return
    island.crash()
    scene.changed()
    network.after(Math.max(1, Math.min(ms, until - network.now())), () => comeBack(scene, island, wiped))
  }

  /** Runs `happen` at random moments with this mean pause, until faults stop. */
  function repeat(meanMs: number, happen: () => void): void {
    const ms = pause(meanMs)
    if (network.now() + ms >= until) return
    network.after(ms, () => {
      happen()
      repeat(meanMs, happen)
    })
  }

  for (const island of islands) {
    if (skewMs > 0) island.setClock(within(skewMs))
    if (jumps > 0) repeat(HOUR_MS / jumps, () => island.setClock(island.clockMs + within(jumpMs)))
    if (crashes > 0) repeat(HOUR_MS / crashes, () => leave(island, pause(awayMs), random.uniform() < wipes))
    if (random.uniform() < churn) repeat(awayMs * 6, () => leave(island, pause(awayMs * 6), false))
  }
}

/** Everybody who is away comes back, clocks are right again. */
export function endFaults(scene: FaultScene): void {
  for (const island of scene.islands) {
    island.setClock(0)
    if (!island.isUp) comeBack(scene, island, false)
  }
}

function comeBack({ topology, changed }: FaultScene, island: SimulatedIsland, wiped: boolean): void {
  if (island.isUp) return
  island.restart(wiped)
  topology.connect(island.name)
  changed()
}
