// From the donation's decision to what a host is told.

import type { Decision } from '../donation/donation.ts'
import type { DonationSettings } from '../donation/donation-settings.ts'
import type { Allowance } from '../snapshot.ts'

export function allowanceOf({ state, reason, until, dutyPercent }: Decision, settings: DonationSettings): Allowance {
  const running = state === 'running' || state === 'finishing'
  return { running, reason: reason === 'as-set' ? undefined : reason, until, share: dutyPercent / settings.dutyPercent }
}
