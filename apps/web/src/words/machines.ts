// What another machine of the owner is doing, in words. Phases and reasons come from that machine, which may run a later release.

import type { MachineView } from '@megabrain/island'
import { labelOf } from './state.ts'

const REASONS: Readonly<Record<string, string>> = {
  'by-you': 'by you, there',
  'by-owner': 'because you paused all',
  hidden: 'because its page is in the background',
  battery: 'because it runs on battery',
  'save-data': 'because its browser asks to save data',
  'not-conformant': 'but it publishes nothing: its arithmetic failed the self-test',
  failed: 'because its worker failed',
}

export function machineSentence({ phase, reason, isSilent, isRevoked }: Pick<MachineView, 'phase' | 'reason' | 'isSilent' | 'isRevoked'>): string {
  if (isRevoked) return 'Taken back: what it claims from then on counts for nobody.'
  if (isSilent) return 'Not heard of for three minutes: off, asleep or cut off. It was'
  const label = phase === 'starting' || phase === 'running' || phase === 'paused' || phase === 'stopped' ? labelOf(phase) : phase
  const cause = REASONS[reason] ?? reason
  return `${cause === '' ? label : `${label} ${cause}`}:`
}
