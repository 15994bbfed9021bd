// The island's state in words: a short label for the pill and one sentence that says why. Every phase and reason has
// both, so that nobody has to guess why nothing happens.

import { count, momentOf } from './format.ts'
import { t } from './translate.ts'
import type { Phase, Reason, Snapshot } from '@megabrain/island'

export function labelOf(phase: Phase): string {
  return t(`state.label.${phase}`)
}

export type Situation = Pick<Snapshot, 'phase' | 'reason' | 'detail'> & Partial<Pick<Snapshot, 'until' | 'settings'>>

export function sentenceOf({ phase, reason, detail, until, settings }: Situation): string {
  if (reason === 'not-conformant' && phase === 'running') return t('state.notConformant')
  if (reason === 'failed') return detail === undefined ? t('state.failed') : t('state.failedBy', { detail })
  switch (phase) {
    case 'idle':
      return reason === 'other-tab' ? t('state.otherHolds') : t('state.idle')
    case 'starting':
      return t('state.starting')
    case 'running': {
      if (reason === 'other-tab') return t('state.watching')
      const workers = settings?.workers ?? 1
      return t('state.running', { count: workers, workers: count(workers), hold: hold(reason) })
    }
    case 'paused': {
      const cause = causeOf(reason)
      return until === undefined ? t('state.paused', { cause }) : t('state.pausedUntil', { cause, moment: momentOf(until) })
    }
    case 'stopped':
      return t('state.stopped')
  }
}

/** What holds back an island that runs. */
function hold(reason: Reason | undefined): string {
  if (reason === 'finishing') return t('state.finishing')
  return reason === 'busy' || reason === 'sluggish' ? t('state.less', { cause: causeOf(reason) }) : ''
}

const causes = [
  'hidden', 'battery', 'save-data', 'by-owner', 'schedule', 'snoozed', 'busy', 'sluggish', 'in-use', 'daily-limit', 'data-limit', 'other-tab',
] as const

function causeOf(reason: Reason | undefined): string {
  return t(`state.cause.${causes.find((known) => known === reason) ?? 'by-you'}`)
}
