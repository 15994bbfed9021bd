// The island's state in words: a short label for the pill and one sentence that says why. Every phase and reason has
// both, so that nobody has to guess why nothing happens.

import { momentOf, plural } from './format.ts'
import type { Phase, Reason, Snapshot } from '@megabrain/island'

export function labelOf(phase: Phase): string {
  const labels: Readonly<Record<Phase, string>> = {
    idle: 'Not started',
    starting: 'Starting',
    running: 'Evolving',
    paused: 'Paused',
    stopped: 'Stopped',
  }
  return labels[phase]
}

export type Situation = Pick<Snapshot, 'phase' | 'reason' | 'detail'> & Partial<Pick<Snapshot, 'until' | 'settings'>>

export function sentenceOf({ phase, reason, detail, until, settings }: Situation): string {
  if (reason === 'not-conformant' && phase === 'running') {
    return 'Evolving, but publishing nothing: this browser’s arithmetic failed the self-test, so others could not reproduce its results.'
  }
  if (reason === 'failed')
    return `It stopped because the worker failed${detail === undefined ? '' : `: ${detail}`}. What was found is kept.`
  switch (phase) {
    case 'idle':
      return reason === 'other-tab'
        ? 'Another tab of this browser holds the island.'
        : 'Nothing is running. It starts when you press Start.'
    case 'starting':
      return 'Opening what this browser kept.'
    case 'running':
      return reason === 'other-tab'
        ? 'Another tab of this browser is evolving; this one watches.'
        : `Evolving with ${plural(settings?.workers ?? 1, 'worker')} in this browser${hold(reason)}.`
    case 'paused':
      return `Paused ${pauseCause(reason)}${until === undefined ? '' : `, until ${momentOf(until)}`}.`
    case 'stopped':
      return 'Stopped by you. What was found is kept in this browser.'
  }
}

/** What holds back an island that runs. */
function hold(reason: Reason | undefined): string {
  if (reason === 'finishing') return '; it stops when this generation is done'
  return reason === 'busy' || reason === 'sluggish' ? `, giving less ${pauseCause(reason)}` : ''
}

function pauseCause(reason: Reason | undefined): string {
  switch (reason) {
    case 'hidden':
      return 'because this page is in the background; it goes on when you look at it again'
    case 'battery':
      return 'because this computer runs on battery; it goes on when it is plugged in'
    case 'save-data':
      return 'because your browser asks to save data'
    case 'by-owner':
      return 'from another of your machines'
    case 'schedule':
      return 'outside the hours that you set'
    case 'snoozed':
      return 'for a while, as you asked'
    case 'busy':
      return 'because this computer is busy with other things'
    case 'sluggish':
      return 'because this page would become sluggish'
    case 'in-use':
      return 'because somebody is at this computer'
    case 'daily-limit':
      return 'because the computing time that you allow for a day is used up'
    case 'data-limit':
      return 'because the data that you allow for a day is used up'
    case 'other-tab':
      return 'while another tab of this browser runs'
    default:
      return 'by you'
  }
}
