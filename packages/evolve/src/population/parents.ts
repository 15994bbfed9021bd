// Who becomes a parent within a species.

import type { Random } from '../random.ts'
import type { Individual } from './population.ts'
import type { PopulationSettings } from './settings.ts'
import { isFitter } from './species.ts'

export const selectionNames = ['truncation', 'competition', 'tournament'] as const

/**
 * - `truncation`: anyone of the fittest `survival` (Stanley and Miikkulainen 2002).
 * - `competition`: of the fittest `survival`, each with a chance in proportion to its merit (DXNN2; Sher 2013).
 * - `tournament`: the fittest of `tournamentSize` drawn from the whole species (Goldberg and Deb 1991).
 */
export type Selection = (typeof selectionNames)[number]

export type SelectionSettings = Pick<PopulationSettings, 'selection' | 'survival' | 'tournamentSize'>

/** @param members ranked, at least one */
export function chooseParent(members: readonly Individual[], settings: SelectionSettings, random: Random): Individual {
  if (settings.selection === 'tournament') {
    let best = members[random.integer(members.length)]!
    for (let entrant = 1; entrant < settings.tournamentSize; entrant++) {
      const rival = members[random.integer(members.length)]!
      if (isFitter(rival, best)) best = rival
    }
    return best
  }
  const breeding = Math.min(members.length, Math.floor(settings.survival * members.length) + 1)
  return settings.selection === 'truncation' ? members[random.integer(breeding)]! : members[spin(members, breeding, random)]!
}

/** Place of one of the first `count` members, by merit; anyone's when none has any. */
function spin(members: readonly Individual[], count: number, random: Random): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += members[i]!.merit
  if (sum === 0) return random.integer(count)
  let at = random.uniform() * sum
  for (let i = 0; i < count - 1; i++) {
    at -= members[i]!.merit
    if (at < 0) return i
  }
  return count - 1
}
