// What this browser kept from earlier visits, in a sentence, for the page before the click.

import type { Snapshot } from '@megabrain/island'
import { count } from './format.ts'
import { taskTitle } from './tasks.ts'
import { t } from './translate.ts'

/** Undefined on a first visit. */
export function keptSentence({
  generation,
  bestHere,
  settings,
}: Pick<Snapshot, 'generation' | 'bestHere' | 'settings'>): string | undefined {
  if (generation === 0) return undefined
  return t('welcome.kept', { generation: count(generation), task: taskTitle(settings.task), fitness: count(bestHere) })
}
