// The frame's sentences: for every state its reason, for every click that does not count what to do.

import type { Snapshot } from '@megabrain/island'
import type { Cause } from '../protocol.ts'
import type { Refusal } from './gate.ts'

const RESTS: Readonly<Record<Exclude<Cause, 'none' | 'visitor'>, string>> = {
  'out-of-sight': 'Resting while this box is not on the screen.',
  'covered': 'Resting because something lies over this box.',
  'too-small': 'Resting because this box is too small to be seen.',
}

export function restingWords(cause: keyof typeof RESTS): string {
  return RESTS[cause]
}

const REFUSALS: Readonly<Record<Refusal, string>> = {
  'not-a-person': 'That was a program, not a person.',
  'out-of-sight': 'Not counted: the whole question must be on the screen.',
  'covered': 'Not counted: something lies over this question.',
  'too-small': 'Not counted: this box is too small to read the question.',
  'too-soon': 'Not counted: please read first, then press again.',
  'moved': 'Not counted: this box moved. Please press again.',
}

export function refusalWords(refusal: Refusal): string {
  return REFUSALS[refusal]
}

/** Why the island is as it is, when nothing about the frame's place keeps it. */
export function islandWords({ phase, reason, detail, watching }: Pick<Snapshot, 'phase' | 'reason' | 'detail' | 'watching'>): string {
  if (reason === 'failed') return `It stopped because the worker failed${detail === undefined ? '' : `: ${detail}`}.`
  if (phase === 'starting') return 'Starting one worker.'
  if (phase === 'running') return watching ? 'Evolving in another frame of this site.' : 'One worker evolves neural networks here.'
  if (phase === 'paused') {
    switch (reason) {
      case 'hidden':
        return 'Resting while this page is in the background.'
      case 'battery':
        return 'Resting while this computer runs on battery.'
      case 'save-data':
        return 'Resting because your browser asks to save data.'
      case 'busy':
      case 'sluggish':
        return 'Resting while this computer has much else to do.'
      case 'by-you':
        return 'Paused by you.'
      default:
        return 'Resting.'
    }
  }
  return 'Nothing is running.'
}
