// The times and counts of the failure detector, and the two formulas of Lifeguard that they go into. Apart so that the bench
// can run the same state machine as plain SWIM.

export interface MembershipSettings {
  /** One neighbour is probed each period, ms. */
  readonly periodMs: number
  /** After this without an answer others are asked to probe it too, ms. */
  readonly answerMs: number
  /** How many others: SWIM's k. */
  readonly helpers: number
  /** A suspect has this long to be heard from when as many others as `confirmations` suspect it too, ms. */
  readonly leastSuspicionMs: number
  /** And this long while nobody else does, ms. */
  readonly mostSuspicionMs: number
  readonly confirmations: number
  /** Own probes that must have failed, each direct and through others, whoever else says so. */
  readonly leastFailures: number
  /** Highest local health score. The patience of probes is multiplied by 1 + score; 0 switches that off. */
  readonly worstHealth: number
  /** How far one event may move the clock that patience is counted on, ms: time that we slept through is nobody's silence. */
  readonly longestStepMs: number
}

/** A tab's: three neighbours probed in nine seconds, at about a hundred bytes a second. */
export const MEMBERSHIP: MembershipSettings = {
  periodMs: 3_000,
  answerMs: 1_000,
  helpers: 3,
  leastSuspicionMs: 12_000,
  mostSuspicionMs: 48_000,
  confirmations: 3,
  leastFailures: 3,
  worstHealth: 8,
  longestStepMs: 2_000,
}

/** Of a member that saves data: a third as many probes, so who has gone is noticed three times as late. */
export const LOW_DATA_MEMBERSHIP: MembershipSettings = { ...MEMBERSHIP, periodMs: 9_000, leastSuspicionMs: 36_000, mostSuspicionMs: 144_000 }

/** SWIM without Lifeguard: what it costs to leave it out is measured in `bench/membership.ts`. */
export const PLAIN_SWIM: MembershipSettings = {
  ...MEMBERSHIP,
  mostSuspicionMs: MEMBERSHIP.leastSuspicionMs,
  leastFailures: 1,
  worstHealth: 0,
  longestStepMs: Number.POSITIVE_INFINITY,
}

/**
 * How long a suspect has, ms: from the most down to the least, by the logarithm of how many others confirm (Lifeguard, section
 * IV-B). Where fewer witnesses exist than it takes, as many as there are suffice; where there is none, the least holds.
 * @param witnesses others who could confirm
 */
export function suspicionMs(settings: MembershipSettings, confirmedBy: number, witnesses: number): number {
  const { leastSuspicionMs: least, mostSuspicionMs: most } = settings
  const needed = Math.min(settings.confirmations, witnesses)
  const share = needed === 0 ? 1 : Math.min(1, Math.log(confirmedBy + 1) / Math.log(needed + 1))
  return most - (most - least) * share
}
