// `--nice`: how far behind everything else on the machine a donor stands. On Linux a priority belongs to a thread; new threads
// take that of the one that starts them, those that are there already need to be told.

import { readdir } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { UsageError } from '../usage.ts'

/** @param nice 0 to 19. @throws UsageError where the system does not allow it: a process may not take back what it gave */
export async function yieldTo(nice: number): Promise<void> {
  try {
    setPriority(nice)
  } catch {
    throw new UsageError(`--nice ${nice} is not allowed here: this process is nicer already`)
  }
  for (const thread of await readdir('/proc/self/task').catch(() => [])) {
    try {
      setPriority(Number(thread), nice)
    } catch {
      // It ended meanwhile.
    }
  }
}
