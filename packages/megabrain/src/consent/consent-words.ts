// What the dialog says. Separate so that the words can be checked against what the settings do, and shown by other dialogs.

import type { ConsentScope } from './stored-consent.ts'

export interface ConsentTerms extends ConsentScope {
  /** Name of the problem, or undefined when the realm decides. */
  readonly task: string | undefined
  /** Share of one core for each worker, per cent, 1 to 100. */
  readonly dutyPercent: number
  /** Compute workers, 1 or more. */
  readonly workers: number
  /** Whether other participants are connected to. */
  readonly meets: boolean
}

export const CONSENT_HEADING = 'Lend this page your idle time?'
export const ACCEPT = 'Agree and start'
export const DECLINE = 'Not now'

/** Term and sentence, in the order of reading. */
export function consentRows({ operator, place, team, task, dutyPercent, workers, meets }: ConsentTerms): readonly (readonly [string, string])[] {
  const many = workers === 1 ? 'One worker breeds and tests' : `${workers} workers breed and test`
  const each = workers === 1 ? 'one processor core' : 'one processor core each'
  const seen = meets
    ? 'Other participants’ browsers and the relay see your network address.'
    : `Only ${operator} sees your network address; it is asked once for what to work on.`
  return [
    ['What runs', `${many} neural networks inside this page${task === undefined ? '' : ` (${task})`}. It sees none of your files and none of your other tabs.`],
    ['Where', place === operator ? `On ${place}.` : `On ${place}, with the mesh of ${operator}.`],
    ['How much', `${dutyPercent} % of ${each}, measured, and the electricity for it. It pauses on battery, in the background, and when your browser asks to save data.`],
    ['Who sees you', seen],
    ...(meets ? [['What is published', 'Your best networks, signed with a key that is made and kept in this browser, under the realm’s licence. Your name is not asked for.'] as const] : []),
    ...(team === '' ? [] : [['Credit', `What you find counts for ${team} too.`] as const]),
    ['How to stop', 'Stop on this page, or closing it, ends it within a second. Stop takes this answer back; else it is remembered for 30 days.'],
  ]
}
