// The island's state in words: a short label for the pill and one sentence that says why. Every phase and reason has
// both, so that nobody has to guess why nothing happens.

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

export type Situation = Pick<Snapshot, 'phase' | 'reason' | 'detail'>

export function sentenceOf({ phase, reason, detail }: Situation): string {
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
      return 'Opening what this browser kept and starting one worker.'
    case 'running':
      return reason === 'other-tab'
        ? 'Another tab of this browser is evolving; this one watches.'
        : 'One worker is evolving networks in this browser.'
    case 'paused':
      return `Paused ${pauseCause(reason)}.`
    case 'stopped':
      return 'Stopped by you. What was found is kept in this browser.'
  }
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
    case 'other-tab':
      return 'while another tab of this browser runs'
    default:
      return 'by you'
  }
}
