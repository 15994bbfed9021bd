// How much memory the relay may have when nobody says: most of what its container or its machine has.

import { totalmem } from 'node:os'

const SHARE = 0.8
const MIB = 1_048_576

/** Mebibytes. The container's limit counts where there is one. */
export function defaultMemoryMb(): number {
  const machine = totalmem()
  const container = process.constrainedMemory()
  return Math.max(64, Math.floor((SHARE * (container > 0 ? Math.min(container, machine) : machine)) / MIB))
}
