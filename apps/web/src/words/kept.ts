// What this browser kept from earlier visits, in a sentence, for the page before the click.

import type { Snapshot } from '@megabrain/island'
import { count } from './format.ts'
import { taskTitle } from './tasks.ts'

/** Undefined on a first visit. */
export function keptSentence({
  generation,
  bestHere,
  settings,
}: Pick<Snapshot, 'generation' | 'bestHere' | 'settings'>): string | undefined {
  if (generation === 0) return undefined
  const found = `generation ${count(generation)} of “${taskTitle(settings.task)}”, with a best fitness of ${count(bestHere)}`
  return `This browser kept ${found}. Start goes on from there.`
}
