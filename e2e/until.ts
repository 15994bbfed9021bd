// Waiting for what somebody can see: look again and again until it is there, or fail with the sentence that was waited
// for and what was seen last. No test sleeps.

import { setTimeout as pause } from 'node:timers/promises'

export interface Patience {
  /** @default 10_000 */
  readonly timeoutMs?: number
  /** @default 100 */
  readonly everyMs?: number
}

/** The first value of `look` that is neither undefined nor false. A look that throws counts as not yet. */
export async function until<T>(what: string, look: () => T | Promise<T>, patience: Patience = {}): Promise<Exclude<T, undefined | false>> {
  const { timeoutMs = 10_000, everyMs = 100 } = patience
  const start = performance.now()
  let last: unknown
  for (;;) {
    try {
      const seen = await look()
      if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>
      last = seen
    } catch (error) {
      last = error
    }
    if (performance.now() - start > timeoutMs) {
      throw new Error(`Not within ${Math.round(timeoutMs)} ms: ${what}${last instanceof Error ? ` (${last.message})` : ''}`)
    }
    await pause(everyMs)
  }
}
