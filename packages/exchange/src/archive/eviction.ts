// Which bodies go first when an archive has more of them than its budget allows: of entries that are far below the best of
// their task, then of those that behave like many others, then of old ones. Only bodies go: claims are small, and archives
// that have heard the same ones stay equal whatever each has room for.

import { compareText } from '../bytes/compare.ts'
import type { Entry } from './entry.ts'
import { noveltyOfEach } from './novelty.ts'

/** A budget for a browser tab, bytes: a fraction of what origins get, several realms of the default policy. */
export const TAB_BYTES = 50_000_000
export const RELAY_BYTES = 500_000_000

/** Fitness in sixteenths of the task's best, so that among those about as good novelty decides. */
const FITNESS_STEPS = 16
const NO_BODY = new Uint8Array(0)

export function hasBody(entry: Entry): boolean {
  return entry.body.length > 0
}

/** The entry as it stays when its body goes. */
export function withoutBody(entry: Entry): Entry {
  return { ...entry, body: NO_BODY }
}

/** Entries whose bodies may go, the first to go first: all that have one, but the best of each task. A total order. */
export function evictionOrder(entries: readonly Entry[]): readonly Entry[] {
  const byTask = new Map<string, Entry[]>()
  for (const entry of entries) {
    const ofTask = byTask.get(entry.claim.task)
    if (ofTask === undefined) byTask.set(entry.claim.task, [entry])
    else ofTask.push(entry)
  }
  return [...byTask.values()]
    .flatMap(ranked)
    .sort((a, b) => a.fitness - b.fitness || a.novelty - b.novelty || compareAge(a.entry, b.entry))
    .map(({ entry }) => entry)
}

/** Negative when `a` is older. */
function compareAge({ claim: a }: Entry, { claim: b }: Entry): number {
  return a.time - b.time || compareText(a.id, b.id)
}

function ranked(ofTask: readonly Entry[]): readonly { readonly entry: Entry; readonly fitness: number; readonly novelty: number }[] {
  const best = Math.max(1, ...ofTask.map(({ claim }) => claim.fitness))
  const noveltyOf = noveltyOfEach(ofTask.map(({ fingerprint }) => fingerprint))
  return ofTask.filter((entry) => hasBody(entry) && entry.claim.fitness < best).map((entry) => ({
    entry,
    fitness: Math.trunc((entry.claim.fitness * FITNESS_STEPS) / best),
    novelty: noveltyOf(entry.fingerprint),
  }))
}
