// Runs the donation's decision in time: feeds it what happens, wakes it when time alone may change it, and tells changes.
// The one timer of the donation; pages and donors without one use it alike.

import { createDonation, decide, stepDonation } from './donation.ts'
import type { Decision, DonationEvent } from './donation.ts'
import type { DonationSettings } from './donation-settings.ts'
import { createWallClock } from './schedule.ts'

export interface DonationDriverOptions {
  /** As they are now. */
  settings(): DonationSettings
  /** IANA name; undefined: the machine's own zone. */
  readonly zone: string | undefined
  /** Milliseconds since 1970. */
  now(): number
  /** Told when anything of it but `nextAt` is another than before, and of every `resume`; not of the first one. */
  onDecision(decision: Decision): void
}

export interface DonationDriver {
  tell(event: DonationEvent): void
  /** The settings have changed, or may have. */
  review(): void
  decision(): Decision
  close(): void
}

/** A machine that slept, or whose clock or time zone was set, is noticed within this. */
const REVIEW_MS = 60_000

export function openDonationDriver({ settings, zone, now, onDecision }: DonationDriverOptions): DonationDriver {
  let donation = createDonation(now())
  let clock = createWallClock(zone)
  let decision = decide(donation, settings(), clock, now())
  let timer: ReturnType<typeof setTimeout>

  const arm = (): void => {
    clearTimeout(timer)
    const { nextAt } = decision
    timer = setTimeout(() => {
      // The machine's own zone may be another one by now.
      clock = createWallClock(zone)
      tell({ kind: 'tick' })
    }, nextAt === undefined ? REVIEW_MS : Math.min(REVIEW_MS, Math.max(0, nextAt - now())))
  }
  const review = (isAskedFor = false): void => {
    const before = decision
    decision = decide(donation, settings(), clock, now())
    arm()
    if (isAskedFor || !isSame(before, decision)) onDecision(decision)
  }
  const tell = (event: DonationEvent): void => {
    donation = stepDonation(donation, event, now())
    // Whoever presses Resume wants it to try again, also after a failure.
    review(event.kind === 'resume')
  }
  arm()
  return { tell, review: () => review(), decision: () => decision, close: () => clearTimeout(timer) }
}

function isSame(a: Decision, b: Decision): boolean {
  return a.state === b.state && a.reason === b.reason && a.until === b.until && a.dutyPercent === b.dutyPercent && a.workers === b.workers
}
