// Where a champion stands once luck and learning by heart are taken out: the mean of its audits over the last eight epochs,
// none of whose beacons was known when it was claimed. And how brittle it is: what it loses from public to audit.

import type { Claim } from '../claim/claim.ts'
import { epochOf } from '../credit/standing.ts'

/** Epochs that a rank is the mean of. */
export const RANK_EPOCHS = 8
/** A claim's clock may be wrong by minutes: the beacon of the hour after it may have been known to its author. */
const BLIND_EPOCHS = 2

/** The epochs, ascending, whose beacons audit a claim at `epoch`; empty for one that is too young. */
export function auditedEpochs(claim: Pick<Claim, 'time'>, epoch: number): readonly number[] {
  const first = Math.max(epochOf(claim.time) + BLIND_EPOCHS, epoch - RANK_EPOCHS + 1)
  return Array.from({ length: Math.max(0, epoch - first + 1) }, (_, i) => first + i)
}

export interface Rank {
  /** What a leaderboard goes by: mean fitness of the audits, 0 to 1,000,000; the public fitness where there are none. */
  readonly fitness: number
  /** Audits in it, 0 to 8. */
  readonly audits: number
  /** Public fitness − `fitness`, of the public fitness: 0 when it does as well anywhere, towards 1 for what was learned by heart. */
  readonly brittleness: number
}

/** @param audits fitness of each audit, of epochs in `auditedEpochs` */
export function rankOf(publicFitness: number, audits: readonly number[]): Rank {
  if (audits.length === 0) return { fitness: publicFitness, audits: 0, brittleness: 0 }
  let sum = 0
  for (const fitness of audits) sum += fitness
  const fitness = sum / audits.length
  const brittleness = publicFitness === 0 ? 0 : Math.max(0, publicFitness - fitness) / publicFitness
  return { fitness, audits: audits.length, brittleness }
}
