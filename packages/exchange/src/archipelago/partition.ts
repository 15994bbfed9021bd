// A cut through the mesh and its heal: when all honest archives hold at least what all of them together held at the heal.

import { dominates, merge, type Niches } from '../archive/niches.ts'
import type { FaultScene } from './faults.ts'

export interface PartitionWatch {
  /** From the heal until every honest archive dominates the join of all at the heal; null without a partition or when never. */
  convergedAfterHealMs(): number | null
  /** Honest archives that lacked something of that join at the heal; null without a partition. */
  behindAtHeal(): number | null
  /** From the heal until all honest archives were equal for the first time; null without a partition or when never. */
  equalAfterHealMs(): number | null
}

const CHECK_EVERY_MS = 250
const MINUTE_MS = 60_000

export function watchPartition(
  partition: readonly [number, number] | undefined,
  { network, islands, topology, changed, length }: FaultScene & { readonly length: number },
): PartitionWatch {
  let converged: number | null = null
  let behind: number | null = null
  let equal: number | null = null
  if (partition !== undefined) {
    const [from, to] = partition
    network.after(from * MINUTE_MS, () => {
      topology.cut()
      changed()
    })
    network.after(Math.min(to * MINUTE_MS, length), () => {
      topology.heal()
      changed()
      const healedAt = network.now()
      const honest = islands.filter(({ lies, isUp }) => lies === undefined && isUp)
      const archives = (): readonly Niches[] => honest.map(({ state }) => state.niches)
      const goal = archives().reduce(merge, new Map())
      behind = archives().filter((niches) => !dominates(niches, goal)).length
      const check = (): void => {
        if (converged === null && archives().every((niches) => dominates(niches, goal))) converged = network.now() - healedAt
        if (equal === null && areEqual(archives())) equal = network.now() - healedAt
        if (converged === null || equal === null) network.after(CHECK_EVERY_MS, check)
      }
      check()
    })
  }
  return { convergedAfterHealMs: () => converged, behindAtHeal: () => behind, equalAfterHealMs: () => equal }
}

export function areEqual(archives: readonly Niches[]): boolean {
  const [first, ...rest] = archives
  if (first === undefined) return true
  return rest.every((niches) => {
    if (niches.size !== first.size) return false
    for (const [niche, { claim }] of first) if (niches.get(niche)?.claim.id !== claim.id) return false
    return true
  })
}

/** Equal for equal archives only. */
export function archiveName(niches: Niches): string {
  return Array.from(niches.values(), ({ claim }) => claim.id).sort().join()
}
