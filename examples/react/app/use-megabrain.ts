// What runs, as a hook: the island lives outside React, since a component that comes and goes must not start or stop it.

import { start, stop, subscribeGenotypes } from 'megabrain'
import type { NotStarted, Snapshot, VerifiedGenotype } from 'megabrain'
import { useSyncExternalStore } from 'react'

export interface Seen {
  readonly snapshot: Snapshot | undefined
  /** Why nothing was started. */
  readonly reason: NotStarted | undefined
  /** Newest first, at most ten. */
  readonly found: readonly VerifiedGenotype[]
}

let seen: Seen = { snapshot: undefined, reason: undefined, found: [] }
const listeners = new Set<() => void>()

function change(changes: Partial<Seen>): void {
  seen = { ...seen, ...changes }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

subscribeGenotypes('default', (genotype) => change({ found: [genotype, ...seen.found].slice(0, 10) }))

export async function begin(relay: string): Promise<void> {
  const result = await start({ relay })
  if (!result.started) return change({ reason: result.reason })
  change({ reason: undefined, snapshot: result.island.snapshot() })
  result.island.subscribe((snapshot) => change({ snapshot }))
}

export async function end(): Promise<void> {
  await stop()
}

export function useMegabrain(): Seen {
  return useSyncExternalStore(subscribe, () => seen)
}
