// Phases of growth and of pruning: when networks have become much larger than after the last pruning, nothing is added
// and nobody crosses until they are small again (Green 2004, "Phased searching with NEAT"; SharpNEAT).

import { operators } from './operators.ts'
import type { Individual, Population } from './population.ts'
import type { PopulationSettings } from './settings.ts'

export interface Phase {
  readonly simplifying: boolean
  /** Generation in which it began. */
  readonly since: number
  /** Mean links per member that growth is measured from; −1 before the first tell. */
  readonly base: number
  /** Lowest mean since it began. */
  readonly lowest: number
}

export const firstPhase: Phase = { simplifying: false, since: 0, base: -1, lowest: 0 }

/** Pruning begins `simplifyAbove` links above the base; it ends below that, when it lasted and no longer prunes. */
export function nextPhase(phase: Phase, settings: PopulationSettings, members: readonly Individual[], generation: number): Phase {
  if (settings.simplifyAbove === 0) return phase
  const mean = members.reduce((sum, { genotype }) => sum + genotype.links.weights.length, 0) / members.length
  if (phase.base < 0) return { simplifying: false, since: generation, base: mean, lowest: mean }
  const isAbove = mean > phase.base + settings.simplifyAbove
  if (!phase.simplifying) return isAbove ? { ...phase, simplifying: true, since: generation, lowest: mean } : phase
  const isOver = !isAbove && mean >= phase.lowest && generation - phase.since >= settings.simplifyGenerations
  if (isOver) return { simplifying: false, since: generation, base: mean, lowest: mean }
  return mean < phase.lowest ? { ...phase, lowest: mean } : phase
}

/** The population's settings in its present phase. */
export function settingsIn({ phase, settings }: Population): PopulationSettings {
  if (!phase.simplifying) return settings
  const grown = operators.filter(({ grows }) => grows).map(({ setting }) => [setting, 0] as const)
  const removeLink = Math.max(settings.removeLink, settings.simplifyRate)
  return { ...settings, ...Object.fromEntries(grown), removeLink, mutateOnly: 1 }
}
