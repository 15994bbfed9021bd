// Audits of the results that the page shows: one at a time, each result by every beacon of the last hours that its author could
// not know. What an audit gave never changes, so it is kept until the result is shown no more.

import { auditedEpochs, epochOf, rankOf } from '@megabrain/exchange'
import type { Beacon, Entry, Rank } from '@megabrain/exchange'

export interface RanksOptions {
  /** Fitness of an audit, `none` where there is none; undefined when it could not be done now. */
  audit(work: { readonly task: string; readonly body: Uint8Array; readonly beacon: string }): Promise<number | 'none' | undefined>
  beacon(epoch: number): Beacon | undefined
}

export interface Ranks {
  /** Audits the next of `entries` that lacks one. @param now milliseconds since 1970 */
  consider(entries: readonly Entry[], now: number): void
  /** Undefined for a result that has not been audited. */
  rankOf(entry: Pick<Entry, 'claim'>, now: number): Rank | undefined
}

/** The task has no audits: not asked again. */
const MISSING = -1

export function createRanks({ audit, beacon }: RanksOptions): Ranks {
  /** By CID, then by epoch. */
  const results = new Map<string, Map<number, number>>()
  let isBusy = false

  return {
    consider(entries, now) {
      if (isBusy) return
      const shown = new Set(entries.map(({ claim }) => claim.genotype))
      for (const cid of results.keys()) if (!shown.has(cid)) results.delete(cid)
      for (const { claim, body } of entries) {
        const known = results.get(claim.genotype) ?? new Map<number, number>()
        results.set(claim.genotype, known)
        if (body.length === 0 || [...known.values()].includes(MISSING)) continue
        for (const epoch of auditedEpochs(claim, epochOf(now))) {
          const made = known.has(epoch) ? undefined : beacon(epoch)
          if (made === undefined) continue
          isBusy = true
          void audit({ task: claim.task, body, beacon: made.value }).then((fitness) => {
            if (fitness !== undefined) known.set(epoch, fitness === 'none' ? MISSING : fitness)
            isBusy = false
          })
          return
        }
      }
    },
    rankOf({ claim }, now) {
      const known = results.get(claim.genotype)
      const audits = auditedEpochs(claim, epochOf(now)).flatMap((epoch) => known?.get(epoch) ?? [])
      return audits.length === 0 || audits.includes(MISSING) ? undefined : rankOf(claim.fitness, audits)
    },
  }
}
