// Bytes on the links minute by minute, so that a report can tell a busy mesh from an idle one.

import type { MemoryNetwork } from '../memory/memory-network.ts'

export interface Traffic {
  /** Closes a minute. @param islands how many were up */
  minute(islands: number): void
  /** Bytes per island and second, in the order of the minutes. */
  readonly byMinute: readonly number[]
}

export function createTraffic(network: MemoryNetwork): Traffic {
  const byMinute: number[] = []
  let before = 0
  return {
    minute(islands) {
      const { bytes } = network.counters()
      byMinute.push((bytes - before) / Math.max(1, islands) / 60)
      before = bytes
    },
    byMinute,
  }
}
